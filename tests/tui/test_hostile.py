"""Texts that would break a screen: they are shown, and nothing of them reaches the terminal as it is."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widgets import Input, TextArea

from iftgen.review.sample import sample
from iftgen.tui.app import IftgenApp
from iftgen.tui.screens.run import RunScreen
from iftgen.tui.text import fitted, one_line, safe, visible
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, look, shown
from tests.watch.conftest import Clock
from tests.watch.made import Made, failed, row, verdict

HOSTILE = {
    "markup": "[bold]x[/bold] [/] [red] [link='http://x'] \\[ [@click=app.quit]y[/] [$primary]",
    "templates": "{curly} {0} {{ jinja }} $variables ${x} %s %(a)s",
    "escapes": "\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m \x90q\x9c \x1bP+q\x1b\\",
    "osc": "\x1b]52;c;aGFjaw==\x07 \x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\ \x1b]11;?\x07",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200f \u061c",
    "zero": "a\u200bb\u200cc\u200dd\ufeffe\u2060 \u00adf \U000e0041\U000e0042",
    "combining": "e\u0301 " + "z" + "\u0335\u0301\u0327" * 40,
    "emoji": "👨‍👩‍👧‍👦 🏗️ 🇩🇪 👍🏽 ❤️ ☺",
    "wide": "中文字符 한국어 ｆｕｌｌ 日本語テキスト" * 5,
    "rtl": "שלום עולם مرحبا بالعالم",
    "controls": "".join(map(chr, range(32))) + "\x7f" + "".join(map(chr, range(0x80, 0xA0))),
    "surrogates": "\ud800 \udfff \udc80",
    "lines": "a\u2028b\u2029c\x85d\x0be\x0cf\r\ng\rh\ni",
    "tabs": "a\tb\t\tc" * 20,
    "long": "x" * 1_000_000,
    "words": "word " * 50_000,
}
# What no terminal may be sent within a line: controls, direction marks, lone surrogates.
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def check(app: IftgenApp) -> None:
    """What is on the screen has no control, and every line is as wide as the screen."""
    strips = app.screen._compositor.render_strips()
    for strip in strips:
        assert FORBIDDEN.search(strip.text) is None, ascii(strip.text)
        assert sum(cell_len(segment.text) for segment in strip if not segment.control) == app.size.width
        for segment in strip:
            assert segment.style is None or segment.style.link is None


@pytest.fixture
def hostile(run: Made, clock: Clock) -> Made:
    """A run in which every text is one of those, in every place that a text has."""
    for number, text in enumerate(HOSTILE.values()):
        messages = [{"role": text[:50], "content": text}, {"role": "user"}]
        usual = {"input": text, "task": text[:80], "attributes": {text[:20]: text[:50]}, "system": text}
        extra = {text[:10]: text[:50], "iftgen": {"reply": text}}
        run.rows("examples", row(number, text, text, **usual, extra=extra, messages=messages))
        judged = verdict(text[:40], text, 0.9, threshold=0.5, neighbour_id=text[:20], neighbour=text)
        run.rows("rejected", row(100 + number, text, text, **usual, extra=extra, verdict=judged))
        run.rows("failed", failed(200 + number, text, task=text[:80]))
    texts = [text[:60].encode("utf-8", "replace").decode() for text in HOSTILE.values()]
    names = dict.fromkeys(texts, 1)
    run.start(models={"instruction": texts[2], "response": texts[0]}, filters=texts, quotas=names, overrides=texts)
    for text in texts:
        run.event("retry", 1, kind=text[:20], reason=text)
        run.event("steer", 1, change={}, refused=text)
    run.progress(2, accepted=len(texts), by_filter=names, failed=len(texts))
    clock.after = 2
    return run


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_every_tab_shows_hostile_texts(hostile: Made, viewer: Viewer, size: tuple[int, int]) -> None:
    app = viewer(hostile.path)
    async with app.run_test(size=size) as pilot:
        await look(pilot)
        check(app)
        for key in ("2", "3", "4", "5"):
            await pilot.press(key)
            await look(pilot)
            check(app)
            screen = app.screen
            assert isinstance(screen, RunScreen)
            if key == "5":
                continue
            pane = screen.panes[screen._tab]
            assert len(pane.rows) == len(HOSTILE)
            for place in range(len(HOSTILE)) if size == SMALL and key == "2" else ():
                pane.table.show(cursor=place)
                pane._detail()
                await pilot.pause()
                check(app)


async def test_the_lists_of_tasks_and_filters_show_hostile_names(hostile: Made, viewer: Viewer) -> None:
    app = viewer(hostile.path)
    async with app.run_test(size=LARGE) as pilot:
        await pilot.press("2")
        await look(pilot)
        for key in ("f", "t"):
            await pilot.press(key)
            await pilot.pause()
            check(app)
            await pilot.press("down", "down", "down", "enter")
            await pilot.pause()
            check(app)


async def test_an_ended_run_shows_a_hostile_message_and_a_sweep_shows_hostile_jobs(
    tmp_path: Path, viewer: Viewer, clock: Clock
) -> None:
    clock.after = 2
    for number, text in enumerate(HOSTILE.values()):
        job = Made(tmp_path / "sweep" / str(number))
        job.start(overrides=[text[:3000].encode("utf-8", "replace").decode()])
        job.progress(1, accepted=1, by_filter={text[:10].encode("utf-8", "replace").decode(): 3})
        job.end(1, "failed", text[:3000], accepted=1)
    Made(tmp_path / "sweep" / "\x1b[31m[red]").start()
    app = viewer(tmp_path / "sweep")
    async with app.run_test(size=LARGE) as pilot:
        for _ in range(len(HOSTILE)):
            check(app)
            await pilot.press("down")
        await pilot.press("home", "down", "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        check(app)


async def test_a_review_shows_and_edits_hostile_texts(hostile: Made, viewer: Viewer) -> None:
    app = viewer(hostile.path, review=sample(hostile.path, 200), reviewer="\x1b[31m[red]")
    async with app.run_test(size=SMALL) as pilot:
        for number in range(2 * len(HOSTILE)):
            await pilot.press("v")
            await pilot.pause()
            check(app)
            if number == 3:
                await pilot.press("e")
                await pilot.pause()
                check(app)
                await pilot.press("escape")
            await pilot.press("right")


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"long", "words"}))
async def test_editing_keeps_what_it_shows_as_pictures(run: Made, viewer: Viewer, name: str) -> None:
    run.rows("examples", row(0, "ask", HOSTILE[name]))
    app = viewer(run.path, review=sample(run.path, 1))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("e")
        await pilot.pause()
        check(app)
        field = app.screen.query_one("#edit-output", TextArea)
        before = field.text
        await pilot.press("ctrl+s")
        await pilot.pause()
        lines = before.splitlines()
        assert len(lines) >= 1
        assert '"verdict":"good"' in (run.path / "reviews.jsonl").read_text()


async def test_a_pasted_control_is_not_sent_to_the_terminal(hostile: Made, viewer: Viewer) -> None:
    app = viewer(hostile.path)
    async with app.run_test() as pilot:
        await pilot.press("2")
        await look(pilot)
        await pilot.press("slash")
        app.screen.query_one("#rejected-rows Input", Input).value = "\x1b[2J\x07"
        await pilot.pause()
        await look(pilot)
        check(app)
        assert "␛[2J␇" in shown(app)


ANY = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(
    [text[:500] for text in HOSTILE.values()]
)


@given(ANY)
def test_safe_text_has_no_control_and_keeps_what_can_be_seen(text: str) -> None:
    assert FORBIDDEN.search(safe(text).replace("\n", "")) is None
    assert "\n" not in one_line(text)
    assert FORBIDDEN.search(one_line(text)) is None
    letters = [letter for letter in text if unicodedata.category(letter)[0] in "LNP"]
    assert [letter for letter in safe(text) if letter in letters] == letters or "�" in safe(text) or "·" in text
    assert len(visible(text)) == len(text)


@given(ANY, st.integers(1, 60), st.booleans())
def test_a_cell_has_exactly_its_width(text: str, width: int, right: bool) -> None:
    assert cell_len(fitted(one_line(text), width, right)) == width


def test_a_long_text_is_cut_and_says_by_how_much() -> None:
    assert safe("x" * 25_000).endswith("\n… 5,000 more characters")
    assert len(one_line("x" * 1_000_000)) == 400
