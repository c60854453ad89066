"""The ledger: what several processes spent, who died, how long they worked, and the lanes that they share."""

import json
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from iftgen.errors import RunError, UserError
from iftgen.store.books import (
    Books,
    Limits,
    committed,
    empty_books,
    enter,
    give_place,
    leave,
    narrow,
    own_lane,
    seat_of,
    settle,
    take_place,
    wait_for,
    widen,
)
from iftgen.store.charges import NOTHING, Caps, Charge, Spent, add, empty_sum
from iftgen.store.ledger import HEARTBEAT, SILENT_AFTER, Ledger

CALL = Charge(1, 100, 5 * 10**9)
INFINITY = float("inf")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def reserve(ledger: Ledger, charge: Charge = CALL) -> None:
    with ledger.entry() as books:
        add(books["owners"][ledger.owner]["held"], charge)


def pay(ledger: Ledger, worst: Charge, used: Charge) -> None:
    with ledger.entry() as books:
        settle(books, ledger.owner, worst, used)


def test_spending_is_added_up_over_processes_and_resumes(tmp_path: Path, clock: Clock) -> None:
    for _ in range(2):
        first, second = (Ledger(tmp_path / "ledger.sqlite", clock=clock) for _ in range(2))
        for ledger in (first, second):
            reserve(ledger)
        assert first.spent().reserved_tokens == 200
        for ledger in (first, second):
            pay(ledger, CALL, Charge(1, 30, 10**9))
            ledger.close()
    last = Ledger(tmp_path / "ledger.sqlite", clock=clock)
    assert last.spent() == Spent(4, 120, 0.004, 0.0, 0, 0, 0.0)
    last.close()
    last.close()


def test_a_new_ledger_begins_with_what_was_used_before_and_an_old_one_does_not(tmp_path: Path, clock: Clock) -> None:
    for _ in range(2):
        ledger = Ledger(tmp_path / "ledger.sqlite", opening=CALL, seconds=9.0, clock=clock)
        assert (ledger.spent().calls, ledger.spent().usd, ledger.spent().seconds) == (1, 0.005, 9.0)
        ledger.close()


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    Ledger(tmp_path / "new" / "ledger.sqlite").close()
    assert stat.S_IMODE((tmp_path / "new" / "ledger.sqlite").stat().st_mode) == 0o600


def test_a_call_of_unknown_price_makes_the_sum_unknown(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    pay(ledger, NOTHING, Charge(1, 30, None))
    assert ledger.spent().usd is None
    ledger.close()


def test_what_a_process_still_holds_when_it_signs_off_is_spent(tmp_path: Path) -> None:
    ledger, other = (Ledger(tmp_path / "ledger.sqlite") for _ in range(2))
    reserve(ledger)
    ledger.close()
    assert (other.spent().calls, other.spent().tokens, other.spent().reserved_calls) == (1, 100, 0)
    other.close()


def test_a_killed_process_is_recognised_and_its_calls_are_charged_in_full(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    code = (
        "import sys, time, pathlib; from iftgen.store.ledger import Ledger; from iftgen.store.charges import *\n"
        f"ledger = Ledger(pathlib.Path({str(path)!r}))\n"
        "with ledger.entry() as books: add(books['owners'][ledger.owner]['held'], Charge(1, 100, 5 * 10**9))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        ledger = Ledger(path)
        ledger.beat()
        assert (ledger.spent().calls, ledger.spent().reserved_calls) == (0, 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        ledger.beat()
        assert (ledger.spent().calls, ledger.spent().usd, ledger.spent().reserved_calls) == (1, 0.005, 0)
        ledger.close()


def test_a_process_elsewhere_that_is_silent_is_thought_dead_and_its_late_replies_still_settle_right(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    far, near = (Ledger(tmp_path / "ledger.sqlite", clock=clock) for _ in range(2))
    reserve(far)
    reserve(far)
    clock.now += SILENT_AFTER + 1
    near.beat()
    assert near.spent().tokens == 200
    pay(far, CALL, Charge(1, 30, 0))
    assert (near.spent().tokens + near.spent().reserved_tokens) == 130
    pay(far, CALL, NOTHING)
    far.close()
    assert (near.spent().calls, near.spent().tokens, near.spent().usd) == (1, 30, 0.0)
    near.close()


def test_time_counts_while_somebody_works_and_not_between_resumes(tmp_path: Path, clock: Clock) -> None:
    caps = Caps(minutes=1)
    first = Ledger(tmp_path / "ledger.sqlite", caps, clock=clock)
    clock.now += 10
    second = Ledger(tmp_path / "ledger.sqlite", caps, clock=clock)
    clock.now += 10
    assert first.seconds_left() == 38
    first.close()
    second.close()
    clock.now += 3600
    resumed = Ledger(tmp_path / "ledger.sqlite", caps, clock=clock)
    clock.now += 5
    assert resumed.seconds_left() == 33
    resumed.beat()
    assert (resumed.spent().seconds, resumed.seconds_left()) == (25, 33)
    resumed.close()
    assert Ledger(tmp_path / "ledger.sqlite").seconds_left() is None


def test_the_time_between_the_last_entry_and_a_kill_is_counted_at_its_worst(tmp_path: Path, clock: Clock) -> None:
    dead = Ledger(tmp_path / "ledger.sqlite", clock=clock)
    clock.now += 3600
    resumed = Ledger(tmp_path / "ledger.sqlite", clock=clock)
    assert resumed.spent().seconds == HEARTBEAT
    for ledger in (resumed, dead):
        ledger.close()


def test_an_entry_that_fails_changes_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(ValueError, match="no"), ledger.entry() as books:
        books["spent"]["calls"] = 99
        raise ValueError("no")
    assert ledger.spent().calls == 0
    ledger.close()


def test_a_ledger_that_cannot_be_opened_or_read_is_explained(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(RunError, match=r"ledger\.sqlite: the ledger cannot be opened: file is not a database"):
        Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(RunError, match=r"Not a directory|File exists"):
        Ledger(tmp_path / "ledger.sqlite" / "ledger.sqlite")


def test_the_books_are_plain_json_in_one_row(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    pay(ledger, NOTHING, CALL)
    ledger.close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite")
    ((content,),) = connection.execute("SELECT content FROM books").fetchall()
    connection.close()
    assert json.loads(content)["spent"] == {"calls": 1, "tokens": 100, "picodollars": 5 * 10**9, "unpriced": 0}
    assert json.loads(content)["owners"] == {}


@pytest.mark.parametrize(
    ("caps", "cap", "said"),
    [
        (Caps(tokens=9_950), "tokens", "budget.tokens: the next call may need up to 100, more than are left of 9,950."),
        (Caps(calls=7), "calls", "budget.calls: all 7 are made."),
        (Caps(usd=0.5), "usd", "budget.usd: the next call may cost up to $0.005, more than is left of $0.5."),
    ],
)
def test_a_spent_budget_says_which_cap_and_what_is_needed(caps: Caps, cap: str, said: str) -> None:
    spent = empty_sum()
    add(spent, Charge(7, 9_870, 497 * 10**9))
    refusal = caps.refusal(spent, CALL)
    assert refusal is not None
    assert (refusal.cap, str(refusal), refusal.exit_code) == (cap, said, 3)


def test_a_call_that_just_fits_is_not_refused() -> None:
    spent = empty_sum()
    add(spent, Charge(6, 9_900, 495 * 10**9))
    assert Caps(usd=0.5, tokens=10_000, calls=7, minutes=1).refusal(spent, CALL) is None


def test_a_call_without_a_price_is_an_error_under_a_budget_of_dollars() -> None:
    with pytest.raises(UserError, match=r"budget\.usd: the price of a model is unknown"):
        Caps(usd=1).over(empty_sum(), Charge(1, 1, None))


def test_no_call_begins_that_would_end_after_the_time() -> None:
    caps = Caps(minutes=2)
    assert caps.deadline == 118
    assert caps.late(100, 17) is None
    assert str(caps.late(100, 19)) == "budget.minutes: 1.7 of 2 are over and the next call may take 19 s."
    assert str(caps.late(118)) == "budget.minutes: 2.0 of 2 are over."
    assert Caps().late(1e9) is None


Wait = Callable[..., float]


@pytest.fixture
def lane(clock: Clock) -> tuple[Books, Wait]:
    """The books of owners a, b and c, and a function that takes a place in a lane, or tells how long to wait."""
    books = empty_books()
    for owner in "abc":
        enter(books, owner, clock())

    def ask(owner: str, limits: Limits, paced: int = 0) -> float:
        seat = seat_of(books, "lane", owner, limits)
        wait = wait_for(books["lanes"]["lane"], owner, limits, clock())
        seat["waiting"], seat["seen"] = wait > 0, clock()
        if not wait:
            take_place(books["lanes"]["lane"], owner, limits, paced, clock())
        return wait

    return books, ask


def test_one_job_may_have_the_whole_lane_while_the_others_do_not_want_it(lane: tuple[Books, Wait]) -> None:
    _, ask = lane
    assert [ask("a", Limits(3)) for _ in range(4)] == [0, 0, 0, INFINITY]


def test_a_place_goes_to_the_job_with_the_fewest_calls(lane: tuple[Books, Wait], clock: Clock) -> None:
    books, ask = lane
    for _ in range(3):
        ask("a", Limits(3))
    assert ask("b", Limits(3)) == INFINITY
    give_place(books["lanes"]["lane"], "a", Limits(3), 0)
    assert (ask("a", Limits(3)), ask("b", Limits(3))) == (INFINITY, 0)


def test_jobs_take_turns_in_a_lane_of_one(lane: tuple[Books, Wait], clock: Clock) -> None:
    books, ask = lane
    served = []
    for _ in range(9):
        clock.now += 0.1
        (owner,) = [owner for owner in "abc" if ask(owner, Limits(1)) == 0]
        served.append(owner)
        give_place(books["lanes"]["lane"], owner, Limits(1), 0)
    assert "".join(served) == "abcabcabc"


def test_no_place_is_kept_for_a_job_that_is_silent(lane: tuple[Books, Wait], clock: Clock) -> None:
    books, ask = lane
    for _ in range(2):
        ask("a", Limits(2))
    ask("b", Limits(2))
    give_place(books["lanes"]["lane"], "a", Limits(2), 0)
    clock.now += 3
    assert ask("a", Limits(2)) == 0


def test_requests_a_minute_hold_for_all_jobs_together(lane: tuple[Books, Wait], clock: Clock) -> None:
    _, ask = lane
    begun, sent = clock.now, 0
    while clock.now < begun + 60:
        sent += sum(ask(owner, Limits(10**6, rpm=120)) == 0 for owner in "abc")
        clock.now += 0.05
    assert 118 <= sent <= 123


def test_tokens_a_minute_hold_and_unused_ones_come_back(lane: tuple[Books, Wait], clock: Clock) -> None:
    books, ask = lane
    limits = Limits(10, tpm=600)
    assert ask("a", limits, 100) == 0
    assert ask("b", limits, 100) == pytest.approx(9)
    give_place(books["lanes"]["lane"], "a", limits, 90)
    assert ask("b", limits, 100) == 0


def test_limits_hold_from_one_job_to_the_next_and_lanes_of_ones_own_go(lane: tuple[Books, Wait], clock: Clock) -> None:
    books, ask = lane
    limits = Limits(10, tpm=600)
    ask("a", limits, 100)
    seat_of(books, own_lane("lane", "a"), "a", limits)
    for owner in "abc":
        leave(books, owner)
    enter(books, "d", clock())
    assert list(books["lanes"]) == ["lane"]
    assert ask("d", limits, 100) == pytest.approx(9)
    leave(books, "d")
    clock.now += 60
    enter(books, "e", clock())
    assert books["lanes"] == {}


def test_an_overload_slows_all_jobs_down_and_answers_speed_them_up(lane: tuple[Books, Wait], clock: Clock) -> None:
    books, ask = lane
    limits = Limits(10)
    ask("a", limits)
    here = books["lanes"]["lane"]
    assert [narrow(here, 5.0, clock()), narrow(here, 0.0, clock())] == [True, False]
    assert (here["width"], ask("b", limits)) == (6, 5)
    for _ in range(100):
        widen(here, limits)
    assert here["width"] == 10


def test_what_is_set_aside_counts_until_it_is_settled(lane: tuple[Books, Wait]) -> None:
    books, _ = lane
    add(books["owners"]["a"]["held"], CALL)
    assert committed(books)["tokens"] == 100
    settle(books, "a", CALL, Charge(1, 7, 0))
    assert (committed(books)["tokens"], books["spent"]["tokens"]) == (7, 7)


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"ledger\.sqlite: the ledger cannot be opened: .*Not a directory|File exists"):
        Ledger(tmp_path / "file" / "ledger.sqlite")
