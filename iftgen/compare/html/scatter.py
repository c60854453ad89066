"""The runs by cost and diversity, the Pareto front marked."""

from html import escape

from iftgen.compare.columns import AXES, NONE
from iftgen.compare.comparison import figures
from iftgen.compare.html.svg import at, number, scale, ticks, words
from iftgen.compare.values import Comparison, Run

WIDTH, HEIGHT = 560, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 48
# Points with names beside them; more would cover each other.
MOST_NAMES = 24
# Pixels between points whose names would cover each other.
NEAR = 12
Scale = tuple[float, float, float, float]


def scatter(comparison: Comparison) -> str:
    """Return the chart, "" where no run has two accepted rows."""
    shown = [run for run in comparison.runs if run.accepted > 1]
    if not shown:
        return ""
    points = [_point(run, comparison) for run in shown]
    across = scale([cost for cost, _, _ in points], LEFT, WIDTH - RIGHT)
    up = scale([diversity for _, diversity, _ in points], HEIGHT - BOTTOM, TOP)
    quality = [value for _, _, value in points]
    dots = [
        _dot(run, point, across, up, (min(quality), max(quality)), comparison)
        for run, point in zip(shown, points, strict=True)
    ]
    label = f"{AXES[comparison.axes[0]]} and diversity of {len(shown)} runs"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{_grid(across, up, comparison)}{''.join(dots)}{_names(shown, points, across, up)}</svg>"
        f'<p class="key"><i class="dot front"></i> on the Pareto front <i class="dot"></i> behind it or not ended; '
        f"larger: higher {escape(AXES[comparison.axes[2]])}</p>"
    )


def _point(run: Run, comparison: Comparison) -> tuple[float, float, float]:
    cost, diversity, quality = figures(run, comparison.axes)
    return -cost, diversity, quality


def _grid(across: Scale, up: Scale, comparison: Comparison) -> str:
    lines = [
        f'<path class="grid" d="M{at(tick, across):.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        + words(at(tick, across), HEIGHT - BOTTOM + 16, number(tick), "tick", "middle")
        for tick in ticks(*across[:2])
    ]
    lines += [
        f'<path class="grid" d="M{LEFT} {at(tick, up):.1f}H{WIDTH - RIGHT}"/>'
        + words(LEFT - 8, at(tick, up) + 4, number(tick), "tick", "end")
        for tick in ticks(*up[:2])
    ]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    lines.append(words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, f"{AXES[comparison.axes[0]]} →", "axis", "middle"))
    turned = words(0, 0, "diversity: 1 − nearest ROUGE-L →", "axis", "middle")
    return "".join(lines) + f'<g transform="translate(14 {middle}) rotate(-90)">{turned}</g>'


def _dot(
    run: Run,
    point: tuple[float, float, float],
    across: Scale,
    up: Scale,
    quality: tuple[float, float],
    comparison: Comparison,
) -> str:
    """Return a point whose area tells the quality."""
    worst, best = quality
    radius = 5.0 + 5.0 * ((point[2] - worst) / (best - worst) if best > worst else 0.5)
    told = " ".join(f"{short}={run.config.get(key, NONE)}" for key, short in comparison.keys.items())
    told += f" · {AXES[comparison.axes[0]]} {number(point[0])}, nearest ROUGE-L {1 - point[1]:.3f}"
    title = f"{run.name} ({run.status}) {told}, {AXES[comparison.axes[2]]} {point[2]:.3f}"
    kind = "dot front" if run.on_front else "dot"
    place = f'cx="{at(point[0], across):.1f}" cy="{at(point[1], up):.1f}"'
    return f'<circle class="{kind}" {place} r="{radius:.1f}"><title>{escape(title)}</title></circle>'


def _names(runs: list[Run], points: list[tuple[float, float, float]], across: Scale, up: Scale) -> str:
    """Return names beside the points, on the side where there is room; points that lie together have one text."""
    together: dict[tuple[int, int], list[tuple[str, float, float]]] = {}
    for run, (cost, diversity, _) in zip(runs, points, strict=True):
        if run.on_front or len(runs) <= MOST_NAMES:
            x, y = at(cost, across), at(diversity, up)
            together.setdefault((round(x / NEAR), round(y / NEAR)), []).append((run.name, x, y))
    return "".join(map(_text, together.values()))


def _text(named: list[tuple[str, float, float]]) -> str:
    names, across, up = zip(*named, strict=True)
    text, y, left = ", ".join(names), up[0], min(across) > WIDTH * 0.7
    x = min(across) if left else max(across)
    shown = text if len(text) <= 24 else f"{text[:23]}…"
    return words(x - 13 if left else x + 13, y + 4, shown, "name", "end" if left else "start")
