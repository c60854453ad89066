"""Code that stands in a text without a fence: how to tell it, and whether it was cut off."""

import re
from functools import lru_cache

from iftgen.filters.text import RECENT

_SIGN = re.compile(r"[;{}()=<>\[]")
_FIRST = re.compile(  # a line that prose does not have; code is taken to begin with one
    r"\s*(?:def \w+ ?\(|class \w+\s*[({:]|(?:import|from) [\w.]+(?: import .+)?;?$|#include\b|return\b.*[;()\[\]]"
    r"|(?:public|private|static|const|let|var|function|int|void|float|double|char|package|using|"
    r"async) [\w<>\[\]]+.*[;{(=]"
    r"|<(?:!doctype|html|svg|div|body|head|table|form|script|style|ul|\?xml)\b|(?:elif|while|if|for) .*[:{]$|@\w+$"
    r"|>>> |assert .*[(=]|[\w.]+(?:\[[^\]]*\])? ?[-+*/]?= ?[\w\"'\[({-].*[)\]}\"';\d]$|\w[\w.]*\((?:[^()]|"
    r"\([^()]*\))*\);?$"
    r"|[\w.#*:-]+(?: [\w.#>:-]+)* ?\{$|[\[{]\s*$|[\[{]\"\w)",
    re.I,
)
_LINE = re.compile(  # a line that may go on with it
    r"^(?:\s{2,}\S|\t|\s*(?:#|//|/\*|\*/|--|<|@|>>>|[})\]]))|[;{}(,\[\]=:>]\s*$|\"\"\"|'''|^\w[\w.]*\(|"
    r"^\s*[\w.\[\]]+ ?[-+]?= ?\S"
    r"|^(?:return|import|from|def|class|else|try|except|finally|assert|print|if|for|while|elif|with|end)\b"
)
_STRINGS = re.compile(
    r"\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z)|\\.|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|"
    r"(?<!&)#(?![0-9a-f]{3,8}\b)[^\n{]*$"
    r"|^\s*//[^\n]*$|(?<=[;{},])\s*//[^\n]*$|/\*.*?\*/|<!--.*?-->",
    re.M | re.S | re.I,
)
_OPEN_END = re.compile(r"(?:,|[^+]\+|[^=!<>]=|&&|\|\||</[a-z]*|<[a-z]\w* [a-z-]+=[^<>\n]{0,200})$", re.I)
_DOCUMENT = re.compile(r"\s*(?:<!doctype html|<html|<svg)\b", re.I)
_DOCUMENT_END = re.compile(r"</(?:html|svg)>", re.I)
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
_LONG = 20_000  # characters that are looked at
_TAIL = 300


def is_code(text: str) -> bool:
    """Tell whether a text without fences is code, or turns into code after an introduction."""
    return bool(_code(text))


def cut_code(text: str) -> str:
    """Return the last line of code that stops in the middle, or nothing."""
    code = "" if "```" in text or len(text) > _LONG else _code(text)
    if not code:
        return ""
    bare = _STRINGS.sub("_", code).rstrip()
    unclosed = any(bare.count(opening) > bare.count(closing) for opening, closing in _PAIRS)
    open_end = _OPEN_END.search(bare[-_TAIL:])
    page = _DOCUMENT.match(code) and not _DOCUMENT_END.search(code)
    return code.rstrip().rpartition("\n")[2].strip() if unclosed or open_end or page else ""


@lru_cache(RECENT)
def _code(text: str) -> str:
    """Return the part of a text that is code, or nothing: from its first line of code on most lines look so."""
    if not _SIGN.search(text):
        return ""
    lines = text[:_LONG].split("\n")
    start = next((place for place, line in enumerate(lines) if _FIRST.match(line)), None)
    if start is None:
        return ""
    block = [line for line in lines[start:] if line.strip()]
    alike = sum(bool(_FIRST.match(line) or _LINE.search(line)) for line in block)
    return "\n".join(lines[start:]) if alike >= 0.8 * len(block) else ""
