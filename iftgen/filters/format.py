"""Filter `format`: the heuristics of Self-Instruct and Alpaca."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from iftgen.errors import choices
from iftgen.filters.base import Filter
from iftgen.filters.colons import is_cut
from iftgen.filters.pictures import HARMLESS, in_words
from iftgen.filters.references import missing_input, placeholder
from iftgen.types import Candidate, Verdict

_SEEN = ("image", "images", "graph", "graphs", "picture", "pictures", "draw", "plot")
_SELF_INSTRUCT = (*_SEEN, "file", "files", "map", "maps")
_ALPACA = ("video", "audio", "music", "flowchart", "diagram")
_UNABLE = (*_SEEN, "video", "videos", "audio", "flowchart", "diagram")
_GO = "go to"
PROFILES: dict[str, tuple[Sequence[str], Sequence[str], bool]] = {  # words, starts, ASCII letters only
    "default": ((*_UNABLE, _GO), (), False),
    "self_instruct": ((*_SELF_INSTRUCT, _GO), ("Write a program",), True),
    "alpaca": ((*_SELF_INSTRUCT, _GO, *_ALPACA), ("Write a program",), True),
    "none": ((), (), False),
}
_OPENING = "\"'“”‘«„([{<`¿¡#$@%&+~…"


class Format(Filter):
    """Instruction, input and response look like a sound task for a text model.

    Heuristics of Self-Instruct and Alpaca; the profiles `self_instruct` and `alpaca` follow the papers word for word,
    the default leaves out what is harmless ("draw a conclusion", "¿Qué es?", "Write a program ...").

    profile: default, self_instruct, alpaca or none; it sets the next three arguments where they are null.
    words: an instruction with one of these words or phrases is rejected: a text model cannot show or see things.
    starts: so is one that begins with one of these phrases.
    ascii_start: an instruction must begin with an ASCII letter or digit; false only rejects stray punctuation.
    missing_input: reject an instruction that speaks of "the text below" or the like where there is no such text.
    placeholders: reject leftovers of templates such as <input>, [name] or {topic} in the instruction.
    colon_end: reject a response that ends in a colon, and an input (or an instruction without one) where the text that
        its final colon announces is missing; "Answer:", analogies and forms to fill in pass.
    same: reject a response that is equal to the input.
    """

    name = "format"

    def __init__(
        self,
        *,
        profile: Literal["default", "self_instruct", "alpaca", "none"] = "default",
        words: Sequence[str] | None = None,
        starts: Sequence[str] | None = None,
        ascii_start: bool | None = None,
        missing_input: bool = True,
        placeholders: bool = True,
        colon_end: bool = True,
        same: bool = True,
    ) -> None:
        self.require(profile in PROFILES, "profile", profile, f"a profile.{choices(profile, PROFILES)}")
        default = PROFILES[profile]
        self.profile = profile
        self.words = _pattern(default[0] if words is None else words)
        self.starts = default[1] if starts is None else starts
        self.ascii_start = default[2] if ascii_start is None else ascii_start
        self.missing_input = missing_input
        self.placeholders = placeholders
        self.colon_end = colon_end
        self.same = same

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge instruction and input."""
        text = row.instruction.strip()
        reason = self._start(text) or self._word(text) or self._ending(row)
        if not reason and self.missing_input and not row.input.strip() and (found := missing_input(text)):
            reason = f"the instruction speaks of {found!r}, but there is no input"
        if not reason and self.placeholders and (found := placeholder(text)):
            reason = f"the instruction has a placeholder left: {found!r}"
        return self.reject(reason, stage="instruction") if reason else self.keep(stage="instruction")

    def check(self, row: Candidate) -> Verdict:
        """Judge the response."""
        output = row.output.strip()
        if not output:
            return self.reject("the response is empty")
        if self.same and output == row.input.strip():
            return self.reject("the response is equal to the input")
        if self.colon_end and output.endswith((":", "：")):
            return self.reject("the response ends in a colon")
        return self.keep()

    def _start(self, text: str) -> str:
        if not text:
            return "the instruction is empty"
        first = text[0]
        if self.ascii_start and not (first.isascii() and first.isalnum()):
            return f"the instruction begins with {first!r}, which is no ASCII letter or digit"
        if first not in _OPENING and unicodedata.category(first)[0] == "P":
            return f"the instruction begins with the punctuation mark {first!r}"
        begun = next((start for start in self.starts if text.lower().startswith(start.lower())), "")
        return f"the instruction begins with {begun!r}" if begun else ""

    def _word(self, text: str) -> str:
        hit = self.words.search(text) if self.words else None
        if hit and self.words and self.profile == "default":
            hit = None if in_words(text) else self.words.search(HARMLESS.sub(" ", text))
        return f"the instruction asks for what a text model cannot do: {hit[0]!r}" if hit else ""

    def _ending(self, row: Candidate) -> str:
        field, text = ("input", row.input) if row.input.strip() else ("instruction", row.instruction)
        if not self.colon_end or not text.rstrip().endswith((":", "：")):
            return ""
        cut = is_cut(text, row.instruction if field == "input" else "")
        return f"the {field} ends in a colon" if cut else ""


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.I) if words else None
