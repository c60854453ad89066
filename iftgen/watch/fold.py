"""What the events of a run add up to."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from iftgen.watch.fields import UNSUITABLE, backends, counts, number, optional, paid, texts, whole, words
from iftgen.watch.pace import Pace
from iftgen.watch.view import RunView

# Errors that are kept for show, the latest.
ERRORS = 50
Event = Mapping[str, Any]
Act = Callable[[RunView, Event], RunView]


class Fold:
    """Takes in the events of a run one by one; `view` is the state after them."""

    def __init__(self) -> None:
        """Begin before the first event."""
        self.view = RunView()
        self.last = 0.0
        self.pace = Pace()
        self._begun = self._before = 0.0
        self._acts: Mapping[Any, Act] = {
            "start": self._start,
            "quotas": self._quotas,
            "progress": self._progress,
            "stopping": self._stopping,
            "retry": self._retry,
            "failure": self._failure,
            "limit": self._limit,
            "steer": self._steer,
            "end": self._end,
        }

    def take(self, event: Mapping[str, Any]) -> None:
        """Let one event act; kinds that are not known, and events that lack what their kind has, are left out."""
        try:
            self.last = number(event.get("time", self.last))
            act = self._acts.get(event.get("event"))
            if act is not None:
                self.view = act(self.view, event)
        except UNSUITABLE:
            return
        if self._begun:
            self.view = replace(self.view, elapsed=self._before + self.last - self._begun)

    def _start(self, view: RunView, event: Event) -> RunView:
        made = backends(event.get("backends"))
        view = replace(
            view,
            status="running",
            message="",
            target=optional(event.get("target")),
            rows=optional(event.get("rows")),
            models=texts(event.get("models")),
            note=str(event.get("note", "")),
            filters=words(event.get("filters")),
            quotas=counts(event.get("quotas")),
            backends=made,
            most=max((one["concurrency"] for one in made.values() if one["concurrency"]), default=None),
            overrides=words(event.get("overrides")),
            method=str(event.get("method", "")),
            pid=optional(event.get("pid")),
            given_up={},
        )
        self._before, self._begun = view.elapsed, self.last
        self.pace.begin(self.last)
        return view

    def _quotas(self, view: RunView, event: Event) -> RunView:
        return replace(view, quotas=counts(event["quotas"]), given_up=counts(event.get("given_up")))

    def _progress(self, view: RunView, event: Event) -> RunView:
        spent = paid(event.get("paid"))
        tokens = spent.get("prompt_tokens", 0) + spent.get("completion_tokens", 0)
        accepted, rejected, failed = (whole(event[key]) for key in ("accepted", "rejected", "failed"))
        status = "paused" if event.get("paused") else "running" if view.status != "stopping" else view.status
        cost = event.get("cost_usd")
        view = replace(
            view,
            status=status,
            accepted=accepted,
            rejected=rejected,
            failed=failed,
            in_flight=whole(event["in_flight"]),
            by_filter=counts(event["by_filter"]),
            tokens=whole(event.get("tokens", 0)),
            cost=None if cost is None else number(cost),
            paid=spent,
            calling=whole(event.get("concurrency", view.calling)),
            limit=optional(event.get("limit", view.limit)),
        )
        self.pace.note(self.last, accepted, accepted + rejected + failed, tokens)
        rate, token_rate = self.pace.now()
        left = _to_come(view)
        steady = self.pace.steady()
        remaining = left / steady if left is not None and steady > 0 else None
        return replace(view, rate=rate, token_rate=token_rate, remaining=remaining)

    def _stopping(self, view: RunView, event: Event) -> RunView:
        return replace(view, status="stopping")

    def _retry(self, view: RunView, event: Event) -> RunView:
        kind = str(event.get("kind", "error"))
        retries = {**view.retries, kind: view.retries.get(kind, 0) + 1}
        return replace(view, retries=retries, errors=self._noted(view, str(event.get("reason", kind))))

    def _failure(self, view: RunView, event: Event) -> RunView:
        errors = self._noted(view, str(event.get("error", "")))
        return replace(view, failures=view.failures + 1, errors=errors)

    def _limit(self, view: RunView, event: Event) -> RunView:
        return replace(view, limit=optional(event.get("concurrency", view.limit)))

    def _steer(self, view: RunView, event: Event) -> RunView:
        """Note what was steered; what was refused changes nothing."""
        change = {} if event.get("refused") else event.get("change") or {}
        most = optional(change.get("concurrency", view.most))
        return replace(view, most=most, steered=(*view.steered, event))

    def _end(self, view: RunView, event: Event) -> RunView:
        reached = {"accepted": view.accepted, "rejected": view.rejected, "failed": view.failed}
        reached |= {key: whole(count) for key, count in (event.get("counts") or {}).items() if key in reached}
        return replace(
            view,
            status=str(event.get("status", "completed")),
            message=str(event.get("message", "")),
            accepted=reached["accepted"],
            rejected=reached["rejected"],
            failed=reached["failed"],
            in_flight=0,
            calling=0,
            rate=self.pace.overall(),
            token_rate=0.0,
            remaining=None,
        )

    def _noted(self, view: RunView, text: str) -> tuple[tuple[float, str], ...]:
        return (*view.errors[1 - ERRORS :], (self.last, text))


def _to_come(view: RunView) -> float | None:
    """Return how many examples will still be accepted; of the rows of a file as many of each hundred as before."""
    if view.rows is not None:
        return max(0, view.rows - view.candidates) * (view.acceptance or 0.0)
    return max(0, view.target - view.accepted) if view.target is not None else None
