"""Which words a text must have before a pattern of the rules can match: a cheap check before the costly one.

A need is a set of word beginnings of which the text must have one; a beginning that ends in a space is a whole word.
Needs are read off the pattern: each group that must match and begins at a word makes one, if it has
no word that nearly all texts have. What cannot be read makes no need, so that no match is lost.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iftgen.filters.text import STOP_WORDS

LETTERS = 8
Need = frozenset[str]
_TOKEN = re.compile(r"\\.|\[\^?\]?[^\]]*\]|\(\?[:!=]|\(\?<[!=]|\(|\)|.", re.S)
# What stands after a whole word.
_EDGES = (" ", r"\b", "'", "-", "[- ]", "%", ":", r"\ ", r"\-")
_QUANTIFIER = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")


@dataclass(frozen=True, slots=True)
class _Part:
    """One item of a pattern: a literal character or escape, or a group with its alternatives."""

    text: str
    optional: bool
    branches: tuple[tuple["_Part", ...], ...] = ()


Parts = tuple[_Part, ...]


def needs(pattern: str) -> tuple[Need, ...]:
    """Return the needs of a pattern that begins at a word."""
    found = [_branch(branch, False) for branch in _Parser(pattern).branches()]
    every = found[0] if len(found) == 1 else [_union(map(_best, found))] if all(found) else []
    return tuple(need for need in every if not any(atom.strip() in STOP_WORDS for atom in need))


def starts(pattern: str) -> Need | None:
    """Return the word beginnings that a match may begin with, or None where they cannot be told."""
    return _firsts(_Parser(pattern).branches(), False)


def _branch(parts: Parts, edge: bool) -> list[Need]:
    """Return the needs of one alternative; `edge` tells whether a word ends after it."""
    found: list[Need] = []
    fresh, word = True, ""
    for at, part in enumerate((*parts, _Part(" " if edge else ".", False))):
        letter = _is_letter(part)
        if letter and fresh and not part.optional:
            word += part.text.lower()
            continue
        if fresh and word:
            found.append(_atom(word, _ends(part)))
        elif fresh and _is_group(part) and not part.optional and (need := _group(part, _follows(parts, at, edge))):
            found.append(need)
        fresh = _begins_word(part, fresh and not word)
        word = ""
    return found


def _begins_word(part: _Part, fresh: bool) -> bool:
    """Tell whether a word begins after a part; `fresh`: one begins where the part does."""
    if _is_group(part):
        closed = all(branch and _ends(branch[-1]) for branch in part.branches)
        return closed and (fresh or not part.optional)
    return _ends(part) or (fresh and _is_look(part))


def _firsts(branches: tuple[Parts, ...], edge: bool) -> Need | None:
    found = [_first(branch, edge) for branch in branches]
    known = [one for one in found if one is not None]
    return _union(known) if len(known) == len(found) else None


def _first(parts: Parts, edge: bool) -> Need | None:
    """Return the beginnings of one alternative; optional groups at its beginning add theirs."""
    found: set[str] = set()
    for at, part in enumerate(parts):
        if part.text in (r"\b", "^") or _is_look(part):
            continue
        inner = _firsts(part.branches, _follows(parts, at, edge)) if _is_group(part) else _word(parts[at:], edge)
        if inner is None:
            return None
        found |= inner
        if not (_is_group(part) and part.optional):
            return frozenset(found)
    return None


def _word(parts: Parts, edge: bool) -> Need | None:
    """Return the beginning of the word that some literal characters spell."""
    word = ""
    for part in (*parts, _Part(" " if edge else ".", False)):
        if not (_is_letter(part) and not part.optional):
            return _atom(word, _ends(part)) if word else None
        word += part.text.lower()
    return None


def _atom(word: str, whole: bool) -> Need:
    return frozenset({f"{word} " if whole and len(word) < LETTERS else word[:LETTERS]})


def _group(part: _Part, edge: bool) -> Need:
    found = [_branch(branch, edge) for branch in part.branches]
    return _union(map(_best, found)) if all(found) else frozenset()


def _follows(parts: Parts, at: int, edge: bool) -> bool:
    """Tell whether a word ends after the part at a place."""
    return _ends(parts[at + 1]) if at + 1 < len(parts) else edge


def _union(needs: Iterable[Need]) -> Need:
    return frozenset[str]().union(*needs)


def _best(found: list[Need]) -> Need:
    return min(found, key=len)


def _is_letter(part: _Part) -> bool:
    return len(part.text) == 1 and part.text.isalnum()


def _ends(part: _Part) -> bool:
    return part.text in _EDGES and not part.optional


def _is_look(part: _Part) -> bool:
    return part.text == "(" and not part.branches


def _is_group(part: _Part) -> bool:
    return part.text == "(" and bool(part.branches)


class _Parser:
    """Splits a pattern into parts; look-arounds are left out, as they ask for no word of their own."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def branches(self) -> tuple[Parts, ...]:
        """Read alternatives up to a closing bracket or the end."""
        found: list[list[_Part]] = [[]]
        for token in self._tokens():
            if token == ")":
                break
            if token == "|":
                found.append([])
            elif token.startswith("("):
                inner = self.branches()
                optional = self._optional()
                found[-1].append(_Part("(", optional, inner if token in ("(", "(?:") else ()))
            else:
                found[-1].append(_Part(token, self._optional()))
        return tuple(map(tuple, found))

    def _tokens(self) -> Iterator[str]:
        while self._at < len(self._pattern):
            hit = _TOKEN.match(self._pattern, self._at)
            if hit is None:
                return
            self._at = hit.end()
            yield hit[0]

    def _optional(self) -> bool:
        hit = _QUANTIFIER.match(self._pattern, self._at)
        if hit is None:
            return False
        self._at = hit.end()
        return hit[0][0] in "?*" or hit[0].startswith("{0")
