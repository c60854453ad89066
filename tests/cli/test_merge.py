"""The verb `merge`: a sweep of shards becomes one dataset that all verbs take, and bad input one message."""

import json
from pathlib import Path

import pytest

from iftgen.cli import main
from iftgen.review import sample
from tests.cli.test_command import here, iftgen
from tests.merge.made import contents, lines, row, run, texts

__all__ = ["here"]
SWEEP = ("-m", "shard.index=range(0,3)", "shard.count=3", "backend=mock", "backend.mock.near_duplicate=0.4")
FEW = ("taxonomy=coding", "taxonomy.include=[coding/python/function]", "method=self_instruct")
QUIET = (*FEW, "num_examples=240", "ui=none", "export=none")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    """Run the command; returns its exit code, stdout and stderr."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return stop.value.code, shown.out, shown.err


def test_a_sweep_of_shards_becomes_one_dataset_that_all_verbs_take(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    iftgen(capsys, *SWEEP, *QUIET, "hydra.sweep.dir=sweep")
    code, out, told = said(capsys, "merge", "sweep", "--out", "outputs/all", "--format", "alpaca,parquet")
    assert (code, out) == (0, "outputs/all\n")
    manifest = json.loads((here / "outputs" / "all" / "manifest.json").read_text())
    accepted = manifest["counts"]["accepted"]
    assert manifest["counts"]["candidates"] == 240 and 0 < manifest["counts"]["rejected"] < 240
    assert f"{accepted} of 240 rows of 3 parts" in told and "near_duplicate" in told
    assert [source["shard"] for source in manifest["sources"]] == [0, 1, 2]
    assert len(json.loads((here / "outputs" / "all" / "export" / "alpaca.json").read_text())) == accepted
    assert (here / "outputs" / "all" / "export" / "dataset.parquet").exists()
    stats = json.loads(iftgen(capsys, "stats", "outputs/all", "--json"))
    assert stats["counts"]["accepted"] == accepted == len(texts(here / "outputs" / "all"))
    assert json.loads((here / "outputs" / "all" / "stats.json").read_text()) == stats
    assert "messages.jsonl" in iftgen(capsys, "export", "outputs/all", "--format", "messages")
    assert f"{accepted}/{accepted} accepted" in iftgen(capsys, "list", "runs")
    assert iftgen(capsys, "review", "outputs/all", "--report")
    assert len(sample(here / "outputs" / "all", 10)) == 10
    for verb in ("resume", "watch"):
        code, _, told = said(capsys, verb, "outputs/all")
        assert code == 2 and "merged from other runs" in told


def test_the_order_of_the_command_changes_no_byte(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, part in (("a", 0), ("b", 1)):
        run(here / name, ["Name a big river of France.", f"{part} {name}"], shard=(part, 2))
    iftgen(capsys, "merge", "a", "b", "--out", "one")
    iftgen(capsys, "merge", "b", "a", "--out", "two")
    assert contents(here / "one") == contents(here / "two")


def test_flags_choose_how_many_and_how_they_are_compared(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in range(2):
        run(here / str(part), [row(f"Name a big river of {name}.", n) for n, name in enumerate("abc")], shard=(part, 2))
    iftgen(capsys, "merge", "0", "1", "--out", "out", "--near", "minhash", "--threshold", "0.9", "--format", "none")
    assert len(texts(here / "out")) == 3 and not (here / "out" / "export").exists()
    manifest = json.loads((here / "out" / "manifest.json").read_text())
    assert manifest["merge"]["near"] == "minhash" and manifest["merge"]["threshold"] == 0.9
    assert {one["verdict"]["filter"] for one in lines(here / "out", "rejected")} == {"exact_duplicate"}
    code, _, told = said(capsys, "merge", "0", "1", "--out", "more", "--num-examples", "5")
    assert code == 3 and "only 3 of 5" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("r",), "--out"),
        (("--out", "out"), "DIR"),
        (("nowhere", "--out", "out"), "nowhere: there is no such folder"),
        (("r", "r", "--out", "out"), "given twice"),
        (("r", "--out", "full"), "not an empty folder"),
        (("r", "--out", "out", "--near", "fuzzy"), "--near"),
        (("r", "--out", "out", "--threshold", "7"), "--threshold"),
        (("r", "--out", "out", "--num-examples", "0"), "--num-examples"),
        (("r", "--out", "out", "--format", "word"), "Allowed: alpaca"),
        (("stopped", "--out", "out"), "--partial"),
    ],
)
def test_bad_input_is_one_message_and_leaves_nothing(
    words: tuple[str, ...], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(here / "r", ["Name a river."])
    run(here / "stopped", ["Name a river."], status="stopped")
    (here / "full").mkdir()
    (here / "full" / "file").touch()
    code, out, shown = said(capsys, "merge", *words)
    assert (code, out) == (2, "") and told in shown
    assert shown.count("iftgen") >= 1 and len(shown.splitlines()) <= 2
    assert not (here / "out").exists()
