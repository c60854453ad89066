"""National numbers: of people, of their taxes, of their health service, and passports."""

import re
from collections.abc import Callable, Iterator

from iftgen.filters.pii import checksums
from iftgen.filters.pii.entity import Entity, bare, entity

_NEAR = 80  # characters before a number in which its word must stand
# Shape, check, and a word that must stand near where shape and check could be chance.
_NATIONAL: tuple[tuple[re.Pattern[str], Callable[[str], bool] | None, re.Pattern[str] | None], ...] = (
    (re.compile(r"(?<![\w.+*/=-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w*/=-])"), None, None),
    (
        re.compile(
            r"(?<![\w-])(?!BG|GB|NK|KN|TN|NT|"
            r"ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\w-])"
        ),
        None,
        None,
    ),
    (
        re.compile(r"(?<![\w.+*/=-])\d{2} ?\d{3} ?\d{3} ?\d{3}(?![\w*/=-]|[.,]\d)"),
        checksums.steuer_id,
        re.compile(r"steuer|tax|idnr|\btin\b", re.I),
    ),
    (
        re.compile(
            r"(?<![\w.+*/=-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-4]\d) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?![\w*/=-]|[.,]\d)"
        ),
        checksums.nir,
        None,
    ),
    (re.compile(r"(?<![\w.-])(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z](?![\w-])"), checksums.dni, None),
    (re.compile(r"(?<![\w.+*/=-])[2-9]\d{3}([ -])\d{4}\1\d{4}(?![\w*/=-]| \d|[.,]\d)"), checksums.aadhaar, None),
    (
        re.compile(r"(?<![\w.+*/=-])[2-9]\d{11}(?![\w*/=-]|[.,]\d)"),
        checksums.aadhaar,
        re.compile(r"aadh?aar|uidai", re.I),
    ),
    (re.compile(r"(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)"), checksums.codice_fiscale, None),
    (
        re.compile(r"(?<![\w.+*/=-])\d{9}(?![\w*/=-]|[.,]\d)"),
        checksums.bsn,
        re.compile(r"\bbsn\b|burgerservice|sofi|\bssn\b|social security|citizen service", re.I),
    ),
    (
        re.compile(r"(?<![\w.+*/=-])\d{3}([- ]?)\d{2}\1\d{4}(?![\w*/=-])"),
        None,
        re.compile(r"\bssn\b|social security (?:no|num|#)", re.I),
    ),
    (
        re.compile(r"(?<![\w.+*/=-])\d{3}([ -]?)\d{3}\1\d{4}(?![\w*/=-]|[.,]\d)"),
        checksums.nhs,
        re.compile(r"\bNHS\b|health service"),
    ),
    (
        re.compile(r"(?<![\w.+*/=-])(?=(?:[A-Z]{0,4}\d){4})[A-Z0-9]{7,9}(?![\w*/=-]|[.,]\d)"),
        None,
        re.compile(
            r"\b(?:passport|reisepass\w*|passeport|pasaporte)(?: (?:no|num\w*|nr|id)\b)?[.:#]?"
            r"(?: (?:is|was|ist|est|es))?:? ?$",
            re.I,
        ),
    ),
    (re.compile(r"(?<![\w.+*/=-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w*/=-])"), checksums.cpf, None),
)


def national_ids(text: str) -> Iterator[Entity]:
    """Yield the numbers of a text that fit."""
    for shape, check, near in _NATIONAL:
        for hit in shape.finditer(text):
            fits = check is None or check(bare(hit[0]))
            if fits and (near is None or near.search(text[max(0, hit.start() - _NEAR) : hit.start()])):
                yield entity("national_id", hit)
