"""The words of the mock model: instructions and answers by the million, a pure function of the dice."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A fast stream of choices from a seed; the same seed gives the same choices on every machine."""

    __slots__ = ("_rest", "_seed")

    def __init__(self, *seed: object) -> None:
        """Hash the seed to 512 bits."""
        self._seed = hashlib.blake2b("\x1f".join(map(str, seed)).encode("utf-8", "replace")).digest()
        self._rest = int.from_bytes(self._seed, "big")

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to below `limit`."""
        if self._rest < 1 << 64:
            self._seed = hashlib.blake2b(self._seed).digest()
            self._rest = int.from_bytes(self._seed, "big")
        self._rest, number = divmod(self._rest, limit)
        return number

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def unit(self) -> float:
        """Return a number from 0 to below 1."""
        return self.below(1 << 30) / (1 << 30)


ADJECTIVES = (
    "quiet early narrow bright careful modern distant local steady gentle curious broken public hidden green ancient "
    "honest rapid shallow patient heavy double northern spare wooden silent formal rare open cold dusty famous crowded "
    "portable forgotten seasonal rural crooked expensive handmade stubborn copper foggy rented noisy coastal borrowed "
    "unfinished electric striped fragile tall weekly secret muddy loyal plain tiny restored sleepy"
).split()
NOUNS = (
    "river engine garden letter market planet bridge recipe window library harbor signal village orchestra budget journey "
    "battery painting compass festival kitchen glacier contract microscope lantern archive museum tunnel pension forest "
    "camera island sensor theatre keyboard pipeline satellite notebook bakery voyage chapter cottage treaty turbine mosaic "
    "protein harvest sculpture reactor diary railway puzzle marathon vaccine desert invoice novel orchard violin ladder "
    "greenhouse telescope staircase printer canal wardrobe kettle scooter quarry aquarium balcony ferry beehive chimney "
    "calendar parachute pharmacy meadow workshop suitcase thermometer fountain dictionary vineyard stadium blanket magnet "
    "lighthouse auction bicycle passport trumpet warehouse waterfall podcast sandwich volcano"
).split()
PEOPLE = (
    "teacher|doctor|farmer|painter|cyclist|nurse|pilot|carpenter|student|baker|grandfather|lawyer|gardener|musician|sailor|"
    "plumber|journalist|chemist|tailor|waiter|geologist|referee|translator|dentist|beekeeper|firefighter|cashier|electrician|"
    "novelist|mechanic|librarian|volunteer|apprentice|neighbour|landlord|tourist|coach|photographer|shopkeeper|ranger"
).split("|")
DOINGS = (
    "repairs|explains|measures|protects|changes|supports|describes|replaces|carries|collects|organises|balances|records|"
    "delays|connects|divides|inspects|paints|rents|sells|compares|sketches|cleans|restores|tests|borrows|inherits|moves|"
    "photographs|designs|loses|finds|lends|decorates|orders|studies|plans|shares|wraps|counts"
).split("|")
PLACES = (
    "near the old station|before winter|after a long debate|in a small town|during the exam|without any warning|"
    "under new rules|at the weekend|on a tight schedule|across two continents|behind the town hall|every Tuesday|"
    "in heavy rain|with three helpers|by candlelight|on the night shift|since last spring|at short notice|"
    "along the coast|between two meetings|for a charity|against all advice|over the holidays|inside an office block"
).split("|")
FORMS = (
    "in plain words|with one example|step by step|in a formal tone|using bullet points|in under sixty words|"
    "without jargon|with a short summary at the end|and mention one risk|and give your reasons|as a dialogue|"
    "in exactly three sentences|and name one alternative|with a title|for complete beginners|and stay neutral"
).split("|")
# How instructions of a family begin; the first family whose marks stand in the task's words is taken.
FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("cod", "python", "program", "function", "sql", "debug", "script", "software"),
        (
            "Write a Python function that validates {x}",
            "Implement a class that models {x}",
            "Find the bug in a script handling {x}",
            "Refactor a program computing statistics for {x}",
            "Design unit tests covering {x}",
            "Write an SQL query reporting {x}",
        ),
    ),
    (
        ("math", "arithmetic", "algebra", "geometry", "probab", "percent"),
        (
            "Calculate how many crates hold {a} pieces of {x} when each crate takes {b}",
            "{P} buys {a} units of {x} at {b} euros; find the total cost",
            "Solve for the missing number: {a} parts of {x} shared by {b} groups",
            "What percentage is {b} of {a} when measuring {x}",
        ),
    ),
    (
        ("translat", "language", "grammar", "vocabulary"),
        ("Translate a sentence about {x} into Spanish", "Correct the grammar of a note concerning {x}"),
    ),
    (
        ("summar", "classif", "extract", "rewrit", "edit", "sentiment", "paraphras"),
        (
            "Summarise a report on {x}",
            "Classify the tone of a message regarding {x}",
            "Extract every name and date from an article covering {x}",
            "Rewrite the paragraph dealing with {x}",
        ),
    ),
    (
        ("story", "poem", "creativ", "fiction", "lyric", "dialog"),
        (
            "Write a short story in which {x} decides everything",
            "Compose a poem inspired by {x}",
            "Invent a legend that explains {x}",
            "Draft a dialogue between strangers arguing over {x}",
        ),
    ),
    (
        ("support", "customer", "email", "letter", "reply", "complain", "ticket"),
        (
            "Draft a reply to a customer complaining about {x}",
            "Write an email announcing delays with {x}",
            "Apologise to a client for mistakes with {x}",
            "Explain the refund policy concerning {x}",
        ),
    ),
    (
        ("",),
        (
            "Explain the purpose of {x}",
            "Compare two common opinions about {x}",
            "List four practical uses of {x}",
            "Give advice on choosing {x}",
            "Plan a lesson around {x}",
            "What should one know before buying {x}",
            "Why do experts disagree about {x}",
            "Describe the history of {x}",
            "Name three problems with {x}",
            "How would you introduce {x} to newcomers",
            "Suggest five improvements to {x}",
            "Outline the main risks of {x}",
        ),
    ),
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


def instruction(dice: Dice, task: str, topic: str, opening: str = "") -> str:
    """Return a new instruction about the topic, of the family that the words of the task name.

    With `opening` (forced first words) only what follows them is returned.
    """
    subject = f"{_situation(dice, topic)}"
    if opening:
        end = "?" if opening.split()[0].lower() in QUESTIONS else "."
        return f"{subject}{end}"
    stem = dice.pick(family(task)).format(
        x=subject, a=12 + dice.below(900), b=2 + dice.below(60), P=f"A {dice.pick(PEOPLE)}"
    )
    if stem.split(" ", 1)[0].lower() in QUESTIONS:
        return f"{stem}?"
    return f"{stem} {dice.pick(FORMS)}." if dice.below(3) else f"{stem}."


def near_duplicate(dice: Dice, task: str, topic: str) -> str:
    """Return a slight change of one of the few instructions that come again for this task and topic."""
    base = instruction(Dice("again", task, topic, dice.below(3)), task, topic)
    return dice.pick((f"Please {base[0].lower()}{base[1:]}", f"{base[:-1]} today{base[-1]}", base))


def family(task: str) -> tuple[str, ...]:
    """Return the beginnings of the instructions of a task."""
    low = task.lower()
    return next(stems for marks, stems in FAMILIES if any(mark in low for mark in marks))


def answer(dice: Dice, question: str, sentences: int) -> str:
    """Return a plausible answer that takes up the words of the question."""
    low = question.lower()
    keys = keywords(question) or ["the subject"]
    if any(mark in low for mark in ("function", "script", "code", "python", "program")):
        return code(dice, keys)
    if low.startswith(("list", "name", "suggest", "give")):
        return "\n".join(f"{n}. {_line(dice, PLAIN, keys)}" for n in range(1, 2 + max(2, sentences)))
    start = dice.below(len(SENTENCES))
    return " ".join(
        _line(dice, (SENTENCES[(start + step * 3) % len(SENTENCES)],), keys) for step in range(max(1, sentences))
    )


def sentence(dice: Dice, given: Sequence[str] = ()) -> str:
    """Return one plain sentence that holds the given words."""
    line = _line(dice, PLAIN, list(given) or [dice.pick(NOUNS)])
    return f"{line[:-1]}, together with {', '.join(given)}." if given else line


def code(dice: Dice, keys: Sequence[str]) -> str:
    """Return a small Python function in a fenced block, named after the first key."""
    name = "_".join("".join(char for char in key.lower() if char.isalnum()) or "value" for key in keys[:2])
    limit, step = 1 + dice.below(90), 1 + dice.below(9)
    return (
        f"```python\ndef handle_{name}(values):\n    total = 0\n    for value in values:\n"
        f"        if value > {limit}:\n            total += value * {step}\n    return total\n```"
    )


def keywords(text: str, most: int = 8) -> list[str]:
    """Return the longer words of a text, each once, in order."""
    words = (word.strip(".,;:!?\"'()[]{}`") for word in text.split())
    return list(dict.fromkeys(word for word in words if len(word) > 4))[:most]


def _situation(dice: Dice, topic: str) -> str:
    thing = topic or f"the {dice.pick(ADJECTIVES)} {dice.pick(NOUNS)}"
    who = f"{dice.pick(ADJECTIVES)} {dice.pick(PEOPLE)}"
    what = f"{dice.pick(ADJECTIVES)} {dice.pick(NOUNS)}"
    shape = dice.below(4)
    if shape == 0:
        return f"{thing} for a {who} who {dice.pick(DOINGS)} one {what} {dice.pick(PLACES)}"
    if shape == 1:
        return f"{thing} where some {who} {dice.pick(DOINGS)} the {what} {dice.pick(PLACES)}"
    if shape == 2:
        return f"{thing} with its {what} and a {dice.pick(NOUNS)} that no {who} {dice.pick(DOINGS)}"
    return f"{thing} when the {dice.pick(NOUNS)} {dice.pick(DOINGS)} a {what} {dice.pick(PLACES)}"


def _line(dice: Dice, shapes: Sequence[str], keys: Sequence[str]) -> str:
    key = dice.pick(keys)
    return dice.pick(shapes).format(
        k=key,
        K=key[:1].upper() + key[1:],
        a=dice.pick(ADJECTIVES),
        n=dice.pick(NOUNS),
        m=dice.pick(NOUNS),
        p=dice.pick(PEOPLE),
        d=dice.pick(DOINGS),
        w=dice.pick(PLACES),
    )
