"""The words of the mock model: lists, beginnings of instructions, clauses and sentences to fill in."""


def _words(text: str, separator: str | None = None) -> list[str]:
    return text.split(separator)


ADJECTIVES = _words(
    "quiet early narrow bright careful modern distant local steady gentle curious broken public hidden green "
    "ancient honest rapid shallow patient heavy double northern spare wooden silent formal rare open cold dusty "
    "famous crowded portable forgotten seasonal rural crooked expensive handmade stubborn copper foggy rented "
    "noisy coastal borrowed unfinished electric striped fragile tall weekly secret muddy loyal plain tiny "
    "restored sleepy"
)
NOUNS = _words(
    "river engine garden letter market planet bridge recipe window library harbor signal village orchestra budget "
    "journey battery painting compass festival kitchen glacier contract microscope lantern archive museum tunnel "
    "pension forest camera island sensor theatre keyboard pipeline satellite notebook bakery voyage chapter "
    "cottage treaty turbine mosaic protein harvest sculpture reactor diary railway puzzle marathon vaccine desert "
    "invoice novel orchard violin ladder greenhouse telescope staircase printer canal wardrobe kettle scooter "
    "quarry aquarium balcony ferry beehive chimney calendar parachute pharmacy meadow workshop suitcase "
    "thermometer fountain dictionary vineyard stadium blanket magnet lighthouse auction bicycle passport trumpet "
    "warehouse waterfall podcast sandwich volcano"
)
PEOPLE = _words(
    "teacher|doctor|farmer|painter|cyclist|nurse|pilot|carpenter|student|baker|grandfather|lawyer|gardener|"
    "musician|sailor|plumber|journalist|chemist|tailor|waiter|geologist|referee|translator|dentist|beekeeper|"
    "firefighter|cashier|electrician|novelist|mechanic|librarian|volunteer|apprentice|neighbour|landlord|tourist|"
    "coach|photographer|shopkeeper|ranger",
    "|",
)
DOINGS = _words(
    "repairs|explains|measures|protects|changes|supports|describes|replaces|carries|collects|organises|balances|"
    "records|delays|connects|divides|inspects|paints|rents|sells|compares|sketches|cleans|restores|tests|borrows|"
    "inherits|moves|photographs|designs|loses|finds|lends|decorates|orders|studies|plans|shares|wraps|counts",
    "|",
)
PLACES = _words(
    "near the old station|before winter|after a long debate|in a small town|during the exam|without any warning|"
    "under new rules|at the weekend|on a tight schedule|across two continents|behind the town hall|every Tuesday|"
    "in heavy rain|with three helpers|by candlelight|on the night shift|since last spring|at short notice|"
    "along the coast|between two meetings|for a charity|against all advice|over the holidays|inside an office block",
    "|",
)
FORMS = _words(
    "in plain words|with one example|step by step|in a formal tone|using bullet points|in under sixty words|"
    "without jargon|with a short summary at the end|and mention one risk|and give your reasons|as a dialogue|"
    "in exactly three sentences|and name one alternative|with a title|for complete beginners|and stay neutral",
    "|",
)
# How instructions of a family begin; the first family whose marks stand in the words of the task is taken.
FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("cod", "python", "program", "function", "sql", "debug", "script", "software"),
        (
            "Write a Python function for {x}",
            "Model {x} as a class",
            "Debug this script handling {x}",
            "Refactor code about {x}",
            "Write unit tests covering {x}",
            "Query a database of {x}",
            "Sketch an interface to {x}",
            "Parse log lines from {x}",
            "Review a program managing {x}",
            "Speed up any loop over {x}",
        ),
    ),
    (
        ("math", "arithmetic", "algebra", "geometry", "probab", "percent"),
        (
            "Calculate the cost of {a} units at {b} euros: {x}",
            "What is {b} percent of {a}, measuring {x}",
            "Divide {a} pieces into {b} groups: {x}",
            "Find how many of {a} remain once {b} are gone: {x}",
            "Estimate an area, {a} by {b}, covered by {x}",
            "How fast are {a} metres in {b} seconds for {x}",
        ),
    ),
    (
        ("translat", "language", "grammar", "vocabulary"),
        (
            "Translate a note about {x} into Spanish",
            "Correct the grammar: {x}",
            "Teach ten words describing {x}",
            "Put {x} into French",
            "Explain the tense in {x}",
        ),
    ),
    (
        ("summar", "classif", "extract", "rewrit", "edit", "sentiment", "paraphras"),
        (
            "Summarise a report on {x}",
            "Classify messages regarding {x}",
            "Extract all names from {x}",
            "Rewrite the paragraph about {x}",
            "Judge the mood: {x}",
            "Shorten an article covering {x}",
        ),
    ),
    (
        ("story", "poem", "creativ", "fiction", "lyric", "dialog"),
        (
            "Write a short story on {x}",
            "Compose a poem inspired by {x}",
            "Invent some legend of {x}",
            "Draft dialogue arguing over {x}",
            "Imagine {x} as an opening scene",
            "Rhyme four lines with {x}",
        ),
    ),
    (
        ("support", "customer", "email", "letter", "reply", "complain", "ticket"),
        (
            "Answer a customer complaining of {x}",
            "Write an email announcing {x}",
            "Apologise to clients over {x}",
            "Explain our refund policy: {x}",
            "Sort this ticket about {x}",
            "Offer help regarding {x}",
        ),
    ),
    (
        ("",),
        (
            "Explain {x}",
            "Compare two views of {x}",
            "List four uses of {x}",
            "Give advice on {x}",
            "Plan a lesson around {x}",
            "What should buyers know about {x}",
            "Why do experts doubt {x}",
            "Describe the history of {x}",
            "Name three problems with {x}",
            "How would you introduce {x}",
            "Suggest five improvements to {x}",
            "Outline main risks of {x}",
            "Who profits from {x}",
            "Tell newcomers about {x}",
        ),
    ),
)
# What makes two instructions of one topic differ: two of these follow the topic. Their small words differ as well,
# so that two instructions share long subsequences only by intention.
CLAUSES = (
    "for the {a} {p} who {d} one {b} {n}",
    "where some {a} {n} {d} every {m}",
    "when {b} {n} and {a} {m} arrive",
    "with its {a} {n}, {b} {m} and {o}",
    "while no {p} {d} that {a} {n}",
    "because another {a} {n} {d} this {m}",
    "after {p} and {q} found {a} {n} plans",
    "unless your {a} {n} {d} {m} parts",
    "near {a} {n}, {b} {m} or {o}",
    "since seven {a} {p} teams sold {n} tickets",
    "as my {p}'s {a} {n} {d} {m} scenes",
    "if each {n} {d} their {a} {m}",
    "using {a} {n} pieces from {b} {m}",
    "despite {a} {n} trouble, {m} costs, {o} noise",
    "instead of {a} {n} beside {b} {m}",
    "under {a} {n} rules about {m} repair",
    "like those {a} {p} clubs inside {b} {n}",
    "until any {p} or {q} {d} {a} {m}",
    "between {a} {n} season, {b} {m} days",
    "without {a} {p}, {b} {q}, {n}",
)
QUESTIONS = ("what", "why", "how", "who", "where", "when", "which", "does", "is", "are", "can")
SENTENCES = (
    "{K} works best when the {a} {n} is checked first.",
    "A {p} would begin with the {n} and keep {k} for later.",
    "Most people notice {k} only after the {a} {n} has failed.",
    "In practice, {k} depends on the {n}, the {m} and a little patience.",
    "Because the {n} is {a}, plan some extra time for {k}.",
    "One useful comparison is a {m} that a {p} {d} {w}.",
    "Keep notes about {k}, since the {a} {n} may change {w}.",
    "It also helps to ask a {p} who {d} a similar {m}.",
    "Finally, review {k} together with the {n} and correct what is {a}.",
    "There are two reasons: the {n} is {a}, and {k} costs less than a {m}.",
    "If the {m} breaks, {k} still gives the {p} a way forward.",
    "Experience with a {a} {m} shows why {k} deserves attention.",
    "Start small, measure {k}, and compare it with the {n}.",
    "Without {k}, every {p} {d} the {n} twice.",
)
PLAIN = (
    "The {p} {d} the {a} {n} {w}.",
    "A {a} {n} is what the {p} {d} {w}.",
    "My neighbour, a {p}, {d} the {m} {w}.",
    "Yesterday the {a} {m} was near the {n}, so the {p} waited.",
    "We liked the {a} {n} because a {p} {d} it {w}.",
)
REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I'm sorry, but as an AI language model I cannot assist with this.",
    "I cannot fulfil this request because it goes against my guidelines.",
    "Unfortunately, I'm not able to provide help with that.",
)
