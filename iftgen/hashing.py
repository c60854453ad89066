"""Hashes that are the same on every machine and in every process."""

import hashlib
import json
from typing import Any


def stable_hash(*parts: object) -> int:
    """Return a 64-bit number that depends on the parts only (blake2b of their repr)."""
    digest = hashlib.blake2b("\x1f".join(map(repr, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def content_hash(value: Any) -> str:
    """Return the hex SHA-256 of a JSON value, keys sorted."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
