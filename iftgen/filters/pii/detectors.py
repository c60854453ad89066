"""What personal data and secrets look like: shapes, then checks."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from iftgen.filters.pii import checksums
from iftgen.filters.pii.entity import Entity, bare, entity
from iftgen.filters.pii.national import national_ids
from iftgen.filters.pii.secrets import has_secrets, secrets
from iftgen.filters.text import RECENT

_PHONE_WORD = re.compile(
    r"\b(?:phone|tel|telephone|telefon\w*|call|ring|dial|text me|reach (?:me|us|him|her)|anrufen|ruf\w*|mobile|"
    r"mobil|cell|fax|contact|whatsapp|sms|handy|rufnummer|téléphone|"
    r"teléfono|hotline)\b",
    re.I,
)
_VERSION = re.compile(r"\b(?:version|ver|v|release|build|firmware|section|chapter|clause|oid|sdk)\.?\s*$", re.I)
_BEFORE = 40


_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"\d(?:[ ().+/-]{0,3}\d){6}")
_LETTERED = re.compile(r"[A-Z]{2} ?\d\d[ A-Z0-9]")
_DOTTED = re.compile(r"\d\.\d{1,3}\.\d")
_EMAIL = re.compile(
    r"(?<![\w.%+/-])[\w][\w.%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,24}(?![\w@-])"
)
# Written out: the host of mails, two dots or brackets tell it from "look at example dot com".
_SPOKEN_SIGNS = (" dot ", "[dot]", "(dot)", "[at]", "(at)", " DOT ", "[DOT]", "(AT)", "[AT]")
_DOT, _AT, _NAME = r" ?(?:[ ]dot[ ]|\[dot\]|\(dot\)) ?", r" ?(?:[ ]at[ ]|\[at\]|\(at\)) ?", r"[A-Za-z0-9_-]{1,40}"
_HOSTS = r"gmail|googlemail|yahoo|outlook|hotmail|icloud|proton(?:mail)?|gmx|aol|live|web|posteo|mail|yandex|zoho"
_TOP = r"(?:com|org|net|edu|gov|info|io|de|uk|co|fr|es|it|nl|ch|at|eu|us|ca|au|in|jp|ru|br|pl|se)"
_SPOKEN = re.compile(
    rf"\b(?:{_NAME}(?:{_DOT}{_NAME}){{0,3}}{_AT}(?:{_HOSTS})(?:(?:{_DOT}|\.){_TOP}){{1,2}}"
    rf"|{_NAME}(?:{_DOT}{_NAME}){{1,3}}{_AT}{_NAME}(?:(?:{_DOT}|\.){_TOP}){{1,2}}"
    rf"|{_NAME}(?:\.{_NAME})? ?(?:\[at\]|\(at\)) ?{_NAME}(?:(?:{_DOT}|\.){_TOP}){{1,2}})\b",
    re.I,
)
_PASSPORTS = ("assport", "ASSPORT", "eisepass", "asaporte", "asseport")
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
_GROUPED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+|[1-9]\d{0,2}(?:\.\d{3})+")  # "12 000 000"
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
    if "@" in text or any(map(text.__contains__, _SPOKEN_SIGNS)):
        yield "email"
    if has_secrets(text):
        yield "key"
    if not _DIGIT.search(text):
        return
    run, lettered = bool(_RUN.search(text)), bool(_LETTERED.search(text))
    if run:
        yield from ("card", "phone")
    if lettered:
        yield "iban"
    if run or lettered or any(map(text.__contains__, _PASSPORTS)):
        yield "national_id"
    if text.count(":") >= 4 or "::" in text or (text.count(".") >= 3 and _DOTTED.search(text)):
        yield "ip"
    yield "address"


def _emails(text: str) -> Iterator[Entity]:
    if "@" in text:
        yield from (entity("email", hit) for hit in _EMAIL.finditer(text) if ".." not in hit[0])
    if any(map(text.__contains__, _SPOKEN_SIGNS)):
        yield from (entity("email", hit) for hit in _SPOKEN.finditer(text))


def _ibans(text: str) -> Iterator[Entity]:
    yield from (entity("iban", hit) for hit in _IBAN.finditer(text) if checksums.iban(bare(hit[0])))


def _cards(text: str) -> Iterator[Entity]:
    yield from (entity("card", hit) for hit in _CARD.finditer(text) if checksums.card(bare(hit[0])))


def _ips(text: str) -> Iterator[Entity]:
    if text.count(".") >= 3:
        yield from (entity("ip", hit) for hit in _IPV4.finditer(text) if _public_v4(text, hit))
    if text.count(":") >= 4 or "::" in text:
        yield from (entity("ip", hit) for hit in _IPV6.finditer(text) if _public(hit[0]))


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
        if 9 <= len(bare(hit[0]).lstrip("0")) <= 20 and hit[0].count("(") == hit[0].count(")"):
            yield entity("phone", hit)
    yield from (entity("phone", hit) for hit in _NANP.finditer(text) if hit[1] != " " or _spoken_of(text, hit))
    yield from (entity("phone", hit) for hit in _FRENCH.finditer(text))
    for hit in _LOOSE.finditer(text):
        digits = bare(hit[0])
        least = 9 if digits == hit[0] else 8  # a mere number of eight digits may count anything
        if (
            least <= len(digits) <= 12
            and not _GROUPED.fullmatch(hit[0])
            and len(set(digits)) > 2
            and _spoken_of(text, hit)
        ):
            yield entity("phone", hit)


def _spoken_of(text: str, hit: re.Match[str]) -> bool:
    return bool(_PHONE_WORD.search(text[max(0, hit.start() - _BEFORE) : hit.start()]))


def _addresses(text: str) -> Iterator[Entity]:
    yield from (entity("address", hit) for hit in _ADDRESS.finditer(text))


_FINDERS: Mapping[str, Callable[[str], Iterator[Entity]]] = {
    "key": secrets,
    "email": _emails,
    "iban": _ibans,
    "card": _cards,
    "national_id": national_ids,
    "phone": _phones,
    "ip": _ips,
    "address": _addresses,
}
# Where two overlap the earlier kind wins.
KINDS = tuple(_FINDERS)
