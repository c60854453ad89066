"""The numbers of a run that a viewer shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Statuses of a run that goes on; the others are those of the manifest, and `killed`.
LIVE = ("starting", "running", "paused", "stopping", "silent")


def asked_models(
    models: Mapping[str, str], rows: int | None, backends: Mapping[str, Mapping[str, Any]] | None
) -> list[str]:
    """Return the models that a run asks, by what its start told: of a run over a file those of its backends."""
    if rows is None:
        return list(dict.fromkeys(models.values()))
    return list(dict.fromkeys(str(one.get("model", "")) for one in (backends or {}).values()))


@dataclass(frozen=True)
class RunView:
    """A run at one moment.

    `status` is starting, running, paused, stopping, silent (no event for long) or killed, else as in the manifest.
    `elapsed` and `remaining` are in seconds; `remaining`, `target`, `cost` are None where they are not known. `rows` is
    the number of rows of a file that are judged, None where the rows are made.
    `rate` is accepted examples a second and `token_rate` tokens a second, both over the last moments (over the whole
    time once the run has ended). `paid` is what was paid for so far: calls, prompt_tokens, completion_tokens, cost_usd,
    and under `budget` for each cap what of it is used. `note` tells which rows
    of a file a model is asked for. `calling` of at most `limit` calls are in flight; `most`
    is the concurrency that was set, for each backend.
    """

    status: str = "starting"
    message: str = ""
    target: int | None = None
    rows: int | None = None
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    in_flight: int = 0
    by_filter: Mapping[str, int] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)
    given_up: Mapping[str, int] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    backends: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    method: str = ""
    cost: float | None = None
    tokens: int = 0
    paid: Mapping[str, Any] = field(default_factory=dict)
    calling: int = 0
    limit: int | None = None
    most: int | None = None
    retries: Mapping[str, int] = field(default_factory=dict)
    failures: int = 0
    errors: tuple[tuple[float, str], ...] = ()
    steered: tuple[Mapping[str, Any], ...] = ()
    elapsed: float = 0.0
    rate: float = 0.0
    token_rate: float = 0.0
    remaining: float | None = None
    pid: int | None = None

    @property
    def candidates(self) -> int:
        """All that were judged or failed."""
        return self.accepted + self.rejected + self.failed

    @property
    def asked(self) -> list[str]:
        """The models that are asked, each once; none where the rows of a file are judged without one."""
        return asked_models(self.models, self.rows, self.backends)

    @property
    def share_done(self) -> float | None:
        """The part of what is wanted that is there: rows that were judged, or accepted examples."""
        if self.rows:
            return self.candidates / self.rows
        return self.accepted / self.target if self.target else None

    @property
    def live(self) -> bool:
        """Whether the run goes on, as far as one can tell."""
        return self.status in LIVE

    @property
    def acceptance(self) -> float | None:
        """The share of accepted candidates."""
        return self.accepted / self.candidates if self.candidates else None

    @property
    def cost_each(self) -> float | None:
        """Dollars an accepted example, by what was paid so far."""
        paid = self.paid.get("cost_usd")
        return paid / self.accepted if paid and self.accepted else None
