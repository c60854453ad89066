"""What only one filter caught, as the file of rejected rows grows."""

from iftgen.stats.ledger import ledger
from iftgen.watch.ledger import Ledger, name_of
from tests.watch.made import Made, line, row, told, verdict

STACK = ("length", "near", "format")


def read(counts: Ledger) -> None:
    """Take in all that is there."""
    while counts.poll(STACK):
        pass


def rejected(number: int, *against: str) -> dict[str, object]:
    """A row that some checks reject."""
    return row(number, verdicts=told(*against), verdict=verdict(against[0]))


def test_what_only_one_filter_rejects_is_counted_as_the_statistics_do(run: Made) -> None:
    run.rows("rejected", rejected(0, "near"), rejected(1, "near", "length"), rejected(2, "length_instruction"))
    run.rows("rejected", rejected(3, "length_instruction", "length"), row(4, verdicts=told(), verdict=verdict("quota")))
    counts = Ledger(run.path / "rejected.jsonl")
    read(counts)
    assert counts.counts() == {"near": 1, "length": 2}
    assert counts.caught == {"near": 2, "length": 3}
    found = ledger(run.path, STACK)
    assert found is not None
    for name, one in found["filters"].items():
        assert (one["caught"], one["only"]) == (counts.caught[name], counts.only[name])


def test_it_grows_and_is_counted_anew_when_the_file_was_cut(run: Made) -> None:
    run.rows("rejected", rejected(0, "near"))
    counts = Ledger(run.path / "rejected.jsonl")
    read(counts)
    run.rows("rejected", rejected(1, "near"))
    read(counts)
    assert counts.counts() == {"near": 2}
    (run.path / "rejected.jsonl").write_bytes(line(rejected(5, "length")))
    read(counts)
    assert counts.counts() == {"length": 1}
    assert not counts.behind


def test_rows_without_all_verdicts_tell_nothing(run: Made) -> None:
    counts = Ledger(run.path / "rejected.jsonl")
    assert (counts.poll(STACK), counts.counts()) == (False, None)
    run.rows("rejected", row(0, verdict=verdict("near"), extra={"verdicts": {"near": {"keep": False}}}))
    read(counts)
    assert counts.counts() is None


def test_a_filter_may_be_called_as_a_check_is() -> None:
    assert name_of("length_instruction", ("length",)) == "length"
    assert name_of("my_instruction", ("my_instruction",)) == "my_instruction"
