"""An index of texts by signatures: sorted integers, searched for many texts at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from iftgen.filters.signatures import LONGEST, Ints, Signatures

# A posting, from the highest bit: hash of the signature, length of the text, longest text it serves to find, number.
_NUMBER, _LENGTH = 24, 6
_LENGTH_AT = _NUMBER + _LENGTH
_HASH_AT = _LENGTH_AT + _LENGTH
_HASH_BITS = 63 - _HASH_AT
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: spreads neighbouring numbers (Knuth)
_TOKEN_BITS = 21  # of a code point
_ALONE = (1 << _TOKEN_BITS) - 1
_FRESH = 100_000  # postings
_EARLY = 4096  # texts: the order of the tokens is not revised for fewer
_CHUNK = 4096  # texts


class _Signed(NamedTuple):
    """Signatures of some texts, one a row: hash (shifted), number of the text, its length, lengths it serves."""

    hashes: Ints
    numbers: Ints
    lengths: Ints
    shortest: Ints
    longest: Ints


class TokenPairs:
    """Texts whose tokens are characters, by number (below 2^24), and a search for pairs that may be alike.

    The order of the tokens, rare ones first, follows their counts and so must change as texts are added: all texts are
    indexed again when their number has doubled. In between, new tokens come before all others. New postings are sorted
    into a small array, which is merged with the large one when it is full.
    """

    def __init__(self, bound: float) -> None:
        self._signatures = Signatures(bound)
        self._rank: Ints = np.arange(1 << 10)
        self._fresh: Ints = np.empty(0, np.int64)
        self._settle(np.empty(0, np.int64), 0)

    def due(self) -> bool:
        """Tell whether the order of the tokens is out of date, so that `settle` should be called."""
        return self._size > max(_EARLY, 2 * self._ranked)

    def settle(self, numbers: Sequence[int], texts: Sequence[str]) -> None:
        """Index these texts, and these alone, in an order of tokens that follows their counts."""
        counts = np.bincount(_codes(texts), minlength=1)
        self._rank = np.arange(len(counts))
        self._rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
        starts = range(0, len(texts), _CHUNK)
        signed = (self._signed(numbers[at : at + _CHUNK], texts[at : at + _CHUNK]) for at in starts)
        postings = np.concatenate([np.empty(0, np.int64), *map(_postings, signed)])
        postings.sort()
        self._settle(postings, len(texts))

    def add(self, numbers: Sequence[int], texts: Sequence[str]) -> None:
        """Index more texts."""
        self._add(self._signed(numbers, texts), len(texts))

    def search(self, numbers: Sequence[int], texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Return the numbers of pairs that may be alike: one of the texts, and an indexed one of a lower number."""
        return self._search(self._signed(numbers, texts))

    def join(self, numbers: Sequence[int], texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Index more texts, and search for them: also for pairs among them."""
        signed = self._signed(numbers, texts)
        self._add(signed, len(texts))
        return self._search(signed)

    def _settle(self, postings: Ints, size: int) -> None:
        self._settled, self._fresh = postings, np.empty(0, np.int64)
        self._size = self._ranked = size
        bits = min(max(16, (len(postings) * 4).bit_length()), _HASH_BITS)
        self._shift = _HASH_AT + _HASH_BITS - bits
        self._present: npt.NDArray[np.bool_] = np.zeros(1 << bits, np.bool_)  # by the start of the hash
        self._present[postings >> self._shift] = True

    def _add(self, signed: _Signed, size: int) -> None:
        self._size += size
        self._present[signed.hashes >> self._shift] = True
        self._fresh = _merged(self._fresh, np.sort(_postings(signed)))
        if len(self._fresh) > _FRESH:
            self._settled = _merged(self._settled, self._fresh)
            self._fresh = self._fresh[:0]

    def _search(self, signed: _Signed) -> tuple[Ints, Ints]:
        present = self._present[signed.hashes >> self._shift].nonzero()[0]
        present = present[signed.hashes[present].argsort()]  # in order, the searches go through memory once
        known = _Signed(*(column[present] for column in signed))
        pairs = np.concatenate((_matches(self._settled, known), _matches(self._fresh, known)))
        pairs.sort()
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
        return pairs >> _NUMBER, pairs & (1 << _NUMBER) - 1

    def _signed(self, numbers: Sequence[int], texts: Sequence[str]) -> _Signed:
        lengths = np.array([len(text) for text in texts], np.int64)
        ranks, starts, names = self._ranks(texts), lengths.cumsum() - lengths, np.array(numbers, np.int64)
        parts = [np.empty((5, 0), np.int64)]
        for length in sorted(set(map(len, texts))):
            mine = (lengths == length).nonzero()[0]
            parts.append(self._of_one_length(length, ranks[starts[mine, None] + np.arange(length)], names[mine]))
        return _Signed(*np.concatenate(parts, axis=1))

    def _of_one_length(self, length: int, ranks: Ints, numbers: Ints) -> Ints:
        """Return the columns of `_Signed` for a matrix of ranks, one text a row."""
        places = self._signatures.places(length)
        ordered = np.full((len(ranks), length + 1), _ALONE)  # the last column is that of place -1
        ordered[:, :length] = np.sort(ranks, axis=1)[:, ::-1]
        both = ordered[:, places.first] << _TOKEN_BITS | ordered[:, places.second]
        hashes = (both.view(np.uint64) * _FACTOR >> np.uint64(64 - _HASH_BITS)).view(np.int64)
        columns = np.empty((5, *both.shape), np.int64)
        columns[0] = hashes << _HASH_AT
        columns[1] = numbers[:, None]
        columns[2] = min(length, LONGEST)
        columns[3], columns[4] = places.shortest, places.longest
        return columns.reshape(5, -1)

    def _ranks(self, texts: Sequence[str]) -> Ints:
        codes = _codes(texts)
        highest = int(codes.max(initial=0))
        if highest >= len(self._rank):
            self._rank = np.concatenate((self._rank, np.arange(len(self._rank), 2 * highest)))
        return self._rank[codes]


def _codes(texts: Sequence[str]) -> Ints:
    return np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.int64)


def _postings(signed: _Signed) -> Ints:
    return signed.hashes | signed.lengths << _LENGTH_AT | signed.longest << _NUMBER | signed.numbers


def _merged(one: Ints, other: Ints) -> Ints:
    """Merge two sorted arrays: the stable sort takes linear time where there are two sorted runs."""
    return np.sort(np.concatenate((one, other)), kind="stable")


def _matches(postings: Ints, signed: _Signed) -> Ints:
    """Return number of the text << _NUMBER | number of the posting's text, for each match of text and posting."""
    starts = postings.searchsorted(signed.hashes + (signed.shortest << _LENGTH_AT))
    counts = postings.searchsorted(signed.hashes + (signed.longest + 1 << _LENGTH_AT)) - starts
    hits = counts.nonzero()[0]
    if not len(hits):
        return hits
    starts, counts = starts[hits], counts[hits]
    ends = counts.cumsum()
    matched = postings[np.arange(ends[-1]) - (ends - counts - starts).repeat(counts)]
    owners = hits.repeat(counts)
    numbers, others = signed.numbers[owners], matched & (1 << _NUMBER) - 1
    fits = (matched >> _NUMBER & LONGEST) >= signed.lengths[owners]
    fits &= others < numbers
    pairs: Ints = numbers[fits] << _NUMBER | others[fits]
    return pairs
