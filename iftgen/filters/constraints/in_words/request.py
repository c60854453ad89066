"""The instruction as it is searched: without quotes and inputs, with what makes a request in it doubtful."""

import re
from functools import cached_property

from iftgen.filters.text import words

# Longer instructions hold texts to work on, in which requests cannot be told from content.
LONGEST = 4000
_QUOTED = re.compile(
    r"\"[^\"\n]{0,2000}\"|“[^”\n]{0,2000}”|«[^»\n]{0,2000}»|`[^`\n]{0,2000}`|(?<!\w)'[^'\n]{2,200}'(?!\w)"
)
# What follows is the text to work on, or an example of the format.
_INPUT = re.compile(
    r"(?::[ \t]*\n|\n[ \t]*\n?[ \t]*(?:input|text|passage|article|context|paragraph|sentence)s?[ \t]*:)", re.I
)
_CODING = "code script regex sql query python java css javascript html bash algorithm api def variable compile compiler"
_CODE = frozenset(_CODING.split())
# Words of other fields too: "the function of the heart", "a fitness program".
_MAYBE_CODE = frozenset(("function", "program", "class", "method", "database"))
_PROGRAMMING = re.compile(
    r"\b(?:write|create|implement|develop|design|build|make|define|generate) (?:a |an |the )?(?:[\w+#-]+ ){0,3}"
    r"(?:function|program|class|method|database)\b",
    re.I,
)
_EACH = frozenset(("each", "every", "per", "apiece", "respectively", "both", "either"))
_TASK = (
    r"(?:write|list|give|provide|explain|describe|summari[sz]e|create|generate|compose|suggest|name|identify|translate|"
    r"compare|discuss|analy[sz]e|outline|draft|rewrite|paraphrase|propose|tell|make a|classify|rate|calculate|find|"
    r"extract|edit|correct|design|develop|answer the|evaluate|justify|criticize|define|come up)"
)
_SECOND = re.compile(
    rf"(?:\b(?:and|then|also|next|finally|lastly|afterwards|plus|or)\b,? (?:then |also |please |finally |to )*{_TASK}\b"
    r"|\bfollowed by\b|\bas well as\b|\balong with\b)",
    re.I,
)
_FIRST = re.compile(rf"(?:^|[.!?;\n]\s{{0,4}}|\d[.)] ?)(?:please |now |then |finally |next |also )*{_TASK}\b", re.I)


class Request:
    """An instruction, its searchable part, and what speaks against reading counts in it; each found when asked for.

    `tokens` are the words of the whole: the readers look there first, as most instructions have none of their words.
    """

    def __init__(self, instruction: str) -> None:
        """Take an instruction; one that is very long is not read."""
        self.instruction = instruction if len(instruction) <= LONGEST else ""
        self.tokens = frozenset(words(self.instruction))

    @cached_property
    def whole(self) -> str:
        """The instruction without the input below it."""
        hit = _INPUT.search(self.instruction)
        return self.instruction[: hit.start()] if hit else self.instruction

    @cached_property
    def text(self) -> str:
        """The same, with what stands in quotes blanked, at the same length."""
        return _QUOTED.sub(lambda found: "\0" * len(found[0]), self.whole)

    @cached_property
    def code(self) -> bool:
        """Whether code is spoken of, whose lines and words are not counted."""
        if not _CODE.isdisjoint(self.tokens):
            return True
        return not _MAYBE_CODE.isdisjoint(self.tokens) and bool(_PROGRAMMING.search(self.text))

    @cached_property
    def each(self) -> bool:
        """Whether something is asked for each of several."""
        return not _EACH.isdisjoint(self.tokens)

    @cached_property
    def several(self) -> bool:
        """Whether there is more than one task, so that a length may be meant for one of them."""
        return bool(_SECOND.search(self.text)) or len(_FIRST.findall(self.text)) > 1
