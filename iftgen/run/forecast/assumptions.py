"""What a forecast assumes of a backend before anything was measured. Every number here is shown to the user."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from iftgen.backends import BackendSpec
from iftgen.plan import PRIOR_RATE
from iftgen.run.forecast.ranges import Range

# Tokens of a reply where the backend sets no limit.
NO_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed of one backend.

    `acceptance` is the share of candidates that pass the filters, quotas aside; `early` is the share of the rejected
    that fall before a response is paid for. `instruction` and `response` are completion tokens of one text; a reply can
    be as long as its `max_tokens`. `wait` is in seconds a call; `reading` and `writing` are tokens a second, of one
    call, or of one process where `shared` says that its calls share the processor. `marks` are the tokens that a chat
    template adds to each message.
    """

    acceptance: Range
    early: float
    instruction: Range
    response: Range
    wait: Range
    reading: Range
    writing: Range
    bytes_a_token: float = 4.0
    marks: float = 4.0
    shared: bool = False
    source: str = ""

    def seconds(self, prompt: Range, completion: Range) -> Range:
        """Return the seconds of a call with so many tokens; the fast side of each speed belongs to the low side."""
        return Range(
            self.wait.low + prompt.low / self.reading.low + completion.low / self.writing.low,
            self.wait.expected + prompt.expected / self.reading.expected + completion.expected / self.writing.expected,
            self.wait.high + prompt.high / self.reading.high + completion.high / self.writing.high,
        )


AT_ONCE = Range.just(math.inf)

REMOTE = Assumptions(
    acceptance=Range(0.9, PRIOR_RATE, 0.6),
    early=0.5,
    instruction=Range(30, 60, 120),
    response=Range(100, 300, NO_LIMIT),
    wait=Range(0.3, 0.8, 2.0),
    reading=AT_ONCE,
    writing=Range(150, 70, 30),
    source="a guess for chat models in general, which --pilot 20 replaces",
)

EMBEDDED = Assumptions(
    acceptance=Range(0.8, 0.66, 0.5),
    early=0.75,
    instruction=Range(9, 12, 20),
    response=Range(10, 16, 40),
    wait=Range.just(0.02),
    reading=Range(700, 460, 250),
    writing=Range(80, 60, 35),
    bytes_a_token=3.65,
    shared=True,
    source="measured with the starter tasks on two cores",
)

MOCK = Assumptions(
    acceptance=Range(0.85, 0.8, 0.75),
    early=0.4,
    instruction=Range(38, 45, 60),
    response=Range(70, 80, 100),
    wait=Range(),
    reading=AT_ONCE,
    writing=AT_ONCE,
    marks=0.0,
    source="measured at the rates that the mock has by default",
)


def assume(spec: BackendSpec) -> Assumptions:
    """Return what is assumed of a backend."""
    if spec.client == "embedded":
        return EMBEDDED
    if spec.client == "mock":
        return _mock(spec.mock)
    return REMOTE


def _mock(values: Mapping[str, float | None]) -> Assumptions:
    """Return the mock's assumptions with the delays that it was told to have: a log-normal one with a tail."""
    from iftgen.backends.mock import make_settings

    settings = make_settings(values)
    mean = settings.latency * math.exp(settings.jitter**2 / 2) * (1 + settings.tail * (settings.tail_factor - 1))
    return replace(MOCK, wait=Range(min(settings.latency, mean), mean, 2 * mean))
