"""How a comparison is shown: tables, JSON, CSV and the page."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from iftgen.compare import Comparison, compare, csv_text, objects, render
from iftgen.compare.html import page
from iftgen.stats.tables import columns
from tests.compare.made import run

TEXTS = [f"Name a river in {place}." for place in ("France", "Spain", "Peru", "Chad")] + ["Write a poem on the sea."]
HOSTILE = "</title><script>alert(1)</script>\"' onmouseover=x &\x1b[31m"


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    """Three runs: whole, cheap with fewer rows, and killed before its first row."""
    return compare(
        [
            run(tmp_path / "whole", TEXTS, ["length", "echo", "length"], ["seed=1"], seed=1),
            run(tmp_path / "cheap", TEXTS[:3], ["count"], ["seed=22"], [0.0001] * 4, {"num_examples": 5}, seed=22),
            run(tmp_path / "none", manifest={"status": "running", "num_examples": 5}, seed=3),
        ]
    )


def hostile(folder: Path) -> Comparison:
    """Two runs whose settings and filters are not what one would wish."""
    one = run(folder / "<b>a", TEXTS, [HOSTILE, "length"], [f"backend.model={HOSTILE}"])
    return compare([one, run(folder / "b", TEXTS, ["<i>"], [HOSTILE + "=1"])])


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 300])
@pytest.mark.parametrize("whole", [False, True])
def test_no_line_is_wider_than_the_terminal(width: int, whole: bool, comparison: Comparison, tmp_path: Path) -> None:
    for shown in (comparison, hostile(tmp_path)):
        lines = render(shown, width, whole).splitlines()
        assert max(map(columns, lines)) <= max(width, 60 if whole else 40)


def test_a_narrow_table_names_what_it_leaves_out(comparison: Comparison) -> None:
    narrow, wide = render(comparison, 60), render(comparison, 400)
    assert "--all shows all" in narrow and "distinct-2" in narrow.split("--all")[1]
    assert "--all" not in wide and "distinct-2" in wide.split("Pareto")[0]
    assert "(" not in narrow.split("Pareto")[0] and "In brackets" not in narrow
    assert "95% bootstrap" in wide


def test_the_table_tells_runs_apart(comparison: Comparison) -> None:
    shown = render(comparison, 400)
    titles = shown.split("─")[0]
    whole, cheap, none = (line for line in shown.splitlines() if line.startswith(("whole", "cheap", "none")))
    assert {"run", "seed", "acceptance", "p95"} <= set(titles.split())
    assert whole.split()[:5] == ["whole", "*", "1", "completed", "5"]
    assert cheap.split()[:5] == ["cheap", "*", "22", "completed", "3/5"]
    assert none.split()[:4] == ["none", "3", "killed", "0/5"]
    assert "length 2, echo 1" in whole and "12.5 s" in whole and "$0.008" in whole
    assert "3 to 5 accepted rows" in shown


def test_turned_every_figure_has_a_line(comparison: Comparison) -> None:
    lines = dict(
        re.split(r"\s{2,}", line, maxsplit=1) for line in render(comparison, 200, True).splitlines() if "  " in line
    )
    assert lines["rejected: length"].split() == ["2", "0", "0"]
    assert lines["rejected: count"].split() == ["0", "1", "0"]
    assert lines["status"].split() == ["completed", "completed", "killed"]
    assert {"nearest p95", "distinct-3", "response median", "cost each"} <= set(lines)


def test_turned_runs_that_do_not_fit_stand_below(comparison: Comparison) -> None:
    lines = render(comparison, 60, whole=True).splitlines()
    assert sum(line.startswith("run ") for line in lines) > 1
    assert sum(line.count("completed") + line.count("killed") for line in lines) == 3


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    for whole in (False, True):
        assert "\x1b" not in render(hostile(tmp_path), 300, whole)


def test_json_has_one_object_a_run(comparison: Comparison) -> None:
    whole, cheap, none = json.loads(json.dumps(objects(comparison)))
    assert (whole["name"], whole["status"], whole["config"]) == ("whole", "completed", {"seed": "1"})
    assert whole["rejected_by"] == {"length": 2, "echo": 1}
    assert set(whole["acceptance"]) == set(whole["diversity"]["nearest"]) == {"value", "low", "high"}
    assert whole["instruction"]["median"] == 5
    assert (cheap["accepted"], cheap["target"], cheap["on_front"]) == (3, 5, True)
    assert (none["cost_usd"], none["judge"]["value"]) == (None, None)
    assert Path(whole["folder"]).is_dir()


def test_csv_has_one_line_a_run(comparison: Comparison) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(comparison))))
    assert [row["config.seed"] for row in rows] == ["1", "22", "3"]
    assert [row["rejected_by.length"] for row in rows] == ["2", "0", "0"]
    assert (rows[0]["acceptance.value"], rows[2]["acceptance.value"]) == ("0.625", "")
    assert float(rows[1]["acceptance.low"]) < 0.75 < float(rows[1]["acceptance.high"])


class Read(HTMLParser):
    """The elements of a page with their attributes, and its texts."""

    VOID = ("meta", "rect", "circle", "path")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def test_the_page_holds_table_and_charts(comparison: Comparison) -> None:
    read = Read(page(comparison))
    assert read.open == []
    assert (read.count("table"), read.count("svg")) == (1, 2)
    assert read.count("tr") == 4
    assert read.count("circle") == 2
    assert read.count("rect") == 2 + 3  # accepted and its filters, of the two runs with candidates
    assert {"whole", "cheap", "none", "killed", "3/5", "nearest p95", "rejected: echo"} <= set(
        map(str.strip, read.texts)
    )


def test_the_page_asks_for_nothing(comparison: Comparison, tmp_path: Path) -> None:
    for shown in (comparison, hostile(tmp_path)):
        text = page(shown)
        assert "http" not in text.replace("http-equiv", "") and "url(" not in text
        assert not any({"src", "href"} & set(attributes) for _, attributes in Read(text).tags)


def test_what_users_wrote_is_text(tmp_path: Path) -> None:
    shown = hostile(tmp_path)
    read = Read(page(shown))
    assert read.open == [] and read.count("script") == 1
    assert read.count("b") == sum(one.on_front for one in shown.runs)
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    assert any("<script>alert(1)</script>" in text for text in read.texts)
    assert {tag for tag, _ in read.tags} <= {
        "html", "head", "meta", "title", "style", "script", "body", "header", "h1", "p", "div", "figure", "figcaption",
        "svg", "path", "text", "g", "circle", "rect", "table", "thead", "tbody", "tr", "th", "td", "button", "small",
        "b", "i", "span", "footer",
    }  # fmt: skip


def test_a_page_of_runs_without_rows_has_no_charts(tmp_path: Path) -> None:
    read = Read(page(compare([run(tmp_path / "a"), run(tmp_path / "b", seed=1)])))
    assert (read.count("svg"), read.count("tr")) == (0, 3)
