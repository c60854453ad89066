"""Which words a text must have before a pattern of the rules can match: a cheap check before the costly one.

A need is a set of word beginnings of which the text must have one; a beginning that ends in a space is a whole word.
Needs are read off the pattern: each group that must match and begins at a word makes one, if it has
no word that nearly all texts have. What cannot be read makes no need, so that no match is lost.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from iftgen.filters.safety.grammar import meaning
from iftgen.filters.text import STOP_WORDS

LETTERS = 8
Need = frozenset[str]
# Letters are read together; {name} is a word list or a phrase of the grammar.
_TOKEN = re.compile(r"[a-z\d]+|\{[a-z_]+(?:\.v)?\}|\\.|\[\^?\]?[^\]]*\]|\(\?[:!=]|\(\?<[!=]|\(|\)|.", re.S | re.I)
# What stands after a whole word.
_EDGES = (" ", r"\b", "'", "-", "[- ]", "%", ":", r"\ ", r"\-")
_QUANTIFIERS = ("?", "*", "+", "{")
_QUANTIFIER = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One item of a pattern: letters, a character or escape, or a group with its alternatives.

    Parts are told apart by identity: those of a word list are one object in all rules, worked out once.
    """

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
        if fresh and not part.optional and part.text.isalnum():
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
        inner = _beginnings(part, _follows(parts, at, edge)) if _is_group(part) else _word(parts[at:], edge)
        if inner is None:
            return None
        found |= inner
        if not (_is_group(part) and part.optional):
            return frozenset(found)
    return None


@cache
def _beginnings(part: _Part, edge: bool) -> Need | None:
    return _firsts(part.branches, edge)


def _word(parts: Parts, edge: bool) -> Need | None:
    """Return the beginning of the word that some literal characters spell."""
    word = ""
    for part in (*parts, _Part(" " if edge else ".", False)):
        if part.optional or not part.text.isalnum():
            return _atom(word, _ends(part)) if word else None
        word += part.text.lower()
    return None


def _atom(word: str, whole: bool) -> Need:
    return frozenset({f"{word} " if whole and len(word) < LETTERS else word[:LETTERS]})


@cache
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


def _ends(part: _Part) -> bool:
    return part.text in _EDGES and not part.optional


def _is_look(part: _Part) -> bool:
    return part.text == "(" and not part.branches


def _is_group(part: _Part) -> bool:
    return part.text == "(" and bool(part.branches)


@cache
def _named(name: str) -> Parts:
    """Return the parts of a {name}; those that have alternatives of their own stand in brackets."""
    branches = _Parser(meaning(name)).branches()
    return branches[0] if len(branches) == 1 else (_Part("(", False, branches),)


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
            else:
                found[-1] += self._parts(token)
        return tuple(map(tuple, found))

    def _parts(self, token: str) -> Parts:
        if token[0] == "(":
            inner = self.branches()
            return (_Part("(", self._optional(), inner if token in ("(", "(?:") else ()),)
        if token[0] == "{" and len(token) > 1:
            *before, last = _named(token)
            return (*before, _Part("(", True, last.branches) if self._optional() else last)
        if not self._optional():
            return (_literal(token),)
        return (
            (_literal(token[:-1]), _Part(token[-1], True))
            if len(token) > 1 and token.isalnum()
            else (_Part(token, True),)
        )

    def _tokens(self) -> Iterator[str]:
        while hit := _TOKEN.match(self._pattern, self._at):
            self._at = hit.end()
            yield hit[0]

    def _optional(self) -> bool:
        """Tell whether what was read may be missing, and read on behind the quantifier."""
        if self._pattern[self._at : self._at + 1] not in _QUANTIFIERS:
            return False
        hit = _QUANTIFIER.match(self._pattern, self._at)
        if hit is None:
            return False
        self._at = hit.end()
        return hit[0][0] in "?*" or hit[0].startswith("{0")


@cache
def _literal(text: str) -> _Part:
    return _Part(text, False)
