"""What personal data and secrets look like: shapes, then checks."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from iftgen.filters.pii import checksums
from iftgen.filters.text import RECENT

_PHONE_WORD = re.compile(
    r"\b(?:phone|tel|telephone|telefon\w*|call|mobile|cell|fax|contact|whatsapp|sms|handy|rufnummer|téléphone|"
    r"teléfono|hotline)\b",
    re.I,
)
_VERSION = re.compile(r"\b(?:version|ver|v|release|build|firmware|section|chapter|clause|oid|sdk)\.?\s*$", re.I)
_BEFORE = 40


_KEY_MARKS = (
    *(
        "-----BEGIN",
        "sk-",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "AKIA",
        "ASIA",
        "AIza",
        "xox",
        "glpat-",
        "hf_",
    ),
    *(
        "npm_",
        "k_live_",
        "SG.",
        "eyJ",
        "pypi-",
        "dop_v1_",
        "ya29.",
        "earer",
        "EARER",
        "key",
        "KEY",
        "Key",
        "oken",
        "OKEN",
    ),
    *("secret", "Secret", "SECRET"),
)
_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"\d(?:[ ().+/-]{0,2}\d){6}")
_LETTERED = re.compile(r"[A-Z]{2} ?\d\d[ A-Z0-9]")
_DOTTED = re.compile(r"\d\.\d{1,3}\.\d")
_LONG = 15  # characters: no key has fewer in a run, but for one that begins with dashes


@dataclass(frozen=True, slots=True)
class Entity:
    """Something personal in a text."""

    kind: str
    start: int
    end: int
    value: str


_EMAIL = re.compile(
    r"(?<![\w.%+/-])[\w][\w.%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,24}(?![\w@-])"
)
_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[^-]{1,8000}-----END [A-Z0-9 ]{1,40}-----)?"
    r"|(?<![\w-])(?:sk-(?:ant-|proj-|or-|svcacct-)?[A-Za-z0-9_-]{20,200}|gh[pousr]_[A-Za-z0-9]{36}|"
    r"github_pat_[A-Za-z0-9_]{22,100}|"
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35}|xox[abprs]-[A-Za-z0-9-]{10,200}|glpat-[\w-]{20,60}|"
    r"hf_[A-Za-z0-9]{30,60}|"
    r"npm_[A-Za-z0-9]{36}|[sr]k_live_[A-Za-z0-9]{16,100}|SG\.[\w-]{22}\.[\w-]{43}|"
    r"eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{8,1000}|"
    r"pypi-[\w-]{40,250}|dop_v1_[a-f0-9]{64}|ya29\.[\w-]{30,300})(?![\w])"
)
_ASSIGNED = re.compile(
    r"(?:\b(?:authorization:\s{0,3})?bearer\s{1,3}|\b(?:api[_-]?key|secret(?:[_-]?key)?|access[_-]?token|"
    r"auth[_-]?token|client[_-]?secret)"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?)([A-Za-z0-9._~+/-]{20,300}={0,2})(?![\w(])",
    re.I,
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_CARD = re.compile(
    r"(?<![\w.,+*/=-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|"
    r"\d{4}([ -])\d{6}\2\d{4,5})(?![\w*/=-]|[.,]\d)"
)
_IPV4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4}){1,6}(?![\w:])")
_EXTENSION = r"(?: ?(?:x|ext\.? ?)\d{1,6})?"
_INTERNATIONAL = re.compile(
    r"(?<![\w+*/=^.-])(?<![\d)] )(?:\+|00(?=[1-9]\d{0,2}[ .-]))[1-9]\d{0,2} ?(?:\(0\) ?)?(?:[ .-]?\(?\d{1,4}\)?)"
    rf"(?:[ .-]?\(?\d{{2,4}}\)?){{1,6}}(?:-\d{{1,4}})?{_EXTENSION}(?!\w|[.,]\d)"
)
_NANP = re.compile(
    rf"(?<![\w.+*/=-])(?:(?:00)?1[-. ])?(?:\([2-9]\d\d\) ?|"
    rf"[2-9]\d\d([-. ]))[2-9]\d\d[-. ]\d{{4}}{_EXTENSION}(?![\w-]|\.\d)"
)
_FRENCH = re.compile(r"(?<![\w.+*/=-])0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}(?![\w-]|[.,]\d)")
# Any number of a phone's length; only after a word such as "phone".
_LOOSE = re.compile(r"(?<![\w.+*/=,-])\(?\d{1,6}\)?(?:[ /.-]{0,3}\(?\d{2,10}\)?){0,5}(?![\w*/=]|[.,]\d)")
_ADDRESS = re.compile(
    r"(?<![\w.,])\d{1,5} (?:[NSEW]\.? )?(?:[A-Z][a-z]{1,20} ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|"
    r"Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|"
    r"Terrace|Way|Square|Sq)\b\.?(?:,? (?:Apt|Suite|Unit|#)\.? ?\w{1,5})?"
)


@lru_cache(RECENT)
def entities(text: str, kinds: frozenset[str]) -> tuple[Entity, ...]:
    """Return what was found of some kinds, in the order of the text, the first and longest where two overlap."""
    found = [one for kind in _present(text) if kind in kinds for one in _FINDERS[kind](text)]
    if not found:
        return ()
    kept: list[Entity] = []
    order = {kind: at for at, kind in enumerate(KINDS)}
    for one in sorted(found, key=lambda entity: (order[entity.kind], entity.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda entity: entity.start))


def _present(text: str) -> Iterator[str]:
    """Yield the kinds that a text may hold, by a cheap look at it."""
    if "@" in text:
        yield "email"
    if _has_long(text) and any(map(text.__contains__, _KEY_MARKS)):
        yield "key"
    if not _DIGIT.search(text):
        return
    run, lettered = bool(_RUN.search(text)), bool(_LETTERED.search(text))
    if run:
        yield from ("card", "phone")
    if lettered:
        yield "iban"
    if run or lettered:
        yield "national_id"
    if text.count(":") >= 4 or (text.count(".") >= 3 and _DOTTED.search(text)):
        yield "ip"
    yield "address"


def _has_long(text: str) -> bool:
    return max(map(len, text.split()), default=0) >= _LONG or "-----BEGIN" in text


def _emails(text: str) -> Iterator[Entity]:
    yield from (_entity("email", hit) for hit in _EMAIL.finditer(text) if ".." not in hit[0])


def _keys(text: str) -> Iterator[Entity]:
    yield from (_entity("key", hit) for hit in _KEY.finditer(text))
    for hit in _ASSIGNED.finditer(text):
        value = hit[1]
        if (
            any(map(str.isdigit, value))
            and any(map(str.isalpha, value))
            and len(set(value)) >= 10
            and "/" not in value[:1]
        ):
            yield Entity("key", hit.start(1), hit.end(1), value)


def _ibans(text: str) -> Iterator[Entity]:
    yield from (_entity("iban", hit) for hit in _IBAN.finditer(text) if checksums.iban(_bare(hit[0])))


def _cards(text: str) -> Iterator[Entity]:
    yield from (_entity("card", hit) for hit in _CARD.finditer(text) if checksums.card(_bare(hit[0])))


def _ips(text: str) -> Iterator[Entity]:
    if text.count(".") >= 3:
        yield from (_entity("ip", hit) for hit in _IPV4.finditer(text) if _public_v4(text, hit))
    if text.count(":") >= 4:
        yield from (_entity("ip", hit) for hit in _IPV6.finditer(text) if _public(hit[0]))


def _public_v4(text: str, hit: re.Match[str]) -> bool:
    """Tell an address from a version number or an object identifier by large parts and the word before it."""
    parts = sorted(map(int, hit[0].split(".")))
    large = parts[-1] > 99 or parts[-2] > 30
    return large and _public(hit[0]) and not _VERSION.search(text[max(0, hit.start() - _BEFORE) : hit.start()])


def _public(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
        return (
            parsed.is_global and not parsed.is_multicast and address not in ("8.8.8.8", "8.8.4.4", "1.1.1.1", "9.9.9.9")
        )
    except ValueError:
        return False


def _phones(text: str) -> Iterator[Entity]:
    for hit in _INTERNATIONAL.finditer(text):
        if 9 <= len(_bare(hit[0]).lstrip("0")) <= 20 and hit[0].count("(") == hit[0].count(")"):
            yield _entity("phone", hit)
    yield from (_entity("phone", hit) for hit in _NANP.finditer(text) if hit[1] != " " or _spoken_of(text, hit))
    yield from (_entity("phone", hit) for hit in _FRENCH.finditer(text))
    for hit in _LOOSE.finditer(text):
        digits = _bare(hit[0])
        if 9 <= len(digits) <= 12 and len(set(digits)) > 2 and _spoken_of(text, hit):
            yield _entity("phone", hit)


def _spoken_of(text: str, hit: re.Match[str]) -> bool:
    return bool(_PHONE_WORD.search(text[max(0, hit.start() - _BEFORE) : hit.start()]))


def _addresses(text: str) -> Iterator[Entity]:
    yield from (_entity("address", hit) for hit in _ADDRESS.finditer(text))


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
    (re.compile(r"(?<![\w.+*/=-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w*/=-])"), checksums.cpf, None),
)


def _national_ids(text: str) -> Iterator[Entity]:
    for shape, check, near in _NATIONAL:
        for hit in shape.finditer(text):
            fits = check is None or check(_bare(hit[0]))
            if fits and (near is None or near.search(text[max(0, hit.start() - 2 * _BEFORE) : hit.start()])):
                yield _entity("national_id", hit)


def _entity(kind: str, hit: re.Match[str]) -> Entity:
    return Entity(kind, hit.start(), hit.end(), hit[0])


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text)


_FINDERS: Mapping[str, Callable[[str], Iterator[Entity]]] = {
    "key": _keys,
    "email": _emails,
    "iban": _ibans,
    "card": _cards,
    "national_id": _national_ids,
    "phone": _phones,
    "ip": _ips,
    "address": _addresses,
}
# Where two overlap the earlier kind wins.
KINDS = tuple(_FINDERS)
