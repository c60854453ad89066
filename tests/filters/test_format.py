import pytest

from iftgen.errors import ConfigError
from iftgen.filters import Format
from tests.filters.rows import row


@pytest.mark.parametrize(
    ("instruction", "reason"),
    [
        ("Draw a cat on a sofa.", "the instruction asks for what a text model cannot do: 'Draw'"),
        ("Describe what you see in the image.", "the instruction asks for what a text model cannot do: 'image'"),
        ("Go to the website and log in.", "the instruction asks for what a text model cannot do: 'Go to'"),
        ("Create a flowchart of a loan request.", "the instruction asks for what a text model cannot do: 'flowchart'"),
        (", and then write a poem", "the instruction begins with the punctuation mark ','"),
        ("- Write a poem about rain", "the instruction begins with the punctuation mark '-'"),
        ("", "the instruction is empty"),
        ("Translate into Dutch:", "the instruction ends in a colon"),
        ("Summarize the following text.", "the instruction speaks of 'the following text', but there is no input"),
        ("What is the tone of this passage?", "the instruction speaks of 'this passage', but there is no input"),
        ("Rewrite the given sentence.", "the instruction speaks of 'the given sentence', but there is no input"),
        ("Sort the list below.", "the instruction speaks of 'the list below', but there is no input"),
        ("Edit the sentence for style.", "the instruction speaks of 'Edit the sentence', but there is no input"),
        ("Write a letter to [name] about the rent.", "the instruction has a placeholder left: '[name]'"),
        ("Explain {topic} to a child.", "the instruction has a placeholder left: '{topic}'"),
        ("Classify <input> by its tone.", "the instruction has a placeholder left: '<input>'"),
    ],
)
def test_unsound_instruction_is_rejected(instruction: str, reason: str) -> None:
    verdict = Format().check_instruction(row(instruction))
    assert (verdict.keep, verdict.reason, verdict.stage) == (False, reason, "instruction")


@pytest.mark.parametrize(
    "instruction",
    [
        "What conclusion can you draw from rising prices?",
        "Summarize the plot of Hamlet.",
        "Explain what a directed graph is.",
        "Why do people go to school?",
        "Suggest three kinds of music for a wedding.",
        "Write a function that reads a file and returns its map of words.",
        "Write a program that prints the first ten primes.",
        "¿Qué es un volcán?",
        "“Carpe diem”: what does it mean?",
        "写一首关于雨的诗。",
        "Über welche Brücke fährt der Zug?",
        'Correct the spelling: "My borther is here."',
        "Correct the following sentence: he go to school.",
        "Summarize the text below.\nThe bus was late, so we walked.",
        "I love my new phone. What is the tone of this sentence?",
        "Write a function that sorts the given list.",
        "What happened in the following year?",
        "Write an email with placeholders in square brackets, such as [name].",
        "What does the <input> tag do in HTML?",
        "Simplify \\frac{alpha}{beta} please.",
        "Explain what `{topic}` does in an f-string.",
        "Write a sentence about rain and then translate the sentence to French.",
    ],
)
def test_lookalike_instruction_is_kept(instruction: str) -> None:
    verdict = Format().check_instruction(row(instruction))
    assert verdict.keep, verdict.reason


def test_input_makes_a_reference_complete() -> None:
    assert Format().check_instruction(row("Summarize the following text:", input="The bus was late.")).keep


def test_input_that_ends_in_a_colon_is_rejected() -> None:
    verdict = Format().check_instruction(row("Answer the question.", input="Question:"))
    assert verdict.reason == "the input ends in a colon"


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "the response is empty"),
        ("Here is the list:", "the response ends in a colon"),
        ("a text", "the response is equal to the input"),
    ],
)
def test_unsound_response_is_rejected(output: str, reason: str) -> None:
    assert Format().check(row("Shorten it.", output, input="a text")).reason == reason


@pytest.mark.parametrize(
    ("profile", "instruction", "keep"),
    [
        ("self_instruct", "Write a program that sorts numbers.", False),
        ("self_instruct", "What conclusion can you draw from it?", False),
        ("self_instruct", "Suggest music for a party.", True),
        ("self_instruct", "¿Qué es un volcán?", False),
        ("alpaca", "Suggest music for a party.", False),
        ("alpaca", "Read the file names aloud.", False),
        ("none", "Draw a cat on a sofa.", True),
    ],
)
def test_profiles_follow_their_papers(profile: str, instruction: str, keep: bool) -> None:
    assert Format(profile=profile).check_instruction(row(instruction)).keep is keep  # type: ignore[arg-type]


def test_lists_and_checks_can_be_replaced() -> None:
    own = Format(words=["spreadsheet"], starts=["Imagine"], missing_input=False, placeholders=False)
    assert own.check_instruction(row("Draw the following text to [name].")).keep
    assert not own.check_instruction(row("Make a Spreadsheet of costs.")).keep
    assert own.check_instruction(row("Imagine a city.")).reason == "the instruction begins with 'Imagine'"


def test_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'alpaca'"):
        Format(profile="alpacca")  # type: ignore[arg-type]


COMPLETED = (
    "Question: Which river flows through Rome?\nAnswer:",
    "Q: What is 2 + 2?\nA:",
    "Which river flows through Rome? Answer:",
    "Which river flows through Rome? Answer in one word:",
    "English: dog\nFrench:",
    "The longest river of Italy is:",
    "Complete the analogy: hot : cold :: up :",
    "Complete the analogy: Hot is to cold as up is to:",
    "Name the tone of the tweet.\nTweet: I love it\nSentiment:",
)
MISSING = (
    "Correct the sentence:",
    "Translate this into French:\nText:",
    "Read the text. Summarize it:",
    "Sort the numbers:",
    "Complete the following sentence:",
    "Find the errors in these lines:",
)


@pytest.mark.parametrize("instruction", COMPLETED)
def test_colon_that_the_response_completes_is_kept(instruction: str) -> None:
    verdict = Format().check_instruction(row(instruction))
    assert verdict.keep, verdict.reason


@pytest.mark.parametrize("instruction", MISSING)
def test_colon_without_its_text_is_rejected(instruction: str) -> None:
    assert Format().check_instruction(row(instruction)).reason == "the instruction ends in a colon"
    verdict = Format(colon_end=False).check_instruction(row(instruction))
    assert "colon" not in verdict.reason


@pytest.mark.parametrize(
    ("instruction", "given", "keep"),
    [
        ("Give the colour of each.", "Apple:\nLemon:", True),
        ("Write the fourth word.", "Leaf : Tree :: Page :", True),
        ("Write a sentence with the keywords.", "Keywords: rain, roof\nSentence:", True),
        ("Complete it.", "The best thing about rain is:", True),
        ("Summarize.", "Text:", False),
        ("Summarize.", "Here is the text:", False),
        ("Sort the items.", "I bought the following items:", False),
    ],
)
def test_input_ends_in_a_colon(instruction: str, given: str, keep: bool) -> None:
    assert Format().check_instruction(row(instruction, input=given)).keep is keep


@pytest.mark.parametrize(
    "instruction",
    [
        "Find the image of 2 under f(x) = x + 1.",
        "Find the image of the linear map A.",
        "Generate an image prompt for a forest.",
        "Write a caption for an image of a dog.",
        "Show a Mermaid diagram of a login.",
        "Draw a cat with ASCII art.",
        "What is a flowchart?",
        "Where can I shoot a wedding video?",
        "Write a poem about a picture on the wall.",
        "Write a Python script that resizes an image.",
        "Describe the graph of y = x^2.",
    ],
)
def test_pictures_in_words_are_kept(instruction: str) -> None:
    verdict = Format().check_instruction(row(instruction))
    assert verdict.keep, verdict.reason


@pytest.mark.parametrize(
    "instruction",
    [
        "Show an image of a dog.",
        "Generate a picture of a cat.",
        "How many people are in the picture?",
        "Is the dog in the picture happy?",
        "Make a video about cats.",
        "Plot the data 1, 2, 3.",
    ],
)
def test_pictures_are_rejected(instruction: str) -> None:
    assert not Format().check_instruction(row(instruction)).keep


def test_code_has_no_placeholders() -> None:
    code = "Complete it.\nfrom typing import Any\n\ndef pick(values: List[Any]) -> Dict[str, int]:\n    return {topic}"
    assert Format().check_instruction(row(code)).keep
    assert Format().check_instruction(row("What is a Box<Text>?")).keep
    assert Format().check_instruction(row("Write a mail merge letter with {{name}}.")).keep
