"""A mock model: a pure function of the request, able to answer badly, late, or not at all. No network, no cost."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from iftgen.backends.mock_embed import embed
from iftgen.backends.mock_play import play
from iftgen.backends.mock_text import NOUNS, REFUSALS
from iftgen.backends.mock_writer import Dice, sentence
from iftgen.errors import CallFailed, ConfigError, TransientCallError, choices
from iftgen.hashing import content_hash
from iftgen.types import Reply, Request, Usage

CHARS_A_TOKEN = 4


@dataclass(frozen=True)
class MockSettings:
    """How the mock behaves; every rate is a share of the calls, from 0 to 1.

    `latency` is the median in seconds, `jitter` the sigma of its log-normal spread; a share `tail` of the calls takes
    `tail_factor` times as long. `transient` is drawn anew for each attempt of a request, the others once a request.
    """

    seed: int = 0
    latency: float = 0.0
    jitter: float = 0.0
    tail: float = 0.0
    tail_factor: float = 10.0
    near_duplicate: float = 0.05
    refusal: float = 0.02
    garbled: float = 0.01
    off_topic: float = 0.01
    empty: float = 0.01
    short: float = 0.02
    long: float = 0.01
    transient: float = 0.0
    permanent: float = 0.0
    retry_after: float | None = None

    def fingerprint(self) -> str:
        """Return a short hash of what changes the replies, and not only when and whether they come."""
        shaping = {name: getattr(self, name) for name in ("seed", "near_duplicate", *WAYS)}
        return content_hash(shaping)[:8]


WAYS = ("permanent", "refusal", "garbled", "off_topic", "empty", "short", "long")
RATES = (*WAYS, "near_duplicate", "transient", "tail")


def make_settings(values: Mapping[str, Any], prefix: str = "backend.mock") -> MockSettings:
    """Check the `mock` section; raises ConfigError with the full key."""
    known = [entry.name for entry in fields(MockSettings)]
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{prefix}.{key}: there is no such key.{choices(str(key), known)}")
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise ConfigError(f"{prefix}.{key}: {value!r} is not a number of 0 or more.")
        if key in RATES and value is not None and value > 1:
            raise ConfigError(f"{prefix}.{key}: {value!r} is a share of the calls: at most 1.")
    settings = MockSettings(**{key: value for key, value in values.items() if value is not None})
    if sum(getattr(settings, way) for way in WAYS) > 1:
        raise ConfigError(f"{prefix}: the rates {', '.join(WAYS)} add up to more than 1.")
    return settings


class MockClient:
    """Plays a model. The same request (text, sampling, attempt) gets the same reply from every client."""

    def __init__(self, model: str = "mock", settings: MockSettings | None = None) -> None:
        """Keep the settings; there is nothing to start."""
        self.model = model
        self._settings = settings or MockSettings()
        self._tries: dict[int, int] = {}

    async def start(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""

    async def send(self, request: Request) -> Reply:
        """Answer, late or wrongly where the settings say so."""
        said = request.embed or (request.messages if request.messages is not None else request.prompt)
        seed = (self._settings.seed, said, sorted(request.sampling.items()), request.attempt, request.score)
        dice = Dice(*seed)
        if seconds := self._delay(Dice(*seed, "delay")):
            await asyncio.sleep(seconds)
        if self._settings.transient:
            self._maybe_fail(seed)
        if request.embed is not None:
            return embed(request.embed, self.model)
        if request.score is not None:
            return self._reply(request, request.score, dice)
        way = self._way(dice.unit())
        if way == "permanent":
            raise CallFailed("The server answered 400: the mock refuses this request for good.")
        return self._reply(request, self._text(request, way, dice), dice, way == "garbled")

    def _maybe_fail(self, seed: tuple[Any, ...]) -> None:
        """Fail this attempt or not: the k-th attempt of a request always ends the same way."""
        name = hash(str(seed))
        attempt = self._tries[name] = self._tries.get(name, 0) + 1
        if Dice(*seed, "attempt", attempt).unit() < self._settings.transient:
            said = "The server answered 429: the mock is busy."
            raise TransientCallError(said, self._settings.retry_after, "overload")
        del self._tries[name]

    def _delay(self, dice: Dice) -> float:
        settings = self._settings
        if not settings.latency:
            return 0.0
        # Box-Muller; the mock may not use a generator that other calls share.
        normal = math.sqrt(-2 * math.log(1 - dice.unit())) * math.cos(2 * math.pi * dice.unit())
        factor = settings.tail_factor if dice.unit() < settings.tail else 1.0
        return settings.latency * math.exp(settings.jitter * normal) * factor

    def _way(self, share: float) -> str:
        """Return the way in which a reply is bad, "" for a good one."""
        for way in WAYS:
            share -= getattr(self._settings, way)
            if share < 0:
                return way
        return ""

    def _text(self, request: Request, way: str, dice: Dice) -> str:
        if way == "refusal":
            return dice.pick(REFUSALS)
        if way == "garbled":
            return " ".join(dice.pick(NOUNS)[dice.below(3) :] for _ in range(6)) + " the the the the the the"
        if way == "off_topic":
            return f"{sentence(dice)} {sentence(dice)}"
        if way in ("empty", "short"):
            return "" if way == "empty" else "Yes."
        return play(request, dice, self._settings.near_duplicate, 60 if way == "long" else 2 + dice.below(5))

    def _reply(self, request: Request, text: str, dice: Dice, garbled: bool = False) -> Reply:
        text, finish = _cut(text, request.sampling)
        said = sum(len(message["content"]) for message in request.messages or ()) + len(request.prompt or "")
        wanted = request.logprobs or request.score is not None
        return Reply(
            text=text,
            finish_reason=finish,
            logprob=(-4.0 if garbled else -0.15 - 0.9 * dice.unit()) if wanted else None,
            usage=Usage(1 + said // CHARS_A_TOKEN, len(text) // CHARS_A_TOKEN + (finish != "length")),
            model=self.model,
        )


def _cut(text: str, sampling: Mapping[str, Any]) -> tuple[str, str]:
    """Cut a text at the first stop string, then at max_tokens; returns it with its finish reason."""
    stop = sampling.get("stop") or ()
    for mark in (stop,) if isinstance(stop, str) else stop:
        text = text.split(mark, 1)[0]
    limit = sampling.get("max_tokens")
    if limit is not None and len(text) > limit * CHARS_A_TOKEN:
        return text[: limit * CHARS_A_TOKEN], "length"
    return text, "stop"
