"""Where a run keeps its replies and its books, and what it paid: its own, or those of the sweep that it is a job of."""

import contextlib
import dataclasses
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from iftgen.errors import RunError, UserError
from iftgen.run.embedding import api_of
from iftgen.run.models import Models
from iftgen.run.rows import Bill
from iftgen.run.setup import Setup
from iftgen.store.calls.open import is_url, open_calls
from iftgen.store.charges import NOTHING, PICO, Caps, Charge
from iftgen.store.ledger import Ledger
from iftgen.store.vectors import FILE as EMBEDDINGS
from iftgen.store.vectors import VectorStore
from iftgen.types import Usage

CALLS, LEDGER = "calls.sqlite", "ledger.sqlite"


class Accounts:
    """The call store and the ledger of a run, open from `with` to its end.

    A ledger is kept where there is a budget, or where the jobs of a sweep share the limits of a backend.
    """

    def __init__(self, setup: Setup, folder: Path, sweep: Path | None, manifest: Mapping[str, Any] | None) -> None:
        """Open nothing yet; the manifest is that of the run before it was resumed."""
        self.manifest = manifest or {}
        self.setup, self.folder, self.sweep = setup, folder, sweep
        self.caps = Caps(**setup.settings["budget"])
        self.home = sweep or folder
        self.where: str | Path = setup.settings["calls"]["url"] or self.home / CALLS
        self.ledger: Ledger | None = None
        self.vectors: VectorStore | None = None

    def __enter__(self) -> "Accounts":
        """Open store and ledger; raises RunError or UserError."""
        with contextlib.ExitStack() as opened:
            self.store = open_calls(self.where, shared=self.sweep is not None)
            opened.callback(self.store.close)
            if self.setup.embedder is not None:
                self.vectors = VectorStore(self.home / EMBEDDINGS, self.setup.embedder.identity)
                opened.callback(self.vectors.close)
            self.before = self._totals() if self.own else self.manifest.get("paid")
            place = self.home / LEDGER
            if self.sweep is not None or self.caps != Caps() or place.exists():
                self._check_priced(place)
                opening = _charge(_bill(self.before)) if self.before and self.sweep is None else NOTHING
                self.ledger = Ledger(place, self.caps, opening=opening, seconds=self.manifest.get("seconds", 0.0))
                opened.callback(self.ledger.close)
            self._opened = opened.pop_all()
        return self

    def _check_priced(self, ledger: Path) -> None:
        """Raise UserError where a dollar budget comes after calls whose price nobody knows."""
        if self.caps.usd is not None and self.before and self.before["cost_usd"] is None and not ledger.exists():
            raise UserError(
                f"budget.usd: {self.before['calls']:,} calls of this run were made at an unknown price, so "
                "that dollars cannot be counted. Limit budget.tokens or budget.calls instead."
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both."""
        self._opened.close()

    @property
    def own(self) -> bool:
        """Whether the store holds the calls of this run alone."""
        return self.sweep is None and not is_url(self.where)

    def models(self, on_event: Callable[..., Any]) -> Models:
        """Return the models of the run, whose calls are kept and counted here."""
        embedder = api_of(self.setup.embedder)
        return Models(
            self.setup.specs, self.store, on_event,
            ledger=self.ledger, shared=self.sweep is not None, embedder=embedder,
        )  # fmt: skip

    def places(self, folder: Path) -> dict[str, Any]:
        """Return where store and sweep are, as the manifest names them: seen from the folder."""
        store = self.store.place
        return {
            "call_store": store if is_url(store) else os.path.relpath(store, folder),
            "sweep": os.path.relpath(self.sweep, folder) if self.sweep is not None else None,
        }

    def recap(self, caps: Mapping[str, float]) -> None:
        """Change caps by key while the run goes on; raises UserError where they cannot be kept."""
        if self.ledger is None:
            wishes = " ".join(f"budget.{key}={cap}" for key, cap in caps.items())
            raise UserError(
                "this run began without a budget and keeps no books of what it spends. Stop it, then: "
                f"iftgen resume {self.folder} {wishes}"
            )
        if "usd" in caps and self.ledger.spent().usd is None:
            raise UserError("calls of this run were made at an unknown price, so that dollars cannot be counted.")
        self.caps = self.ledger.caps = Caps(**{**dataclasses.asdict(self.caps), **caps})

    def seconds_left(self) -> float | None:
        """Return the seconds that the budget leaves, None where it sets no limit to time."""
        return self.ledger.seconds_left() if self.ledger is not None else None

    def live(self, fresh: Bill) -> dict[str, Any]:
        """Return what was paid so far, of which `fresh` in this process, and the caps of the budget."""
        bill = fresh + _bill(self.before) if self.before else fresh
        caps = {key: value for key, value in dataclasses.asdict(self.caps).items() if value is not None}
        if not caps or self.ledger is None:
            return _json(bill)
        spent = self.ledger.spent()
        used = {"usd": spent.usd, "tokens": spent.tokens, "calls": spent.calls, "minutes": spent.seconds / 60}
        return {**_json(bill), "budget": {key: [used[key], cap] for key, cap in caps.items()}}

    def _totals(self) -> dict[str, Any]:
        """Return what the run paid: for replies, and for vectors."""
        replies = self.store.totals()
        if self.vectors is None:
            return replies
        of = self.vectors.totals()
        return _json(_bill(replies) + Bill(of.calls, Usage(of.tokens), of.cost_usd))

    def final(self, models: Models, used: Bill) -> dict[str, Any]:
        """Return what the manifest says of money: paid, surplus (paid for and in no row), spent of the budget.

        A job of a sweep knows of what it bought itself, not what the others will use of it.
        """
        fresh = models.paid + _bill(self.before) if self.before else models.paid
        found: dict[str, Any] = {"paid": _json(fresh), "surplus": None, "budget": None, "calls_digest": None}
        with contextlib.suppress(RunError, sqlite3.Error):  # a damaged store must not keep the manifest from its end
            found["budget"] = self.live(models.paid).get("budget")
            if self.own:
                found["paid"] = self._totals()
                # What was embedded is in no row, and no surplus: the vectors of all rows are of use.
                found |= {"surplus": _surplus(_bill(self.store.totals()), used), "calls_digest": self.store.digest()}
        return found


def _json(bill: Bill) -> dict[str, Any]:
    return {
        "calls": bill.calls,
        "prompt_tokens": bill.usage.prompt_tokens,
        "completion_tokens": bill.usage.completion_tokens,
        "cost_usd": bill.cost_usd,
    }


def _bill(totals: dict[str, Any]) -> Bill:
    usage = Usage(totals["prompt_tokens"], totals["completion_tokens"])
    return Bill(totals["calls"], usage, totals["cost_usd"])


def _charge(bill: Bill) -> Charge:
    """Return what a run paid before it had a budget."""
    tokens = bill.usage.prompt_tokens + bill.usage.completion_tokens
    return Charge(bill.calls, tokens, None if bill.cost_usd is None else round(bill.cost_usd * PICO))


def _surplus(paid: Bill, used: Bill) -> dict[str, Any]:
    """Return what was paid for and is in no row: replies beyond the last example that was needed."""
    known = paid.cost_usd is not None and used.cost_usd is not None
    return {
        "calls": max(0, paid.calls - used.calls),
        "prompt_tokens": max(0, paid.usage.prompt_tokens - used.usage.prompt_tokens),
        "completion_tokens": max(0, paid.usage.completion_tokens - used.usage.completion_tokens),
        "cost_usd": max(0.0, round((paid.cost_usd or 0) - (used.cost_usd or 0), 10)) if known else None,
    }
