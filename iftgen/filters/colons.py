"""A colon at the end of an instruction or input: does something follow it in the response, or is a text missing?"""

import re

from iftgen.filters.references import TEXT_NOUN

# A label or an announcement of a text that must be given: nobody but the writer of the prompt has it.
_GIVEN = re.compile(
    rf"(?:^|\n)\W*(?:the )?(?:given |input |following )?(?:{TEXT_NOUN}|context|sources?)\W*$"
    r"|\b(?:following|below|as follows|here (?:is|are)|given|these|this|like this|such as|including)\b[^.?!:：\n]*$"
    rf"|\b(?:the|an?) {TEXT_NOUN}(?: (?:is|are|reads?|says?|goes))?$",
    re.I,
)
_WRITES = re.compile(r"\b(?:write|generate|create|compose|make|form|construct|complete|continue|finish|fill)\b", re.I)
_COMPLETES = re.compile(
    r"\b(?:complete|continue|finish|fill|analog(?:y|ies)|what comes next|next (?:word|item|line|number))\b", re.I
)
_ANSWER = re.compile(
    r"(?:^|[\n.?!:：)\]\"'”]\s*)\W*(?:the )?(?:\w+ )?(?:answer|a|output|response|result|solution|explanation|"
    r"translation|"
    r"summary|sentiment|label|category|class|completion|correction|conclusion|title|reply|rewrite|paraphrase)\W*$|"
    r"(?:[?.!]|\n)\s*(?:please )?(?:answer|reply|respond) (?:in|with|using|as)\b[^.!?\n]*$",
    re.I,
)
_FIELD = re.compile(r"^\W*[^\W\d_][\w '’()-]{0,40}[:：]", re.M)  # "English: hello", as the label at the end is one
_ANALOGY = re.compile(r"\bis to$|(?:::?|：).*\S\s*$")
_STATES = re.compile(r"\b(?:is|are|was|were|means|equals?|because|called|=)$", re.I)
_TAIL = 1000  # characters before the colon that are looked at
_SHORT = 5  # words of a label


def is_cut(text: str, task: str = "") -> bool:
    """Tell whether a text misses what its final colon announces; an input has a task before it."""
    body = text.rstrip()[-_TAIL:].rstrip(":：").rstrip()
    last = body.rpartition("\n")[2].strip()
    head = body[: len(body) - len(last)].strip()
    if _GIVEN.search(body) and not (
        _WRITES.search(task or head) or (head and _FIELD.search(head) and not _GIVEN.search(last))
    ):
        return not _inner(last)
    if task or _ANSWER.search(body):
        return False
    if head and _FIELD.search(head) and len(last.split()) <= _SHORT:
        return False
    return not (_STATES.search(last) or (_ANALOGY.search(last) and _COMPLETES.search(text)) or last.endswith(" is to"))


def _inner(last: str) -> bool:
    """Tell whether the last line brings its text after an earlier colon."""
    before, colon, after = last.replace("：", ":").rpartition(":")
    return bool(colon and before.strip() and len(after.split()) > 1)
