"""Text of a model made safe for a terminal, and numbers made short."""

import re
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

# Characters of one text that are shown; what is longer can be read in the file.
MOST = 20_000
# Controls (C0 but tab and line feed, DEL, C1), direction marks, and what has no width or breaks lines by itself.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")


def safe(text: object, most: int = MOST) -> str:
    """Return the text with controls as pictures, direction marks as dots, tabs as spaces; cut where it is very long."""
    said = str(text)
    cut = f"\n… {len(said) - most:,} more characters" if len(said) > most else ""
    said = said[:most].replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return visible(said) + cut


def visible(text: str) -> str:
    """Return the text with a picture for each character that is none; tabs and line feeds stay."""
    return _UNSAFE.sub(_picture, text)


def one_line(text: object, most: int = 400) -> str:
    """Return the text on one line, safe."""
    return safe(_SPACE.sub(" ", str(text)[:most]).strip(), most)


def _picture(hit: re.Match[str]) -> str:
    point = ord(hit[0])
    if point < 0x20:
        return chr(0x2400 + point)
    if 0xD800 <= point < 0xE000:
        return "\ufffd"
    return "␡" if point == 0x7F else "·"


@lru_cache(4096)
def fitted(text: str, width: int, right: bool = False) -> str:
    """Return the text in exactly that many cells, cut with an ellipsis or padded."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else "…"[:width]
    return " " * (width - size) + text if right else text + " " * (width - size)


def share(part: float, whole: float) -> str:
    """Return a share as a percentage, with a digit behind the point where it is small."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    return f"{percent:.1f}%" if 0 < percent < 9.95 else f"{percent:.0f}%"


def clock(seconds: float | None) -> str:
    """Return seconds as 0:07, 12:05 or 3:02:10; a dash where they are not known."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def short(number: float) -> str:
    """Return a number in few characters: 950, 12.3k, 4.56M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(number) >= size:
            return f"{number / (1e3 if letter == 'k' else size):.3g}{letter}"
    return f"{number:,.0f}" if number == int(number) or abs(number) >= 100 else f"{number:.3g}"


def dollars(amount: float | None) -> str:
    """Return dollars; a dash where the price is not known."""
    if amount is None:
        return "–"
    return f"${amount:.2f}" if amount >= 1 or not amount else f"${amount:.3g}"
