"""Keeping keys out of files, logs and messages."""

import re

_NAME = re.compile(r"api[-_]?key|authorization|^token$|access[-_]?token|auth[-_]?token|secret|password", re.IGNORECASE)
_KEY = re.compile(r"(?:bearer\s+|\b(?:sk|pk|rk|gsk|xai|hf|ghp|AKIA|AIza)[-_]?)[A-Za-z0-9_-]{12,}", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Tell whether a config key of this name would hold a secret."""
    return bool(_NAME.search(name))


def looks_like_key(text: str) -> bool:
    """Tell whether a text has the form of a provider's API key: a known prefix, then letters with digits."""
    hit = _KEY.search(text)
    return bool(hit and any(char.isdigit() for char in hit.group()))


def redact(text: str, key: str | None = None) -> str:
    """Return one line of at most 300 characters without control characters, without `key` or anything like a key."""
    if key:
        text = text.replace(key, "***")
    text = _KEY.sub(lambda hit: "***" if looks_like_key(hit.group()) else hit.group(), text)
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= 300 else f"{line[:297]}..."
