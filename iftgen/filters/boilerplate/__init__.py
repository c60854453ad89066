"""Filter `boilerplate`: what a template, an encoding or a careless model left in the text."""

from collections.abc import Callable

from iftgen.filters.base import Filter
from iftgen.filters.boilerplate import residue, template, unable
from iftgen.filters.turns import turns
from iftgen.types import Candidate, Verdict

_END = 20_000  # characters at both ends of a long text that are looked at
# What each kind looks for in an instruction or input (`asked`, `text`), and in a response.
Look = Callable[[str, str], str]
_INSTRUCTION: dict[str, tuple[Look, str]] = {
    "control": (residue.control, "has the control character"),
    "mojibake": (residue.mojibake, "has wrongly decoded characters:"),
    "leaked": (template.leaked_prompt, "has leaked prompt or template text:"),
    "merged": (template.merged_prompt, "holds a second record:"),
    "meta_talk": (template.meta_prompt, "talks about the making of instructions:"),
    "placeholders": (template.empty_prompt, "is a placeholder:"),
    "html": (residue.html, "has HTML residue:"),
}
_RESPONSE: dict[str, tuple[Look, str]] = {
    "control": (residue.control, "has the control character"),
    "mojibake": (residue.mojibake, "has wrongly decoded characters:"),
    "leaked": (template.leaked, "has leaked prompt or template text:"),
    "merged": (template.merged, "holds a second record:"),
    "meta_talk": (template.meta_talk, "talks about the making of instructions:"),
    "placeholders": (template.placeholder_answer, "is or has a placeholder:"),
    "html": (residue.html, "has HTML residue:"),
}


class Boilerplate(Filter):
    """Instruction, input and response are free of leftovers of templates, encodings and other records.

    Each kind can be switched off, and none counts where the instruction asks for it (HTML, a letter template, a chat).
    `format` rejects placeholders such as [name] in an instruction and words such as "picture"; `truncated` finds
    unfinished sentences.

    leaked: reject prompt and chat template text ("### Instruction:", "<|im_start|>", "[INST]", "{{name}}", "Human:"),
        an "Answer:" before the response and a "###" or "[END]" behind it.
    merged: reject a second record inside a field (another "Instruction:", "Question:" with "Answer:").
    placeholders: reject "N/A", "nan", "test", "<output>" as a response, and "[insert name]" in one.
    meta_talk: reject talk of the making of instructions or responses ("Here is a rewritten version of your prompt").
    mojibake: reject wrongly decoded text ("â€™", "Ã©"), replacement characters and escaped line breaks.
    control: reject control characters other than tab and line break.
    html: reject entities and tags ("&nbsp;", "<br>") where no code or markup was asked for.
    unable: reject an instruction without an input that wants a text model to see, open, browse or act ("Set an alarm").
    """

    name = "boilerplate"

    def __init__(
        self,
        *,
        leaked: bool = True,
        merged: bool = True,
        placeholders: bool = True,
        meta_talk: bool = True,
        mojibake: bool = True,
        control: bool = True,
        html: bool = True,
        unable: bool = True,
    ) -> None:
        kinds = {
            "leaked": leaked,
            "merged": merged,
            "placeholders": placeholders,
            "meta_talk": meta_talk,
            "mojibake": mojibake,
            "control": control,
            "html": html,
        }
        self.unable = unable
        self._instruction = [look for kind, look in _INSTRUCTION.items() if kinds[kind]]
        self._response = [look for kind, look in _RESPONSE.items() if kinds[kind]]

    def check_instruction(self, row: Candidate) -> Verdict:
        """Look at the instruction and the input."""
        reason = ""
        if self.unable and not row.input.strip() and (found := unable.wanted(row.instruction)):
            reason = f"the instruction asks for what a text model cannot do: {found!r}"
        for field, text in (("instruction", row.instruction), ("input", row.input)):
            if text and not reason:
                reason = _first(self._instruction, field, row.instruction, text)
        return self.reject(reason, stage="instruction") if reason else self.keep(stage="instruction")

    def check(self, row: Candidate) -> Verdict:
        """Look at the response, of each turn where there are several."""
        found = (_first(self._response, "response", asked, said) for asked, said in turns(row))
        reason = next(filter(None, found), "")
        return self.reject(reason) if reason else self.keep()


def _first(looks: list[tuple[Look, str]], field: str, asked: str, text: str) -> str:
    """Return the reason of the first kind that is found, or nothing."""
    asked, text = asked[:_END], text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"
    for look, says in looks:
        if found := look(asked, text):
            return f"the {field} {says} {found if len(found) <= 80 else found[:80] + ' ...'!r}"
    return ""
