"""Keys, tokens, passwords and credentials: by their own shape, or by the name before them."""

import re
from collections.abc import Iterator

from iftgen.filters.pii.entity import Entity, entity

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
_LONG = 15  # characters: no key has fewer in a run, but for one that begins with dashes


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
    r"(?:\b(?:authorization:\s{0,3})?bearer\s{1,3}|(?<![A-Za-z])(?:api[ _-]?key|secret(?:[ _-]?access)?(?:[ _-]?key)?|"
    r"access[ _-]?(?:key|token)|auth[_-]?token|client[_-]?secret|account[_-]?key)"
    r"[\"']?(?:\s{0,3}[:=]\s{0,3}|\sis:?\s)[\"'`]?)([A-Za-z0-9._~+/-]{20,300}={0,2})(?![\w(])",
    re.I,
)
# The secret of AWS has no mark of its own, but always forty characters.
_AWS = re.compile(r"\bsecret(?:[ _-]access)?[ _-]key[ \"'`]{1,3}([A-Za-z0-9/+]{40})(?![\w/+=])", re.I)
_PASSWORD = re.compile(
    r"(?<![A-Za-z])(?:password|passwd|passwort|passphrase|passcode|pwd)[\"']?(?:\s{0,3}[:=]\s{0,3}|"
    r"\s(?:(?:was |is )?(?:set |changed )?to|is|was|ist):?\s"
    r"(?=\S{1,64}(?:\s*$|[.,;!?]?\s*\n|[.,;!?]\s|\s(?:and|for)\b)))"
    r"(?:[\"'`](?P<quoted>[^\s\"'`]{6,64})[\"'`]|(?P<plain>[^\s\"'`,;<>(){}\[\]]{6,64}))(?![\w(\[])",
    re.I,
)
_IN_URL = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://([^\s:/@\"'<>{}$\[\]]{1,64}:[^\s/@\"'<>{}$\[\]]{1,100})@(?=[\w\[])"
)
_CALL = re.compile(r"[A-Za-z_0-9]\.[A-Za-z_]|^\W*\d+[a-z-]+$|^\$|%")  # a variable, "8-character"
_NAMED = ("assw", "ASSW", "assphrase", "asscode", "pwd", "PWD", "Pwd")


def has_secrets(text: str) -> bool:
    """Tell, cheaply, whether a text may hold a secret."""
    if any(map(text.__contains__, _NAMED)):
        return True
    long = max(map(len, text.split()), default=0) >= _LONG or "-----BEGIN" in text
    return long and (any(map(text.__contains__, _KEY_MARKS)) or ("://" in text and "@" in text))


def secrets(text: str) -> Iterator[Entity]:
    """Yield the secrets of a text."""
    yield from (entity("key", hit) for hit in _KEY.finditer(text))
    if "://" in text:
        yield from (entity("key", hit, 1) for hit in _IN_URL.finditer(text))
    for hit in (*_ASSIGNED.finditer(text), *_AWS.finditer(text)):
        if _mixed(hit[1]) and len(set(hit[1])) >= 10 and "/" not in hit[1][:1]:
            yield entity("key", hit, 1)
    for hit in _PASSWORD.finditer(text):
        group = "quoted" if hit["quoted"] else "plain"
        value = hit["quoted"] or hit["plain"].rstrip(".?")
        # Words alone are no password that can be told from prose or code.
        if len(value) > 5 and _mixed(value) and not _CALL.search(value):
            yield Entity("key", hit.start(group), hit.start(group) + len(value), value)


def _mixed(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))
