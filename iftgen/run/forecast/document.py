"""A forecast as one JSON object, and in words: what was assumed, and whether the budget is enough."""

from collections.abc import Iterator, Sequence
from typing import Any

from iftgen.run.forecast.assumptions import Assumptions
from iftgen.run.forecast.embedding import embedding, told_embedding
from iftgen.run.forecast.estimate import Forecast
from iftgen.run.forecast.ranges import Range
from iftgen.run.forecast.rehearse import Rehearsal
from iftgen.run.forecast.simulate import MOST_SIMULATED
from iftgen.types import Request, Role

BUDGETS = ("usd", "tokens", "calls", "minutes")


def as_json(made: Forecast) -> dict[str, Any]:
    """Return all numbers of a forecast.

    num_examples        examples that the run is to have (null: all rows of a file that pass)
    examples            examples that the forecast expects, of the rest after a pilot
    reached             false where `max_candidates` is spent first, or tasks that cannot be filled stop the run
    given_up            tasks whose tries are spent before their share is there
    window              candidates that drawing may run ahead of judging
    acceptance          share of the candidates that pass the filters: {low, expected, high, basis}
    candidates          a range {low, expected, high}; low is the side that needs least
    draws, surplus      draws, and candidates that are under way when the last example is accepted
    rows                method=file: {judged, answered}, else null
    tasks               {task: {draws, candidates, answered, examples}}
    attributes          {attribute: {value: draws}}
    roles               {role: {backend, model, calls, prompt_tokens, completion_tokens, cost_usd}}, each a range;
                        cost_usd is null where the price is unknown
    total               calls, prompt_tokens, completion_tokens, cost_usd, cost_usd_per_example, seconds: ranges
    embedder            what is embedded beside that: {model, texts, tokens, cost_usd}, ranges, or null
    budget              {usd | tokens | calls | minutes: {limit, expected, high, enough}}, `enough` is the case that it
                        is enough for: high, expected, none, or unknown where the price is unknown
    assumptions         what the numbers rest on, in words
    pilot               what the pilot measured and the command that goes on (`next`), else null
    prompts             with --prompts: [{task, method, attributes, topic, requests}], as `shown_prompts` returns them
    """
    simulation, total = made.simulation, made.total
    factor = simulation.factor
    return {
        "num_examples": made.setup.share,
        "examples": round(made.examples),
        "reached": simulation.reached,
        "given_up": simulation.given_up,
        "window": made.setup.window,
        "acceptance": {**_ascending(made.acceptance), "basis": made.basis},
        "candidates": made.candidates.as_dict(),
        "draws": round(simulation.total("draws")),
        "surplus": simulation.surplus,
        "rows": _rows(made),
        "tasks": {
            name: {key: round(factor * getattr(tally, key)) for key in ("draws", "candidates", "answered", "examples")}
            for name, tally in simulation.tasks.items()
        },
        "attributes": {
            name: {value: round(factor * count) for value, count in sorted(counts.items())}
            for name, counts in sorted(simulation.attributes.items())
        },
        "roles": {role: _role(made, role) for role in made.loads},
        "total": {
            "calls": total.calls.as_dict(),
            "prompt_tokens": total.prompt.as_dict(),
            "completion_tokens": total.completion.as_dict(),
            "cost_usd": _dollars(made.cost),
            "cost_usd_per_example": _dollars(made.cost and made.cost * (1 / max(1.0, made.examples))),
            "seconds": made.seconds.as_dict(2),
        },
        "embedder": embedding(made),
        "budget": budget(made),
        "assumptions": list(assumptions(made)),
        "pilot": None if made.pilot is None else {**made.pilot.as_dict(), "next": made.going_on},
    }


def budget(made: Forecast) -> dict[str, dict[str, Any]]:
    """Compare each limit that is set with what the run (with its pilot) is expected to use."""
    total, pilot = made.total, made.pilot
    needs: dict[str, Range | None] = {
        "usd": made.cost,
        "tokens": total.prompt + total.completion,
        "calls": total.calls,
        "minutes": made.seconds * (1 / 60),
    }
    if pilot is not None:
        spent = {"tokens": pilot.tokens, "calls": pilot.calls, "minutes": pilot.seconds / 60, "usd": pilot.cost_usd}
        needs = {name: _sum(need, spent[name]) for name, need in needs.items()}
    limits = made.setup.settings.get("budget") or {}
    return {name: _enough(limits[name], needs[name]) for name in BUDGETS if limits.get(name) is not None}


def assumptions(made: Forecast) -> Iterator[str]:
    """Yield what the numbers rest on, a line each."""
    span = _ascending(made.acceptance)
    yield f"acceptance {_between(span['low'], span['expected'], span['high'], '{:.0%}')}: {made.basis}"
    if "response" in made.loads:
        yield f"{made.early:.0%} of the rejected fall before a response is paid for"
    if made.setup.source is None:
        yield "acceptance stays as it is; it falls where a model repeats itself, as near duplicates grow with the set"
    measured = made.pilot.roles if made.pilot is not None else {}
    for role in made.loads:
        yield from _of_role(made, role, role in measured)
    if measured:
        yield "calls, tokens and latency are corrected by what the pilot measured"
    elif made.loads:
        sizes = " or ".join(f"{size:g}" for size in sorted({made.assumed[role].bytes_a_token for role in made.loads}))
        yield f"prompts are those of {len(made.rehearsals)} draws that were rendered, at {sizes} bytes a token"
    yield from told_embedding(made)
    if any(seen.draw.method == "output_first" for seen in made.rehearsals):
        yield "a text of output_first is tried `samples` times to `tries` times; half-way between where it is accepted"
    if made.simulation.factor != 1.0:
        yield f"the first {MOST_SIMULATED:,} candidates were simulated, what lies beyond is scaled up"


def _of_role(made: Forecast, role: Role, measured: bool) -> Iterator[str]:
    assumed, model = made.assumed[role], made.setup.specs[role].model
    if not measured:
        yield f"{role}: {_tokens(assumed, role)}, {_speed(assumed)}; {assumed.source}"
    if made.costs[role] is None:
        place = _section(made, role)
        yield f"{role}: unknown price of {model}; set {place}.price.input=... and {place}.price.output=..."


def shown_prompts(made: Forecast, count: int) -> list[dict[str, Any]]:
    """Return the requests of `count` draws, of different methods and tasks as far as there are.

    Draws with the fewest accepted examples among their shots come first: in a plan, other pairs stand in for those.
    """
    return [
        {
            "task": seen.draw.task,
            "method": seen.draw.method,
            "attributes": dict(seen.draw.attributes),
            "topic": seen.draw.topic,
            "requests": [_request(request) for request in (*seen.propose[:1], *seen.respond[:1])],
        }
        for seen in _various(made.rehearsals)[:count]
    ]


def _various(rehearsals: Sequence[Rehearsal]) -> list[Rehearsal]:
    """Order draws so that those of a method, then those of a task, that were shown least come first."""
    times: dict[str, int] = {}

    def turn(name: str) -> int:
        times[name] = times.get(name, 0) + 1
        return times[name]

    real = sorted(rehearsals, key=lambda seen: sum(shot.origin == "example" for shot in seen.draw.shots))
    by_task = [(turn(f"task {seen.draw.task}"), seen) for seen in real]
    by_task.sort(key=lambda pair: pair[0])
    ranked = [(lap, turn(f"method {lap} {seen.draw.method}"), seen) for lap, seen in by_task]
    ranked.sort(key=lambda triple: triple[:2])
    return [seen for *_, seen in ranked]


def _request(request: Request) -> dict[str, Any]:
    return {
        "role": request.role,
        "messages": list(request.messages) if request.messages is not None else None,
        "prompt": request.prompt,
        "sampling": dict(request.sampling),
    }


def _rows(made: Forecast) -> dict[str, int] | None:
    if made.setup.source is None:
        return None
    tallies = made.simulation.tasks.values()
    return {"judged": sum(one.candidates for one in tallies), "answered": sum(one.answered for one in tallies)}


def _role(made: Forecast, role: Role) -> dict[str, Any]:
    spec, load = made.setup.specs[role], made.loads[role]
    return {
        "backend": spec.name,
        "model": spec.model,
        "calls": load.calls.as_dict(),
        "prompt_tokens": load.prompt.as_dict(),
        "completion_tokens": load.completion.as_dict(),
        "cost_usd": _dollars(made.costs[role]),
    }


def _enough(limit: float, need: Range | None) -> dict[str, Any]:
    if need is None:
        return {"limit": limit, "expected": None, "high": None, "enough": "unknown"}
    case = "high" if need.high <= limit else "expected" if need.expected <= limit else "none"
    return {"limit": limit, "expected": round(need.expected, 4), "high": round(need.high, 4), "enough": case}


def _sum(need: Range | None, spent: float | None) -> Range | None:
    return None if need is None or spent is None else need + Range.just(spent)


def _ascending(span: Range) -> dict[str, float]:
    low, middle, high = sorted((span.low, span.expected, span.high))
    return {"low": round(low, 4), "expected": round(middle, 4), "high": round(high, 4)}


def _dollars(cost: Range | None) -> dict[str, float | int] | None:
    return None if cost is None else cost.as_dict(6)


def _section(made: Forecast, role: Role) -> str:
    """Return the section of the config that names the backend of a role."""
    inherits = made.setup.settings["roles"][role].get("name") in (None, "inherit")
    return "backend" if inherits else f"roles.{role}"


def _tokens(assumed: Assumptions, role: Role) -> str:
    tokens = assumed.instruction if role == "instruction" else assumed.response
    return f"{tokens.expected:g} tokens a text ({tokens.low:g} to max_tokens)"


def _speed(assumed: Assumptions) -> str:
    wait, writing = assumed.wait, assumed.writing
    parts = [f"{_between(wait.low, wait.expected, wait.high, '{:.3g}')} s a call"]
    if writing.expected != float("inf"):
        of = "process" if assumed.shared else "call"
        speed = _between(writing.high, writing.expected, writing.low, "{:g}")
        parts.append(f"{speed} tokens a second a {of}")
    return ", ".join(parts)


def _between(low: float, middle: float, high: float, form: str) -> str:
    """Return `middle (low to high)`, or one number where they are equal."""
    shown = form.format(middle)
    return shown if low == high else f"{shown} ({form.format(low)} to {form.format(high)})"
