"""Sentences as Punkt counts them (Kiss and Strunk 2006), the tokeniser of IFEval's reference checkers.

Its English model was trained; ours are rules for what it decides: a mark at the end of a word ends a sentence unless
it belongs to an abbreviation, an initial, an ordinal or an ellipsis that goes on. A line break alone ends none.
"""

import re

_MARK = re.compile(r"[.?!](?=[?!)\";}\]*:@'({\[]|\s+\S)")
# More characters than any abbreviation has; what stands before them is not looked at.
_TAIL = 24
_LAST_TOKEN = re.compile(r"[^\s\"'“”‘’()\[\]{}*_<>—,;:]*$")
_NEXT_TOKEN = re.compile(r"[?!)\";}\]*:@'({\[_“‘]{0,8}\s{0,40}[\"'“‘(\[{*_#>-]{0,8}\s{0,4}(\w{0,30})")
# The last mark of a word counts.
_LATER_MARK = re.compile(r"[^\s.?!]{0,8}[.?!]")
_CLOSING = " \t\r\n\"')]}*_"
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*$")
_SHORT = """
a.m adj adm ala apr ariz ark aug ave bldg blvd bros calif capt cf cmdr co col colo conn corp cpl dec del dept dist dr
est ext feb fig fla ft ga gen gov hon ill inc ind jan jr kan ky la lt ltd maj mar mass md messrs mich minn
miss mo mont mr mrs ms mt n.y neb nev nov oct okla ore p.m pa penn ph.d pp prof pres pvt rep reps rev sec sen sens
sept sgt sr st ste tenn tex u.k u.n u.s va vol vs vt wash wis wyo"""
_OPENING = """
although among an and as at because besides but by during each for from he how however if in it its many meanwhile
most my no on one our she since some still such that the their there these they this those though under we what when
where while who with you your"""
# The English model does not know these.
_NONE = ("e.g", "i.e")
_ABBREVIATIONS, _STARTERS = frozenset(_SHORT.split()), frozenset(_OPENING.split())


def count_sentences(text: str) -> int:
    """Count the sentences of a text; 0 where there is none."""
    if not text.strip():
        return 0
    last = len(text.rstrip(_CLOSING))
    return 1 + sum(_ends(text, hit.end()) for hit in _MARK.finditer(text, 0, last + 1) if hit.end() < last)


def _ends(text: str, end: int) -> bool:
    """Tell whether the mark before `end` ends a sentence that another one follows."""
    if _LATER_MARK.match(text, end):
        return False
    if text[end - 1] != ".":
        return True
    hit = _NEXT_TOKEN.match(text, end)
    following = hit[1] if hit else ""
    token = _LAST_TOKEN.search(text, max(0, end - 1 - _TAIL), end - 1)
    # A sign between the mark and the next word makes Punkt doubt that the word begins a sentence.
    direct = bool(hit and text[end].isspace() and text[hit.start(1) - 1].isspace())
    return _full_stop(token[0] if token else "", following, direct)


def _full_stop(token: str, following: str, direct: bool) -> bool:
    """Tell whether the full stop after a token is one, from the word that follows."""
    upper = following[:1].isupper()
    if token.endswith("."):  # an ellipsis
        return upper and direct
    if _NUMBER.match(token):
        return not following or upper or not direct or following[:1].isdigit()
    if len(token) == 1 and token.isalpha():
        return upper and following.lower() in _STARTERS
    if token.lower() in _ABBREVIATIONS or (
        "." in token and token.lower() not in _NONE and all(len(part) == 1 for part in token.split("."))
    ):
        return upper and direct and following.lower() in _STARTERS
    return True
