"""How long a load takes: the calls that are in flight at once, the limits a minute, and what iftgen itself needs."""

from collections.abc import Mapping
from dataclasses import replace

from iftgen.backends import BackendSpec
from iftgen.run.forecast.assumptions import Assumptions
from iftgen.run.forecast.pilot import Pilot
from iftgen.run.forecast.ranges import NO_LOAD, NONE, Load, Range
from iftgen.run.setup import Setup
from iftgen.types import Role

# Share of the slots that are busy: a slow call holds back the commits, and with them the draws behind the window.
BUSY = Range(1.0, 0.8, 0.5)
# Seconds that iftgen itself takes for a candidate: prompts, filters, files.
OWN = Range(0.001, 0.002, 0.005)
# Seconds until the first call: imports, connections, a server of our own.
START = Range(0.3, 1.0, 4.0)


def _in_flight(spec: BackendSpec, assumed: Assumptions, window: int) -> int:
    """Return how many calls go on side by side."""
    if assumed.shared:
        from iftgen.backends.embedded import server_settings

        return len(server_settings(spec.model, spec.server))
    return min(spec.concurrency, window + 1)


def seconds_of(
    setup: Setup,
    loads: Mapping[Role, Load],
    assumed: Mapping[Role, Assumptions],
    candidates: Range,
    pilot: Pilot | None = None,
) -> Range:
    """Return how long a run takes: by the speed that is assumed, or by the latency and the pace that a pilot had.

    A longer run keeps more calls in flight than a pilot does; that it does not is the high side.
    """
    if pilot is None or not pilot.calls:
        return _duration(setup, loads, assumed, candidates)
    slow = START + sum((load.calls for load in loads.values()), NONE) * pilot.pace
    if any(assumed[role].shared for role in loads):
        return slow
    latency = pilot.pace * pilot.busy
    timed = {role: replace(load, seconds=load.calls * latency) for role, load in loads.items()}
    quick = _duration(setup, timed, assumed, candidates)
    return Range(min(quick.low, slow.low), min(quick.expected, slow.expected), slow.high)


def _duration(
    setup: Setup, loads: Mapping[Role, Load], assumed: Mapping[Role, Assumptions], candidates: Range
) -> Range:
    """Return the seconds: roles of one backend share its slots, different backends work side by side."""
    groups: dict[str, list[Role]] = {}
    for role in loads:
        spec = setup.specs[role]
        groups.setdefault(f"{spec.client} {spec.api_base} {spec.model}", []).append(role)
    longest = NONE
    for roles in groups.values():
        load = sum((loads[role] for role in roles), NO_LOAD)
        longest = longest.most(_group(setup.specs[roles[0]], assumed[roles[0]], load, setup.window))
    return START + longest + candidates * OWN


def _group(spec: BackendSpec, assumed: Assumptions, load: Load, window: int) -> Range:
    slots = _in_flight(spec, assumed, window)
    busy = Range.just(1.0) if assumed.shared else BUSY
    work = Range(
        load.seconds.low / slots / busy.low,
        load.seconds.expected / slots / busy.expected,
        load.seconds.high / slots / busy.high,
    )
    if spec.rpm:
        work = work.most(load.calls * (60 / spec.rpm))
    if spec.tpm:
        work = work.most((load.prompt + load.completion) * (60 / spec.tpm))
    return work
