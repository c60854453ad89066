"""The 25 types of IFEval: responses that its reference checkers accept and refuse, strict and loose."""

from typing import Any

import pytest

from iftgen.filters.constraints import check_constraints
from iftgen.filters.constraints.declared import declared
from iftgen.filters.constraints.ifeval import TRANSLATIONS
from iftgen.filters.constraints.sentences import count_sentences

PROSE = "Tea is a drink. It is made from leaves, and it is drunk hot."
TYPES: list[tuple[str, dict[str, Any], str, str]] = [  # type, its keys, a right response, a wrong one
    ("keywords:existence", {"keywords": ["Leaves", "hot"]}, PROSE, "Tea is hot."),
    (
        "keywords:frequency",
        {"keyword": "tea", "frequency": 2, "relation": "at least"},
        "Tea is best as iced tea.",
        "Tea is best hot.",
    ),
    (
        "keywords:frequency",
        {"keyword": "tea", "frequency": 2, "relation": "less than"},
        "Tea is best hot.",
        "Teatime means tea.",
    ),
    ("keywords:forbidden_words", {"forbidden_words": ["leaf", "cold"]}, "Leaves are picked.", "A Leaf is picked."),
    (
        "keywords:letter_frequency",
        {"letter": "T", "let_frequency": 3, "let_relation": "at least"},
        "That is it.",
        "Tea is hot.",
    ),
    (
        "language:response_language",
        {"language": "de"},
        "Der Tee wird aus den Blättern gemacht und heiß getrunken.",
        "The tea is made from the leaves, and people drink it when it is hot.",
    ),
    (
        "language:response_language",
        {"language": "pa"},
        "ਚਾਹ ਪੱਤਿਆਂ ਤੋਂ ਬਣਦੀ ਹੈ ਅਤੇ ਗਰਮ ਪੀਤੀ ਜਾਂਦੀ ਹੈ।",
        "Te, chai, cha, tay.",
    ),
    (
        "length_constraints:number_sentences",
        {"num_sentences": 3, "relation": "less than"},
        PROSE,
        "Tea is hot. It is green. It is old.",
    ),
    ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}, PROSE, "Mr. A. Lie had tea."),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "One.\n***\nTwo.", "One.\n\nTwo."),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "***\nOne. *** Two.\n***", "One.\n***\n***\nTwo."),
    ("length_constraints:number_words", {"num_words": 4, "relation": "less than"}, "It's tea", "It's hot tea"),
    ("length_constraints:number_words", {"num_words": 3, "relation": "at least"}, "well-made tea", "made tea"),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Tea"},
        "One.\n\n'tea, as they say.",
        "One.\n\nThe tea.",
    ),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "tea"},
        "Tea.\n\nTwo.",
        "Tea.\n\nTwo.\n\nThree.",
    ),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "Dear [name], [text]", "Dear [name], [text"),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "Bye.\nP. S. Bring tea.", "Bye.\nPS Bring tea."),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "Bye.\np.p.s: Tea.", "Bye.\nP.S. Tea."),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "Tea:\n* green\n- black", "* green\n* black\n* red"),
    ("detectable_format:number_bullet_lists", {"num_bullets": 1}, "* green\n**black**", "* green\n*black"),
    ("detectable_format:constrained_response", {}, "Well. My answer is maybe.", "my answer is maybe"),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*Tea* and *milk*", "*Tea* and * *"),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "SECTION", "num_sections": 2},
        "SECTION 1\nTea.\nSECTION 2\nMilk.",
        "Section 1\nTea.\nSection 2\nMilk.",
    ),
    ("detectable_format:json_format", {}, '```json\n{"tea": 1}\n```', "{'tea': 1}"),
    ("detectable_format:title", {}, "<<Tea>>\nIt is hot.", "<< >>\nIt is hot."),
    ("combination:two_responses", {}, "Tea.\n******\nMilk.", "Tea.\n******\nTea."),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Why tea?"}, "why tea? It is hot.", "You ask: Why tea?"),
    ("startend:end_checker", {"end_phrase": "Enjoy it!"}, 'It is hot. enjoy it!"', "Enjoy it! Yours, Ann"),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "at least"},
        "I like NASA's tea",
        "I like Nasa's tea",
    ),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "less than"},
        "HOT tea",
        "DON'T",
    ),
    (
        "change_case:english_capital",
        {},
        "TEA IS MADE FROM LEAVES AND IT IS HOT.",
        "TEA IS MADE FROM LEAVES and it is hot.",
    ),
    (
        "change_case:english_lowercase",
        {},
        "tea is made from leaves and it is hot.",
        "Tea is made from leaves and is hot.",
    ),
    ("punctuation:no_comma", {}, "Tea and milk.", "Tea, milk."),
    ("startend:quotation", {}, ' "Tea is hot." ', '"Tea" is hot.'),
]


def results(kind: str, keys: dict[str, Any], response: str, mode: Any = "strict") -> list[bool]:
    row = {"instruction_id_list": [kind], "kwargs": [{**keys, "unused": None}]}
    return [one.holds for one in check_constraints(declared(row), "Why tea?", response, mode)]


@pytest.mark.parametrize(("kind", "keys", "right", "wrong"), TYPES)
def test_right_and_wrong_response(kind: str, keys: dict[str, Any], right: str, wrong: str) -> None:
    assert results(kind, keys, right) == [True]
    assert results(kind, keys, wrong) == [False]
    assert results(kind, keys, right, "loose") == [True]
    assert results(kind, keys, " \n") == [False]


def test_every_type_is_tested() -> None:
    assert {kind for kind, *_ in TYPES} == set(TRANSLATIONS)
    assert len(TRANSLATIONS) == 25


@pytest.mark.parametrize(
    ("kind", "keys", "response"),
    [
        ("punctuation:no_comma", {}, "Sure, here it is:\nTea and milk."),
        ("punctuation:no_comma", {}, "Tea and milk.\nWell, bye!"),
        ("punctuation:no_comma", {}, "Sure, yes:\nTea and milk.\nWell, bye!"),
        ("startend:quotation", {}, '**"Tea is hot."**'),
        ("startend:quotation", {}, 'Here:\n*"Tea is hot."*\nBye'),
        ("detectable_format:json_format", {}, 'Here it is:\n{"tea": 1}'),
        ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "less than"}, "Yes.\nTea is hot."),
    ],
)
def test_loose_forgives_what_stands_around(kind: str, keys: dict[str, Any], response: str) -> None:
    assert results(kind, keys, response) == [False]
    assert results(kind, keys, response, "loose") == [True]


def test_loose_is_no_licence() -> None:
    assert results("punctuation:no_comma", {}, "Sure, yes:\nTea, milk.\nWell, bye!", "loose") == [False]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Tea", 1),
        ("Tea is hot. Milk is cold!", 2),
        ("Dr. Lie met J. Roe in the U.S. last year.", 1),
        ("It costs 3.50 here. Is it good? Yes!", 3),
        ("Heading\n\nTea is hot\nMilk is cold", 1),
        ("1. Tea is hot.\n2. Milk is cold.", 4),
        ("Well... it is tea.", 1),
        ("Well... It is tea.", 2),
        ('"Stop!" he said. "Go."', 3),
        ("What?! No!!!", 2),
        ("Tea etc. Milk.", 2),
    ],
)
def test_sentences_are_those_of_punkt(text: str, count: int) -> None:
    assert count_sentences(text) == count
