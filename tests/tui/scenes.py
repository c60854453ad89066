"""Runs that are made up for the screen, and what a test sees of the screen."""

import json
from typing import Any

from textual.pilot import Pilot

from iftgen.tui.app import IftgenApp
from tests.watch.made import Made, failed, row, verdict

AppPilot = Pilot[None]
# What was rejected in `fill`, by filter.
REJECTED = {"length": 3, "refusal": 2, "near_duplicate": 3}
TASKS = ("coding/debugging", "math/equation", "writing/poem")
LEVELS = ("easy", "medium", "hard")
SMALL, USUAL, LARGE = (80, 24), (120, 36), (200, 60)


def examples(run: Made, count: int, start: int = 0) -> None:
    """Append accepted rows."""
    for number in range(start, start + count):
        run.rows(
            "examples",
            row(
                number,
                f"Explain step {number} of the plan.",
                f"Step {number} comes after step {number - 1}.",
                task=TASKS[number % 3],
                attributes={"complexity": LEVELS[number % 2], "style": "plain"},
                scores={"length": 5 + number, "near_duplicate": 0.1 + number / 40},
            ),
        )


def rejections(run: Made) -> None:
    """Append rejected rows: too short, refused, too like another."""
    for number in range(3):
        judged = verdict("length", f"{number + 1} words, at least 4 are asked for", number + 1, threshold=4)
        run.rows("rejected", row(20 + number, f"Say {number}.", "No.", scores={"length": number + 1}, verdict=judged))
    for number in range(2):
        judged = verdict("refusal", "the response refuses: 'I cannot'")
        run.rows("rejected", row(30 + number, "Pick a lock.", "I cannot do that.", task=TASKS[0], verdict=judged))
    for number in range(3):
        judged = verdict(
            "near_duplicate", f"too like row {number}", 0.8 + number / 20, threshold=0.7,
            neighbour_id=f"{number:016x}", neighbour=f"Explain step {number} of the plan.",
        )  # fmt: skip
        scores = {"length": 9, "near_duplicate": 0.8 + number / 20}
        text = f"Explain in detail step {number} of the plan."
        run.rows("rejected", row(40 + number, text, "Well.", task=TASKS[2], scores=scores, verdict=judged))


def fill(run: Made, **start: Any) -> None:
    """Write a run of ten seconds: 12 accepted, 8 rejected, 2 failed, 3 retries."""
    examples(run, 12)
    rejections(run)
    run.rows("failed", failed(50, "HTTP 400: the prompt is too long"), failed(51, "HTTP 400: the prompt is too long"))
    run.start(**start)
    for second in range(1, 10):
        run.progress(second, accepted=second, by_filter={"length": 1})
    for second, kind in ((7, "429"), (8, "429"), (9, "timeout")):
        run.event("retry", second, kind=kind, reason=f"{kind}: try again later")
    run.event("failure", 9, error="HTTP 400: the prompt is too long")
    tell(run, 10)


def tell(run: Made, after: float, **more: Any) -> None:
    """Append a progress event with the counts of `fill`."""
    paid: dict[str, Any] = {
        "calls": 30,
        "prompt_tokens": 4000,
        "completion_tokens": 2000,
        "cost_usd": 0.12,
        "replayed": 0,
    }
    paid["budget"] = {"usd": [0.12, 0.5]}
    run.progress(after, **{"accepted": 12, "by_filter": REJECTED, "failed": 2, "paid": paid, **more})


async def look(pilot: AppPilot) -> None:
    """Read what is new, as the reader's thread does, and draw it."""
    screen = pilot.app.watching if isinstance(pilot.app, IftgenApp) else None
    assert screen is not None
    screen.poll()
    while screen.behind:
        screen.poll()
    screen.show()
    await pilot.pause()


def lines(app: IftgenApp) -> list[str]:
    """What is on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return [strip.text for strip in strips]


def shown(app: IftgenApp) -> str:
    """What is on the screen, as one text."""
    return "\n".join(lines(app))


def told(app: IftgenApp) -> list[str]:
    """The notes that have popped up, the newest last."""
    return [note.message for note in app._notifications]


def control(run: Made) -> dict[str, Any]:
    """What was wished for; {} where nothing was."""
    path = run.path / "control.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def reviews(run: Made) -> list[dict[str, Any]]:
    """What people said, in its order."""
    path = run.path / "reviews.jsonl"
    return [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
