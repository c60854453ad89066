"""Filter `pii`: personal data and secrets, masked or rejected."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from iftgen.filters.base import Filter
from iftgen.filters.pii.detectors import KINDS, entities
from iftgen.filters.pii.entity import Entity
from iftgen.filters.pii.examples import made_up, placeholder
from iftgen.filters.text import plural
from iftgen.types import Candidate, Stage, Verdict

DEFAULT_KINDS = tuple(kind for kind in KINDS if kind != "address")
FIELDS = ("instruction", "input", "output", "system")
_LABELS = {"national_id": "ID"}
_NAMES = {
    "email": "e-mail address",
    "phone": "phone number",
    "iban": "IBAN",
    "card": "card number",
    "key": "key or token",
    "national_id": "national number",
    "ip": "IP address",
    "address": "street address",
}
_NUMBERED = re.compile(r"\[([A-Z]{2,7})_(\d{1,6})\]")


class Pii(Filter):
    """The row holds no personal data or secrets: e-mail, phone, IBAN, card, keys, national numbers, IP.

    What has a checksum is checked (Luhn, modulo 97, Verhoeff, ...); what has none must have a shape that dates, prices,
    version numbers and formulas do not have, or a word such as "phone" before it. A password after its name and
    the credentials in a URL count as keys. A masked value becomes [EMAIL_1] and
    the like, the same value the same number throughout the row; `history` tells how many, not which. Score: how many
    values were found.

    action: mask replaces what is found and keeps the row; reject rejects the row.
    kinds: what is looked for: key, email, iban, card, national_id, phone, ip, and address (streets; off: it is vague).
    examples: keep leaves alone what is plainly made up (example.com, 555-0100, test cards); treat handles it alike,
        as nobody can tell for sure. Placeholders such as your.name@example.com are never touched.
    fields: which of instruction, input, output and system are searched; `messages` follow them by role.
    """

    name = "pii"

    def __init__(
        self,
        *,
        action: Literal["mask", "reject"] = "mask",
        kinds: Sequence[str] = DEFAULT_KINDS,
        examples: Literal["keep", "treat"] = "treat",
        fields: Sequence[str] = FIELDS,
    ) -> None:
        self.require(action in ("mask", "reject"), "action", action, "mask or reject")
        self.require(examples in ("keep", "treat"), "examples", examples, "keep or treat")
        for kind in kinds:
            self.require(kind in KINDS, "kinds", kind, f"some of {', '.join(KINDS)}")
        for field in fields:
            self.require(field in FIELDS, "fields", field, f"some of {', '.join(FIELDS)}")
        self.action = action
        self.changes_texts = action == "mask"
        self.kinds = frozenset(kinds)
        self.examples = examples
        self.fields = tuple(field for field in FIELDS if field in fields)

    def check_instruction(self, row: Candidate) -> Verdict:
        """Search all that the row has by now; a row of a file has its response already."""
        return self._judge(row, "instruction")

    def check(self, row: Candidate) -> Verdict:
        """Search the row again, now with its response."""
        return self._judge(row, "response")

    def _judge(self, row: Candidate, stage: Stage) -> Verdict:
        found = {text: hits for text in self._texts(row) if (hits := self._found(text))}
        count = sum(map(len, found.values()))
        if not found:
            return self.keep(stage=stage)
        if self.action == "mask":
            self._mask(row, found)
            return self.keep(count, stage=stage)
        kinds = Counter(one.kind for hits in found.values() for one in hits)
        told = ", ".join(plural(number, _NAMES[kind]) for kind, number in kinds.items())
        first = next(iter(found.values()))[0]
        return self.reject(f"the row holds {told}: {_hint(first.value)!r}", count, 0, stage=stage)

    def _texts(self, row: Candidate) -> Iterator[str]:
        """Yield the texts to search: the turns of a conversation by who speaks, and to mask the unused answers too."""
        yield from (text for field in self.fields if (text := getattr(row, field)))
        yield from (one["content"] for one in row.messages if self._covers(one.get("role", "")) and one.get("content"))
        if self.changes_texts and self._covers("assistant"):
            yield from row.alternatives

    def _covers(self, role: str) -> bool:
        return {"assistant": "output", "system": "system"}.get(role, "instruction") in self.fields

    def _found(self, text: str) -> list[Entity]:
        hits = entities(text, self.kinds)
        passes = placeholder if self.examples == "treat" else made_up
        return [one for one in hits if not passes(one.kind, one.value)]

    def _mask(self, row: Candidate, found: dict[str, list[Entity]]) -> None:
        """Put the placeholders in, and tell of them in the history."""
        numbers = _Numbers(self._texts(row))
        masked = {text: _replaced(text, hits, numbers) for text, hits in found.items()}
        for field in self.fields:
            text = getattr(row, field)
            setattr(row, field, masked.get(text, text))
        row.messages = [
            {**one, "content": masked.get(one.get("content", ""), one.get("content", ""))}
            if self._covers(one.get("role", ""))
            else one
            for one in row.messages
        ]
        row.alternatives = [masked.get(text, text) for text in row.alternatives]
        self._tell(row, numbers.kinds)

    def _tell(self, row: Candidate, kinds: Counter[str]) -> None:
        """Append to the history how many values of which kind were masked; later ones are added to the same entry."""
        told = next((one for one in row.history if one.get("filter") == self.label and "masked" in one), None)
        if told is None:
            row.history.append({"filter": self.label, "masked": dict(kinds)})
        else:
            told["masked"] = dict(Counter(told["masked"]) + kinds)


class _Numbers:
    """Gives each value a placeholder with a number, going on after those that the row has."""

    def __init__(self, texts: Iterator[str]) -> None:
        self.kinds: Counter[str] = Counter()
        self._last: dict[str, int] = {}
        self._given: dict[tuple[str, str], str] = {}
        for label, number in (hit for text in texts for hit in _NUMBERED.findall(text)):
            self._last[label] = max(self._last.get(label, 0), int(number))

    def placeholder(self, one: Entity) -> str:
        key = (one.kind, re.sub(r"[\s()./-]", "", one.value).lower() if one.kind != "key" else one.value)
        if key not in self._given:
            label = _LABELS.get(one.kind, one.kind.upper())
            self._last[label] = self._last.get(label, 0) + 1
            self.kinds[one.kind] += 1
            self._given[key] = f"[{label}_{self._last[label]}]"
        return self._given[key]


def _replaced(text: str, hits: Sequence[Entity], numbers: _Numbers) -> str:
    parts, end = [], 0
    for one in hits:
        parts += [text[end : one.start], numbers.placeholder(one)]
        end = one.end
    return "".join((*parts, text[end:]))


def _hint(value: str) -> str:
    """Return the first characters of a value: enough to find it, not enough to use it."""
    return f"{value[:3]}…" if len(value) > 6 else "…"
