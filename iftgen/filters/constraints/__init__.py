"""Filter `constraints`: what can be verified about a response, declared by a row or asked for in words.

A row declares constraints in the column `constraints`, a list of objects (or its JSON, in a CSV file):

    {"instruction": "...", "output": "...", "constraints": [{"type": "max_words", "value": 50}, {"type": "no_commas"}]}

| type | keys | holds where |
|---|---|---|
| `min_U`, `max_U`, `exact_U` | `value` | the response has at least, at most, exactly so many U, see below |
| `list_items` | `value` | the same as `exact_list_items` |
| `contains` | `value`: text or texts | all are there, as parts of words too; case is ignored |
| `contains_any` | `value`: text or texts | one of them is there, letter by letter |
| `has_word` | `value`: text or texts | one of them is there as a whole word; case is ignored |
| `excludes` | `value`: text or texts | none of them is there as a whole word; case is ignored |
| `starts_with`, `ends_with` | `value` | it is the first or the last thing; case and outer quotes are ignored |
| `one_of` | `value`: text or texts | the response is one of them and nothing else |
| `regex` | `value` | the pattern is found; Rust's syntax (linear time): no look-around, no back references |
| `repeats` | `value` (default: the instruction) | the response begins with it |
| `postscript` | `value` (`P.S.`, `P.P.S`, another marker) | there is a postscript with the marker |
| `paragraph_start` | `paragraphs`, `nth`, `value` | so many blocks parted by two line breaks, the n-th begins so |
| `divided_paragraphs` | `value` | exactly so many parts, divided by `***` |
| `two_responses` | | two different parts, divided by `******` |
| `title` | | there is a `<<title>>` |
| `quoted` | | the whole is in double quotation marks |
| `all_caps`, `all_lowercase` | `language` (optional) | all letters are, and the language is not another one |
| `language` | `value`: name or code | the language is not plainly another one |
| `no_commas` | | there is no comma |
| `json` | | the whole parses as JSON, perhaps in a Markdown fence |
| `json_schema` | `schema` | so it does, and it fits the JSON Schema (draft 2020-12) |
| `table` | `rows`, `columns` (both optional) | there is a Markdown table, of that size; the header is no row |

U is one of `words` (runs of letters, digits and _), `sentences` (as Punkt splits), `paragraphs` (parted by empty
lines), `lines`, `characters`, `list_items`, `bullets` (Markdown, `*` or `-`), `placeholders` (`[name]`), `highlights`
(`*so*`, `**so**`), `capital_words`, `sections` (also `splitter`, as in `SECTION 1`), `keyword` (also `word`), `letter`
(also `letter`).

IFEval's own files are read as they are (`instruction_id_list`, `kwargs`): see `ifeval.TRANSLATIONS`.
"""

from collections.abc import Sequence

from iftgen.filters.base import Filter
from iftgen.filters.constraints.checking import check, check_constraints, loose, understood
from iftgen.filters.constraints.declared import declared
from iftgen.filters.constraints.in_words import forms, recognise
from iftgen.filters.constraints.model import Constraint, Malformed, Mode, Result
from iftgen.types import Candidate, Verdict

__all__ = ["Constraint", "Constraints", "Mode", "Result", "check_constraints"]

_ALL = 1.0


class Constraints(Filter):
    """The response keeps the constraints of its row, and the lengths and forms asked for in words.

    A row declares constraints in the column `constraints`, such as `[{type: max_words, value: 50}]`, or in the columns
    of IFEval (Zhou et al. 2023), which are judged as its reference checkers do. A row that declares none is judged by
    what its instruction plainly asks for ("in under 60 words", "list five", "in one sentence", "as JSON"), in English
    and in the kindest reading: what is ambiguous is not judged. A malformed constraint is a rejection too.
    Score: the share of the constraints that hold; threshold: 1.

    mode: strict, or loose as in IFEval, where the first line, the last line and asterisks may be left out.
    declared: judge the constraints that a row declares.
    in_words: judge what the instruction asks for in words, where the row declares nothing.
    tolerance: so far "a 500-word essay" and "about 500 words" may be missed, as a share of the number.
    """

    name = "constraints"

    def __init__(
        self, *, mode: Mode = "strict", declared: bool = True, in_words: bool = True, tolerance: float = 0.15
    ) -> None:
        self.require(mode in ("strict", "loose"), "mode", mode, "strict or loose")
        self.require(0 <= tolerance <= 1, "tolerance", tolerance, "a number from 0 to 1")
        self.mode: Mode = mode
        self.declared = declared
        self.in_words = in_words
        self.tolerance = tolerance

    def check_instruction(self, row: Candidate) -> Verdict:
        """Reject a malformed constraint before a response is paid for."""
        try:
            for one in declared(row.extra) if self.declared and row.extra else ():
                understood(one)
        except Malformed as error:
            return self.reject(str(error), stage="instruction")
        return self.keep(stage="instruction")

    def check(self, row: Candidate) -> Verdict:
        """Check what the row declares, else what its instruction asks for."""
        entries = declared(row.extra) if self.declared and row.extra else []
        if entries:
            texts = [row.output] if self.mode == "strict" else loose(row.output)
            return self._judge([check(one, row.instruction, texts) for one in entries])
        if not self.in_words:
            return self.keep()
        instruction = _last_turn(row)
        asked = recognise(instruction, self.tolerance)
        if not asked:
            return self.keep()
        texts = [*forms(row.output), *(loose(row.output) if self.mode == "loose" else ())]
        return self._judge([check(one, instruction, texts) for one in asked])

    def _judge(self, results: Sequence[Result]) -> Verdict:
        """Return the verdict on some results: the first that does not hold is named."""
        failed = [one for one in results if not one.holds]
        share = round(1 - len(failed) / len(results), 3)
        if not failed:
            return self.keep(share, _ALL)
        more = f" (and {len(failed) - 1} more of {len(results)} constraints)" if len(failed) > 1 else ""
        return self.reject(f"{failed[0].reason}{more}", share, _ALL)


def _last_turn(row: Candidate) -> str:
    """Return what the judged reply answers: the last user turn of several."""
    turns = [one.get("content") or "" for one in row.messages if one.get("role") == "user"]
    return turns[-1] if len(turns) > 1 else row.instruction
