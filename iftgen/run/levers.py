"""The levers of a live run: what each of them does, and which keys of the config it changes."""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from iftgen.run.accounts import Accounts
from iftgen.run.budget import check_budget
from iftgen.run.checks import asked
from iftgen.run.engine import Engine
from iftgen.run.guards import Alarm
from iftgen.run.inputs import section
from iftgen.run.models import Models
from iftgen.run.setup import Setup
from iftgen.run.steering import Lever
from iftgen.store.control import WHOLE, Control, Stop
from iftgen.types import ROLES


class Levers:
    """Acts on a run that is on its way.

    `finishing` says that the run is to be complete with what there is. `asked_to_stop` says that the whole sweep is to
    end, as after Ctrl-C.
    """

    def __init__(
        self,
        setup: Setup,
        accounts: Accounts,
        models: Models,
        engine: Engine,
        emit: Callable[..., None],
    ) -> None:
        """Take the parts."""
        self.finishing = self.asked_to_stop = False
        self.alarm = Alarm(accounts.seconds_left)
        self._setup, self._accounts, self._models, self._engine, self._emit = setup, accounts, models, engine, emit
        self._work: asyncio.Task[Any] | None = None

    def all(self) -> Mapping[str, Lever]:
        """Return the levers by field of Control, and that of the sweep; call it in the task that may be cancelled."""
        self._work = asyncio.current_task()
        return {
            "paused": self._pause,
            "concurrency": self._resize,
            "budget": self._recap,
            "finish": self._finish,
            "stop": self._stop,
            "sweep": self._stop_sweep,
        }

    def in_force(self) -> Control:
        """Return what the config says of what can be steered."""
        widths = {self._setup.specs[role].concurrency for role, _ in asked(self._setup)}
        caps = {key: cap for key, cap in dataclasses.asdict(self._accounts.caps).items() if cap is not None}
        return Control(concurrency=widths.pop() if len(widths) == 1 else None, budget=caps)

    def on_signal(self) -> None:
        """Stop in order, and the sweep with it."""
        self._stop_sweep("graceful")

    def _pause(self, paused: bool) -> dict[str, Any]:
        self._models.pause(paused)
        self._engine.pause(paused)
        return {}

    def _resize(self, concurrency: int) -> dict[str, Any]:
        self._models.resize(concurrency)
        own = [role for role in ROLES if self._is_own(role)]
        return {f"{place}.concurrency": concurrency for place in ("backend", *(f"roles.{role}" for role in own))}

    def _is_own(self, role: Any) -> bool:
        """Tell whether the concurrency of a role is not that of `backend`."""
        settings = self._setup.settings
        return section(settings, role) != "backend" or settings["roles"][role].get("concurrency") is not None

    def _recap(self, caps: Mapping[str, float]) -> dict[str, Any]:
        wanted = {key: int(cap) if key in WHOLE else cap for key, cap in caps.items()}
        check_budget(wanted, self._setup.specs, asked(self._setup))
        self._accounts.recap(wanted)
        self.alarm.set()
        self._models.look()
        return {f"budget.{key}": cap for key, cap in wanted.items()}

    def _finish(self, wanted: bool) -> dict[str, Any]:
        """End with what there is; where there is nothing yet, the run is only stopped."""
        self._end(finishing=True)
        return {}

    def _stop(self, how: Stop) -> dict[str, Any]:
        self._end(finishing=False)
        if how == "now" and self._work is not None:
            self._work.cancel()
        return {}

    def _stop_sweep(self, how: Stop) -> dict[str, Any]:
        self.asked_to_stop = True
        return self._stop(how)

    def _end(self, finishing: bool) -> None:
        """Draw and send nothing more; what was asked for last decides what the end is called."""
        self.finishing = finishing
        if not self._engine.stopping:
            self._emit("stopping", calls=self._models.in_flight)
        self._engine.stop()
