"""The 25 verifiable instruction types of IFEval as constraints of ours (Zhou et al. 2023, arXiv:2311.07911).

What holds is what the reference checkers say (google-research/instruction_following_eval), with two differences: words
to look for are never read as patterns; and the language is told by py3langid instead of langdetect, and a text of which
it is not sure passes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from iftgen.errors import choices
from iftgen.filters.constraints.model import Malformed

Entry = dict[str, Any]
_OPTIONS = ["My answer is yes.", "My answer is no.", "My answer is maybe."]
_RELATIONS = ("less than", "at least")


def _related(unit: str, number: str, relation: str = "relation", **more: str) -> Callable[[Mapping[str, Any]], Entry]:
    """Return the translation of a count with a relation; `more` maps keys of ours to keys of IFEval."""

    def translate(given: Mapping[str, Any]) -> Entry:
        kind, value = given.get(relation), given.get(number)
        if kind not in _RELATIONS:
            raise Malformed(f"{relation} is {kind!r}. Give one of: {', '.join(_RELATIONS)}.")
        less = kind == "less than"
        # Fewer than none is never the case: 0 is passed on, and refused as -1.
        bound = value - 1 if less and isinstance(value, int | float) else value
        entry = {"type": f"{'max' if less else 'min'}_{unit}", "value": bound}
        return entry | {key: given.get(name) for key, name in more.items()}

    return translate


def _plain(kind: str, **keys: str) -> Callable[[Mapping[str, Any]], Entry]:
    """Return the translation of a type whose keys only have other names."""

    def translate(given: Mapping[str, Any]) -> Entry:
        return {"type": kind} | {key: given.get(name) for key, name in keys.items()}

    return translate


def _fixed(kind: str, **values: Any) -> Callable[[Mapping[str, Any]], Entry]:
    """Return the translation of a type that takes no argument."""
    return lambda given: {"type": kind, **values}


TRANSLATIONS: dict[str, Callable[[Mapping[str, Any]], Entry]] = {
    "keywords:existence": _plain("contains", value="keywords"),
    "keywords:frequency": _related("keyword", "frequency", word="keyword"),
    "keywords:forbidden_words": _plain("excludes", value="forbidden_words"),
    "keywords:letter_frequency": _related("letter", "let_frequency", "let_relation", letter="letter"),
    "language:response_language": _plain("language", value="language"),
    "length_constraints:number_sentences": _related("sentences", "num_sentences"),
    "length_constraints:number_paragraphs": _plain("divided_paragraphs", value="num_paragraphs"),
    "length_constraints:number_words": _related("words", "num_words"),
    "length_constraints:nth_paragraph_first_word": _plain(
        "paragraph_start", paragraphs="num_paragraphs", nth="nth_paragraph", value="first_word"
    ),
    "detectable_content:number_placeholders": _plain("min_placeholders", value="num_placeholders"),
    "detectable_content:postscript": _plain("postscript", value="postscript_marker"),
    "detectable_format:number_bullet_lists": _plain("exact_bullets", value="num_bullets"),
    "detectable_format:constrained_response": _fixed("contains_any", value=_OPTIONS),
    "detectable_format:number_highlighted_sections": _plain("min_highlights", value="num_highlights"),
    "detectable_format:multiple_sections": _plain("min_sections", value="num_sections", splitter="section_spliter"),
    "detectable_format:json_format": _fixed("json"),
    "detectable_format:title": _fixed("title"),
    "combination:two_responses": _fixed("two_responses"),
    "combination:repeat_prompt": _plain("repeats", value="prompt_to_repeat"),
    "startend:end_checker": _plain("ends_with", value="end_phrase"),
    "change_case:capital_word_frequency": _related("capital_words", "capital_frequency", "capital_relation"),
    "change_case:english_capital": _fixed("all_caps", language="en"),
    "change_case:english_lowercase": _fixed("all_lowercase", language="en"),
    "punctuation:no_comma": _fixed("no_commas"),
    "startend:quotation": _fixed("quoted"),
}


def translate(names: Sequence[Any], arguments: Sequence[Any]) -> list[Entry | Malformed]:
    """Return an entry for each instruction id, or what is wrong with it."""
    padded = [*arguments, *({} for _ in range(len(names) - len(arguments)))]
    return [_translated(name, given or {}) for name, given in zip(names, padded, strict=False)]


def _translated(name: Any, given: Any) -> Entry | Malformed:
    if name not in TRANSLATIONS if isinstance(name, str) else True:
        return Malformed(f"there is no instruction type {str(name)[:60]!r}.{choices(str(name)[:60], TRANSLATIONS)}")
    if not isinstance(given, Mapping):
        return Malformed(f"{name}: kwargs is {str(given)[:60]!r}. Give an object.")
    try:
        return TRANSLATIONS[name](given)
    except Malformed as error:
        return Malformed(f"{name}: {error}")
