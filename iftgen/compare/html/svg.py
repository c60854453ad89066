"""What the charts share: scales, ticks and colours."""

import math
from html import escape

# Of Okabe and Ito's palette, told apart by the colour blind too, and its repeats in a paler tone.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a900", "#8c6bb1", "#7f7f7f")


def scale(values: list[float], low: float, high: float) -> tuple[float, float, float, float]:
    """Return (smallest, largest, low, high): a scale from values, with room at both ends, to pixels."""
    first, last = min(values), max(values)
    room = (last - first) * 0.12 or abs(first) * 0.1 or 1.0
    return first - room if first < 0 else max(0.0, first - room), last + room, low, high


def at(value: float, scaled: tuple[float, float, float, float]) -> float:
    """Return the pixel of a value."""
    first, last, low, high = scaled
    return low + (value - first) / (last - first) * (high - low)


def ticks(first: float, last: float, most: int = 5) -> list[float]:
    """Return round numbers between two values, at most `most` + 1."""
    rough = (last - first) / most
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    start = math.ceil(first / step - 1e-9)
    return [number * step for number in range(start, math.floor(last / step + 1e-9) + 1)]


def number(value: float) -> str:
    """Return a number for a tick, without needless digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def words(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    """Return a text element; the text is escaped."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'
