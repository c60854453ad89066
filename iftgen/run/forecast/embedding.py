"""What the filters of a run would have embedded: how many texts, and what that costs."""

from collections.abc import Iterator
from typing import Any

from iftgen.backends import price
from iftgen.filters.base import Filter, MemoryFilter
from iftgen.run.forecast.estimate import Forecast
from iftgen.run.forecast.ranges import Range
from iftgen.types import Role


def embedding(made: Forecast) -> dict[str, Any] | None:
    """Return model, texts, tokens and dollars (null: unknown) of the embedder; None where nothing is embedded.

    Each candidate counts as one question, and where a filter compares responses as one response too: those that a
    cheap filter rejects first are none, and one with an input may be three.
    """
    spec, asking = made.setup.embedder, [one for one in made.setup.stack.all() if one.uses_embedder]
    if spec is None or not asking:
        return None
    fixed = {text for one in asking for text in one.foreknown()}
    seeds = len(made.setup.seeds.seeds) if any(isinstance(one, MemoryFilter) for one in asking) else 0
    questions = made.candidates + Range.just(len(fixed) + seeds)
    answered = made.simulation.factor * sum(tally.answered for tally in made.simulation.tasks.values())
    responses = Range.just(answered if any(map(_reads_responses, asking)) else 0)
    tokens = questions * _tokens(made, "instruction") + responses * _tokens(made, "response")
    rates = (0.0, 0.0) if spec.backend is None else price.rates(spec.backend)
    return {
        "model": spec.model,
        "texts": (questions + responses).as_dict(),
        "tokens": tokens.as_dict(),
        "cost_usd": None if rates is None else (tokens * rates[0]).as_dict(6),
    }


def told_embedding(made: Forecast) -> Iterator[str]:
    """Yield in words what is embedded."""
    found = embedding(made)
    if found is not None:
        cost = found["cost_usd"]
        money = (
            "at an unknown price" if cost is None else f"for ${cost['expected']:.4f}" if cost["high"] else "for free"
        )
        texts, tokens = round(found["texts"]["expected"]), round(found["tokens"]["expected"])
        what = f"about {texts:,} texts, {tokens:,} tokens in all, with {found['model']}, {money}"
        yield f"embedder: {what}; they are in no number above"


def _reads_responses(one: Filter) -> bool:
    return one.stage == "response" and not isinstance(one, MemoryFilter)


def _tokens(made: Forecast, role: Role) -> float:
    assumed = made.assumed[role]
    return (assumed.instruction if role == "instruction" else assumed.response).expected
