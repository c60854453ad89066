"""Signs that an instruction is not whole: it speaks of a text that is not there, or holds a template's placeholder."""

import re

from iftgen.filters.code import is_code

TEXT_NOUN = (
    r"(?:texts?|passages?|paragraphs?|sentences?|articles?|stor(?:y|ies)|essays?|e-?mails?|letters?|poems?|code|"
    r"(?:code )?snippets?|functions?|programs?|lists?|data|datasets?|tables?|reviews?|tweets?|posts?|documents?|"
    r"conversations?|dialogues?|inputs?|words?|numbers?|questions?|statements?|excerpts?|equations?|expressions?|"
    r"headlines?|quotes?|phrases?|problems?|descriptions?|reports?|messages?|recipes?|facts?|information|options?|"
    r"items?|topics?)"
)
_PROSE_NOUNS = "text|passage|paragraph|sentence|article|essay|e-?mail|letter|poem|review|tweet|document|conversation"
_PROSE = rf"(?:{_PROSE_NOUNS}|excerpt)s?"
_PLACED = re.compile(  # "the following idiom", "the text below", "the attached list"
    rf"\b(?:the|this|these|those) (?:above|below|attached)(?: \w+)? {TEXT_NOUN}\b"
    rf"|\b(?:the|this|these) {TEXT_NOUN}(?: \w+)? (?:below|above|that follows?)\b"
    r"|\b(?:the|these) following\b(?! (?:day|week|month|year|morning|night|evening)s?\b)(?: \w+)?",
    re.I,
)
_ASK = (
    r"^(?:please )?(?:rewrite|correct|translate|summari[sz]e|extract|identify|find|classify|paraphrase|complete|edit|"
    r"proofread|analy[sz]e|determine|tell me|rephrase|shorten|simplify|parse)\b"
)
_ASKED = re.compile(_ASK, re.I)
# "this passage", "the given facts", "Summarize the text": a program may well speak of "the given list".
_POINTED = re.compile(
    rf"\b(?:the|a|each) (?:given|provided) \w+|\bgiven (?:the )?{_PROSE}\b|^given an? {_PROSE}\b"
    rf"|\b(?:this|these) {_PROSE}\b"
    rf"|{_ASK}(?:(?!\ban? )[^.?!])*?"
    rf" the {_PROSE}\b(?! (?:about|on|by|titled|called|that|which))",
    re.I,
)
_PROGRAM = re.compile(
    r"\b(?:functions?|programs?|scripts?|methods?|class|algorithms?|quer(?:y|ies)|regex|python|java\w*)\b", re.I
)
_QUOTED = re.compile(
    r"\"[^\"]*\w[^\"]*\"|“[^”]*\w[^”]*”|«[^»]*\w[^»]*»|‘[^’]*\w[^’]*’|(?<!\w)'[^']*\w[^']*'(?!\w)|`[^`]*\w[^`]*`"
)
_SLOT = r"(?:insert|your|enter|add|company|product|first|last|recipient|any)"
_PLACEHOLDER = re.compile(  # `List[Any]` and `Box<Text>` are code
    r"(?<!\w)<(?:input|output|instruction|no ?input|name|topic|text|insert[^<>]{0,30}|your[^<>]{1,30}|placeholder)\s?>"
    rf"|(?<![\w\])])\[(?:{_SLOT}\b[^\[\]]{{0,30}}|name|topic|text|input|title|date|subject|city|country|noun|verb|"
    rf"person|place)\]"
    r"|(?<![\w$\\}{'\"])\{\{?\s*[a-z][a-z_ ]{2,30}\s*\}?\}(?![{'\"])",
    re.I,
)
_ABOUT_PLACEHOLDERS = re.compile(
    r"placeholder|bracket|brace|html|xml|\btags?\b|template|f-string|markdown|latex|json|regex|format string|"
    r"variable|mail[- ]?merge|merge (?:field|"
    r"tag)",
    re.I,
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`]*`", re.S)


def missing_input(instruction: str) -> str:
    """Return the words that refer to a text which the instruction does not carry itself, or nothing."""
    low = instruction.lower()
    hit = _PLACED.search(instruction) if any(word in low for word in ("follow", "above", "below", "attached")) else None
    # The words that each alternative needs are looked for first: most instructions have none of them.
    if not hit and (_ASKED.match(instruction) or any(word in low for word in ("given", "provided", "this", "these"))):
        hit = None if _PROGRAM.search(instruction) else _POINTED.search(instruction)
    if not hit or _carries(instruction, hit):
        return ""
    return hit[0].strip()


def placeholder(instruction: str) -> str:
    """Return a placeholder that a template left in the instruction, or nothing."""
    if not any(mark in instruction for mark in "<[{") or _ABOUT_PLACEHOLDERS.search(instruction):
        return ""
    hit = _PLACEHOLDER.search(_CODE.sub(" ", instruction))
    return hit[0] if hit and not is_code(instruction) else ""


def _carries(instruction: str, hit: re.Match[str]) -> bool:
    """Tell whether the instruction holds the text: after a colon or a line break, in quotes, or before `above`."""
    before, after = instruction[: hit.start()], instruction[hit.end() :]
    if _QUOTED.search(instruction) or "```" in instruction:
        return True
    inline = re.search(r"(?:[:：]|\n|\s[-–—]\s)\s*[^\n]*\w", after)
    if inline or len(re.split(r"[.?!]\s", after, maxsplit=1)[-1].split()) >= 12:
        return True
    earlier = re.split(r"[.?!:]\s+|\n", before)  # the last part belongs to the sentence that refers to the text
    return not re.search(r"follow|below", hit[0], re.I) and len(" ".join(earlier[:-1]).split()) >= 3
