"""A hash of a word that is the same on every machine."""

from functools import lru_cache
from hashlib import blake2b


@lru_cache(1 << 16)
def word_hash(word: str) -> int:
    """Return 64 bits for a word."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
