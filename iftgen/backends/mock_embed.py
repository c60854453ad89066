"""The mock as an embedder: hashed bags of words, so that texts which share words are near."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from iftgen.backends.wire import pack_vectors
from iftgen.types import Reply, Usage

DIMENSIONS, CHARS_A_TOKEN = 256, 4
_WORD = re.compile(r"[^\W_]+")


def embed(texts: Sequence[str], model: str) -> Reply:
    """Return a vector for each text: a number for each word at a place, and with a sign, that the word decides."""
    usage = Usage(prompt_tokens=sum(1 + len(text) // CHARS_A_TOKEN for text in texts))
    return Reply(pack_vectors([_vector(text) for text in texts]), usage=usage, model=model)


def _vector(text: str) -> list[float]:
    vector = [0.0] * DIMENSIONS
    bag = Counter(_WORD.findall(text.casefold())) or Counter([text])
    for word, count in bag.items():
        digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=3).digest()
        place = int.from_bytes(digest[:2], "big") % DIMENSIONS
        vector[place] += count**0.5 * (1 if digest[2] & 1 else -1)
    return vector if any(vector) else [1.0, *vector[1:]]
