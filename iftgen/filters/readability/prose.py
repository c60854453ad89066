"""The prose of a text: what is left of it without code, markup, addresses and formulas."""

import re
from functools import lru_cache

from iftgen.filters.text import without_code

# Bounded, so that a text of unclosed marks takes no longer than another.
_MARKED = re.compile(
    r"`[^`\n]{1,300}`|https?://\S{1,2000}|www\.\S{1,2000}|[^\s@]{1,64}@[^\s@]{1,255}"
    r"|<[^<>\n]{1,200}>|\$\$[^$]{1,500}\$\$|\$[^$\n]{1,200}\$|\\\([^\n]{1,200}?\\\)|\\\[.{1,200}?\\\]|\\[A-Za-z]{2,20}",
    re.S,
)
_KEYWORDS = (
    "def|class|import|from|for|if|elif|else|while|return|try|except|with|print|public|private|static|const|let|var|"
    "function|int|void|using|namespace|package|SELECT|INSERT|UPDATE|DELETE|CREATE|FROM|WHERE"
)
_SHELL = "sudo|pip|npm|git|cd|ls|apt|docker|curl"
_CODE_LINE = re.compile(
    rf"[ \t]*(?:(?:{_KEYWORDS})\b[^.!?\n]{{0,200}}[:;(){{}}=*]|[#/]{{1,2}}include\b|>>>|\.\.\. |[$#%] ?(?:{_SHELL})\b"
    r"|[{}\[\]();]+\s*$|//|/\*|\*/|[-+=|:_ \t]{3,}$|@\w+\b|\"[^\"\n]{1,80}\"\s?:)"
)
_CODE_MARK = re.compile(
    r"[;{}]\s*$|\w\([^()\n]{0,200}\)\s*[:;{.]|[=!<>+*/-]=|[-=]>|&&|\|\||::|\w_\w|\w\[\w{1,40}\]|^\s*\|"
)

# Several measures ask for the prose of the same text, one after the other.
_RECENT = 8


@lru_cache(_RECENT)
def prose(text: str) -> str:
    """Return a text without what is written for machines; a space stands for each part that is left out."""
    rest = _MARKED.sub(" ", without_code(text))
    return "\n".join(line for line in rest.splitlines() if not _is_code(line))


def _is_code(line: str) -> bool:
    """Tell whether a line is a line of code, of a table or of data."""
    return bool(_CODE_LINE.match(line) or _CODE_MARK.search(line))
