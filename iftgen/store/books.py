"""The state that the jobs of a sweep share: what was spent, who holds what, and the lanes to the backends.

Plain values and pure functions: `ledger.py` keeps them in a file and calls these inside a transaction. Times are in
seconds since the epoch.
"""

from dataclasses import dataclass
from typing import TypedDict

from iftgen.store.charges import Charge, Sum, add, empty_sum, merge

# A pause longer than this between two entries is a machine that slept, and not work.
LONGEST_GAP = 60.0
# An owner that waits is passed over when it was not heard of for so long.
ABSENT_AFTER = 2.0
# Share by which a lane narrows under overload, and the seconds between two narrowings: answers to calls that were
# sent before the last one say nothing new.
NARROWING, COOL_DOWN = 0.6, 1.0


class Seat(TypedDict):
    """One owner's part of a lane: calls in flight, whether more wait, when one was last let in and last heard of."""

    running: int
    waiting: bool
    served: float
    seen: float


class Lane(TypedDict):
    """The way to one backend: how many calls at once (`width`), and from when on the next may start."""

    width: float
    narrowed: float
    closed_until: float
    requests_due: float
    tokens_due: float
    seats: dict[str, Seat]


class Owner(TypedDict):
    """A process: when it was last heard of, and what it has set aside for calls in flight."""

    beat: float
    held: Sum


class Books(TypedDict):
    """Everything; `beat` is the time of the last entry, `seconds` the time during which a job ran."""

    spent: Sum
    seconds: float
    beat: float
    owners: dict[str, Owner]
    lanes: dict[str, Lane]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a lane allows: calls at once, and requests and tokens a minute (None: any number)."""

    concurrency: int
    rpm: int | None = None
    tpm: int | None = None


def empty_books() -> Books:
    """Return the books of a run that did nothing yet."""
    return {"spent": empty_sum(), "seconds": 0.0, "beat": 0.0, "owners": {}, "lanes": {}}


def enter(books: Books, owner: str, now: float) -> None:
    """Register a process; the pause before the first one is not work, and lanes that rested are as new."""
    if not books["owners"]:
        books["beat"] = now
        books["lanes"] = {name: lane for name, lane in books["lanes"].items() if _due(lane) > now}
    books["owners"][owner] = {"beat": now, "held": empty_sum()}


def tick(books: Books, owner: str, now: float) -> None:
    """Count the time since the last entry as work, and note that the owner lives."""
    gap = now - books["beat"]
    if gap < -1.0:  # the clock was set back: what is due was noted by another time
        books["lanes"] = {name: _lane(lane["width"], lane["seats"]) for name, lane in books["lanes"].items()}
    books["seconds"] += min(max(0.0, gap), LONGEST_GAP)
    books["beat"] = now
    # An owner that was thought dead is back.
    books["owners"].setdefault(owner, {"beat": now, "held": empty_sum()})["beat"] = now


def leave(books: Books, owner: str) -> None:
    """Strike an owner out; what it still has set aside is spent: those calls may have been billed in full."""
    merge(books["spent"], books["owners"].pop(owner)["held"])
    for name, lane in list(books["lanes"].items()):
        lane["seats"].pop(owner, None)
        if name.endswith(owner):
            del books["lanes"][name]  # its own, see own_lane


def committed(books: Books) -> Sum:
    """Return what was spent and what is set aside, together."""
    total = empty_sum()
    merge(total, books["spent"])
    for owner in books["owners"].values():
        merge(total, owner["held"])
    return total


def settle(books: Books, owner: str, worst: Charge, used: Charge) -> None:
    """Replace what was set aside by what was used.

    An owner that was struck out (its machine was thought dead) has been charged the worst case: it is given back.
    """
    holder = books["owners"].get(owner)
    add(holder["held"] if holder else books["spent"], worst, -1)
    add(books["spent"], used)


def own_lane(name: str, owner: str) -> str:
    """Return the name of a lane that is one owner's alone."""
    return f"{name} of {owner}"


def seat_of(books: Books, name: str, owner: str, limits: Limits) -> Seat:
    """Return the owner's seat in a lane; both are made where they are missing."""
    if name not in books["lanes"]:
        books["lanes"][name] = _lane(float(limits.concurrency), {})
    seats = books["lanes"][name]["seats"]
    return seats.setdefault(owner, {"running": 0, "waiting": False, "served": 0.0, "seen": 0.0})


def wait_for(lane: Lane, owner: str, limits: Limits, now: float) -> float:
    """Return the seconds until the owner may send one call: 0 is now, infinity when somebody must leave first.

    Fair: a place is kept free for each owner that waits with fewer calls in flight, or as many and served longer ago.
    """
    due = max(
        lane["closed_until"],
        lane["requests_due"] if limits.rpm else 0.0,
        lane["tokens_due"] if limits.tpm else 0.0,
    )
    if due > now:
        return due - now
    places = min(int(lane["width"]), limits.concurrency) - sum(seat["running"] for seat in lane["seats"].values())
    if limits.rpm:
        places = min(places, 1 + int(min(1.0, now - lane["requests_due"]) * limits.rpm / 60))
    mine = (lane["seats"][owner]["running"], lane["seats"][owner]["served"])
    ahead = sum(
        seat["waiting"] and now - seat["seen"] < ABSENT_AFTER and (seat["running"], seat["served"]) < mine
        for name, seat in lane["seats"].items()
        if name != owner
    )
    return 0.0 if places > ahead else float("inf")


def take_place(lane: Lane, owner: str, limits: Limits, paced: int, now: float) -> None:
    """Let one call of the owner in; a second's worth of requests and tokens may go at once."""
    seat = lane["seats"][owner]
    seat["running"] += 1
    seat["served"] = now
    if limits.rpm:
        lane["requests_due"] = max(now - 1.0, lane["requests_due"]) + 60 / limits.rpm
    if limits.tpm:
        lane["tokens_due"] = max(now - 1.0, lane["tokens_due"]) + paced * 60 / limits.tpm


def give_place(lane: Lane, owner: str, limits: Limits, unused: int) -> None:
    """Let one call of the owner out, and give back the tokens a minute that it did not use."""
    seat = lane["seats"][owner]
    seat["running"] = max(0, seat["running"] - 1)  # an owner that was thought dead has a new seat
    if limits.tpm:
        lane["tokens_due"] -= unused * 60 / limits.tpm


def widen(lane: Lane, limits: Limits) -> None:
    """Note a healthy answer: one more call at once for each `width` answers."""
    if lane["width"] < limits.concurrency:
        lane["width"] = min(float(limits.concurrency), lane["width"] + 1 / lane["width"])


def narrow(lane: Lane, retry_after: float, now: float) -> bool:
    """Note an overload: nobody sends for so long, and fewer calls at once; False where it is as narrow as it gets."""
    lane["closed_until"] = max(lane["closed_until"], now + retry_after)
    if now - lane["narrowed"] < COOL_DOWN or lane["width"] <= 1:
        return False
    lane["width"], lane["narrowed"] = max(1.0, lane["width"] * NARROWING), now
    return True


def _due(lane: Lane) -> float:
    return max(lane["closed_until"], lane["requests_due"], lane["tokens_due"])


def _lane(width: float, seats: dict[str, Seat]) -> Lane:
    return {
        "width": width,
        "narrowed": 0.0,
        "closed_until": 0.0,
        "requests_due": 0.0,
        "tokens_due": 0.0,
        "seats": seats,
    }
