import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.filters.boilerplate import Boilerplate
from tests.filters.rows import row

UNABLE = """
Describe the photo below.
Describe the painting.
Look at the chart and tell me which year was best.
What do you see in this screenshot?
Transcribe this audio clip.
Watch the video and summarize it.
Open the attached file and summarize it.
Can you open the PDF and tell me what page 3 says?
Download the spreadsheet and add a column.
Go to this website and list the prices.
Search the internet for cheap flights.
Google the nearest gas station.
Summarize the article at https://example.com/news/1
Click on the link and describe the page.
Set an alarm for 7.
Remind me to call mom at 5.
Alexa, play my favourite song.
Send an e-mail to my boss.
Book a table for two at an Italian restaurant.
Order a pizza with mushrooms.
Buy a ticket for the concert.
Schedule a meeting with Anna for Monday.
Turn on the lights in the kitchen.
Call my mom.
Take a picture of the sunset.
Sketch a logo for the company "Acme".
Show me a photo of a cat.
"""
ABLE = """
Write a program that reads a file.
Explain how images are compressed.
Design a logo concept in words.
Draw a conclusion from the data.
Write an e-mail to my boss.
How do I set an alarm on a phone?
Describe the painting The Starry Night.
Identify the figure of speech in: The wind howled.
Play devil's advocate on remote work.
Play the role of a doctor.
Order the numbers 3, 1, 2 from smallest to largest.
Book recommendations for a teenager?
Turn the following sentence into a question: He runs.
Turn on your imagination and describe a dragon.
Search for patterns in this sequence: 2, 4, 8
Translate "Set an alarm for 7" into French.
Classify the intent: Play some jazz music.
Generate a caption for a photo of a sunset.
Describe a photo that changed history.
Analyze the graph of y = x^2.
Explain the video game Tetris.
Paint a vivid picture of a storm in words.
Save money: give five tips.
Move the decimal: what is 3.5% as a fraction?
Print the first ten primes.
Call the function f with 3 and give the result.
Give me a link between smoking and cancer.
Visit Paris in spring or autumn? Which is better and why?
"""
WANTED = "the instruction asks for what a text model cannot do: "


@pytest.mark.parametrize("instruction", UNABLE.strip().splitlines())
def test_what_a_text_model_cannot_do_is_rejected(instruction: str) -> None:
    verdict = Boilerplate().check_instruction(row(instruction))
    assert (verdict.keep, verdict.stage) == (False, "instruction")
    assert verdict.reason.startswith(WANTED)
    assert Boilerplate(unable=False).check_instruction(row(instruction)).keep


@pytest.mark.parametrize("instruction", ABLE.strip().splitlines())
def test_what_can_be_done_in_words_is_kept(instruction: str) -> None:
    verdict = Boilerplate().check_instruction(row(instruction))
    assert verdict.keep, verdict.reason


def test_an_input_may_bring_what_the_instruction_speaks_of() -> None:
    asked = "Look at the chart and tell me which year was best."
    assert Boilerplate().check_instruction(row(asked, input="2019: 4, 2020: 9, 2021: 7")).keep


@pytest.mark.parametrize(
    ("kind", "instruction", "reason"),
    [
        ("leaked", "### Instruction: Write a poem", "has leaked prompt or template text: '### Instruction:'"),
        ("leaked", "<|im_start|>user\nWrite a poem", "has leaked prompt or template text: '<|im_start|>'"),
        ("leaked", "[INST] Write a poem [/INST]", "has leaked prompt or template text: '[INST]'"),
        ("leaked", "Tell me about Rome.\nNo input", "has leaked prompt or template text: 'No input'"),
        (
            "leaked",
            "Below is an instruction that describes a task. Sing.",
            "has leaked prompt or template text: 'Below",
        ),
        ("leaked", "#Rewritten Prompt#: Write a poem.", "has leaked prompt or template text: '#Rewritten Prompt#'"),
        ("merged", "Write a poem.\nInstruction: Write a song.", "holds a second record: 'Instruction:'"),
        ("merged", "Write a poem.\nInput: roses\nOutput: Red they are.", "holds a second record: 'Output:'"),
        ("meta_talk", "Sure! Here's a new one: Sing.", "talks about the making of instructions: 'Sure! Here'"),
        (
            "meta_talk",
            "Here is a rewritten version of the prompt: Sing.",
            "talks about the making of instructions: 'Here",
        ),
        ("mojibake", "Is a cafÃ© a bar?", "has wrongly decoded characters: 'cafÃ©'"),
        ("mojibake", "Where is itâ€™s end?", "has wrongly decoded characters: 'itâ€™'"),
        ("control", "Name\x00 a fruit.", "has the control character '\\x00'"),
        ("placeholders", "TODO", "is a placeholder: 'TODO'"),
        ("placeholders", "[insert instruction here]", "is a placeholder: '[insert instruction here]'"),
        ("html", "Explain&nbsp;gravity.", "has HTML residue: '&nbsp;'"),
        ("html", "Explain gravity.<br>Be short.", "has HTML residue: '<br>'"),
    ],
)
def test_instruction_with_leftovers_is_rejected(kind: str, instruction: str, reason: str) -> None:
    verdict = Boilerplate().check_instruction(row(instruction))
    assert not verdict.keep
    assert verdict.reason.startswith(f"the instruction {reason}")
    without = Boilerplate(**{kind: False}).check_instruction(row(instruction))
    assert without.keep or without.reason != verdict.reason


@pytest.mark.parametrize(
    "instruction",
    [
        "What does <br> do in HTML?",
        "Explain the use of &nbsp; in HTML.",
        "Which special tokens such as <|im_start|> does a chat template have?",
        "Why does UTF-8 read as Latin-1 show cafÃ©?",
        "Write a letter to Anna.",
        "Rewrite in small letters: NÃO, MANHÃ, ÂGE",
        "Is R&D worth it? And is a < b?",
        "Create a function. Input: a list. Output: its sum.",
        "Continue.\nHuman: Hello\nAssistant: Hi! How are you?",
        "Here is a list of fruits: apple, pear. Sort it.",
    ],
)
def test_instruction_that_looks_so_is_kept(instruction: str) -> None:
    verdict = Boilerplate().check_instruction(row(instruction))
    assert verdict.keep, verdict.reason


@pytest.mark.parametrize(
    ("kind", "output", "reason"),
    [
        ("leaked", "Paris.\nHuman: And Spain?\nAssistant: Madrid.", "has leaked prompt or template text: 'Human:'"),
        ("leaked", "Paris.\n### Response:\nParis.", "has leaked prompt or template text: '### Response:'"),
        ("leaked", "Paris.</s>", "has leaked prompt or template text: '</s>'"),
        ("leaked", "Paris<|endoftext|>", "has leaked prompt or template text: '<|endoftext|>'"),
        ("leaked", "{{name}} is the capital.", "has leaked prompt or template text: '{{name}}'"),
        ("merged", "Paris.\nInstruction: Name a river.\nOutput: Seine", "holds a second record: 'Instruction:'"),
        ("merged", "Input: France\nOutput: Paris", "holds a second record: 'Output:'"),
        ("placeholders", "N/A", "is or has a placeholder: 'N/A'"),
        ("placeholders", "TODO", "is or has a placeholder: 'TODO'"),
        ("placeholders", "<output>", "is or has a placeholder: '<output>'"),
        ("placeholders", "Output:", "is or has a placeholder: 'Output:'"),
        ("placeholders", "...", "is or has a placeholder: '...'"),
        ("placeholders", "Lorem ipsum dolor sit amet.", "is or has a placeholder: 'Lorem ipsum dolor sit amet.'"),
        ("placeholders", "The capital is the city of [insert name], as all of us learned at school.", "is or has a"),
        (
            "meta_talk",
            "Here is a rewritten version of your prompt: Name a city.",
            "talks about the making of instructions",
        ),
        ("meta_talk", "Sure! Here's a revised instruction: Name a river.", "talks about the making of instructions"),
        ("meta_talk", "Here is a rewritten version of the text: Paris.", "talks about the making of instructions"),
        (
            "meta_talk",
            "Paris. Let me know if you'd like another variation of this prompt.",
            'talks about the making of instructions: "Let me know',
        ),
        ("mojibake", "Hereâ€™s Paris.", "has wrongly decoded characters: 'Hereâ€™'"),
        ("mojibake", "Paris\ufffd", "has wrongly decoded characters: 'Paris\ufffd'"),
        ("control", "Paris\x07", "has the control character '\\x07'"),
        ("html", "It&#39;s Paris.", "has HTML residue: '&#39;'"),
        ("html", "It&amp;#39;s Paris.", "has HTML residue: '&amp;#39;'"),
        ("html", "<p>Paris</p> is it", "has HTML residue: '<p>'"),
    ],
)
def test_response_with_leftovers_is_rejected(kind: str, output: str, reason: str) -> None:
    verdict = Boilerplate().check(row(output=output))
    assert (verdict.keep, verdict.stage) == (False, "response")
    assert verdict.reason.startswith(f"the response {reason}")
    assert Boilerplate(**{kind: False}).check(row(output=output)).keep


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Name three cities.", "Sure, here is the list:\n1. Paris\n2. Rome\n3. Oslo"),
        ("Name the capital.", "Certainly! Paris."),
        ("Write a letter to my bank.", "Dear [Name],\n\nplease close my account.\n\n[Your Name]"),
        ("Rewrite the sentence: He go.", "Here is a rewritten version of the sentence: He goes."),
        ("Improve this prompt: Draw a dog.", "Here is an improved version of your prompt: Describe a dog."),
        ("Write a dialogue.", "Human: Hello!\nAssistant: Hi!"),
        ("Bake bread.", "### Ingredients:\n- flour\n\n### Instructions:\n1. Mix."),
        ("Which of these is a fruit: stone, chair?", "None"),
        ("What does print return?", "None"),
        ("Write a web page.", "<html><body><p>Hello<br>you</p></body></html>"),
        ("How do I break a line?", "Use `<br>`:\n```\na<br>b\n```"),
        ("Compare a and b.", "a < b, and b > c; R&D counts, AT&T; too."),
        ("Which set is it?", "The set {x | x > 0} or f = {a, b}."),
        ("Write a function that adds. Give an example.", "Input: 1, 2\nOutput: 3"),
        ("Say it in French.", "Âge, NÃO, café, naïve, 中文 😀"),
        ("Fill a form.", "\tTabbed\r\nline"),
        ("Is it so?", "No"),
    ],
)
def test_response_that_looks_so_is_kept(instruction: str, output: str) -> None:
    verdict = Boilerplate().check(row(instruction, output))
    assert verdict.keep, verdict.reason


def test_every_turn_is_judged() -> None:
    said = ["Hi.", "Hello!</s>", "Name the capital of France.", "Paris."]
    messages = [{"role": role, "content": text} for role, text in zip(["user", "assistant"] * 2, said, strict=True)]
    assert not Boilerplate().check(row("Hi.", "Paris.", messages=messages)).keep


@given(st.text(), st.text(), st.text())
def test_no_text_raises(instruction: str, given_text: str, output: str) -> None:
    for prefix in ("", "### ", "Open the ", "<|", "&", "Here is a ", "[insert "):
        candidate = row(prefix + instruction, prefix + output, input=given_text)
        Boilerplate().check_instruction(candidate)
        Boilerplate().check(candidate)


@pytest.mark.parametrize(
    "text",
    [
        "<" * 1_000_000, "{{a" * 300_000, "read " * 200_000, "\n#" * 500_000, "Ã" * 1_000_000, "Input:\n" * 140_000,
        "here is a " * 100_000, " " * 1_000_000, "&amp;" * 200_000, "lorem ipsum " * 90_000, '"' * 1_000_001,
    ],
)  # fmt: skip
def test_long_text_is_judged_in_time(text: str) -> None:
    start = time.process_time()
    candidate = row(text, text, input=text)
    Boilerplate().check_instruction(candidate)
    Boilerplate().check(candidate)
    assert time.process_time() - start < 3
