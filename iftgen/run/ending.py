"""How a run ended: its status, exit code, and the words for the user."""

from dataclasses import dataclass
from pathlib import Path

from iftgen.run.counts import Counts
from iftgen.run.setup import Setup
from iftgen.run.source import count_rows

EXIT_CODES = {"completed": 0, "failed": 1, "stopped": 3, "exhausted": 3, "budget_exhausted": 3}


@dataclass(frozen=True)
class Result:
    """How a run ended; `message` is the last line for the user.

    `fresh` is False where nothing was left to do, `stop_asked` is True after a signal, also where nothing was missing.
    """

    status: str
    counts: Counts
    message: str = ""
    fresh: bool = True
    stop_asked: bool = False

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        return EXIT_CODES[self.status]


def finished_early(counts: Counts, setup: Setup, folder: Path) -> str:
    """Return that a run was finished with what there was, and how to have the rest of it."""
    all_of_it = "null" if setup.target is None else str(setup.target)
    if setup.source is None:
        told = f"{counts.examples} of {setup.share} examples"
    else:
        told = f"{counts.candidates} of {setup.own_rows} rows"
    return f"finished early, as asked: {told}; more: iftgen resume {folder} num_examples={all_of_it}"


def explain(status: str, counts: Counts, setup: Setup, folder: Path) -> str:
    """Return why a run ended short of what was asked for, and what to do; empty where it did not."""
    if status == "stopped":
        return f"{counts.examples} examples so far; `iftgen resume {folder}` goes on"
    if status == "exhausted":
        return _exhausted(counts, setup.share, folder)
    if counts.failed and status == "completed":
        return f"the calls of {counts.failed} candidates failed for good; the errors are in {folder / 'failed.jsonl'}"
    if setup.source is not None and counts.candidates and counts.by_filter.get("answer") == counts.candidates:
        if setup.unanswered:
            return f"no row has a usable response, whatever the model replied; see {folder / 'rejected.jsonl'}"
        return f"no row has a response{_how_to_ask(setup)}"
    if setup.target is not None and setup.source is not None and setup.rows < setup.target:
        return f"the file holds {setup.rows} rows, {setup.target} were asked for"
    return ""


def _how_to_ask(setup: Setup) -> str:
    """Return the value that has all rows answered; none does where they are conversations, which are taken as they are.

    Reading the file once more is no matter: it happens only where nothing came of it.
    """
    conf = setup.settings["method"]
    for value in ("missing", "empty"):
        if setup.source is not None and count_rows(setup.source, {**conf, "answer": value}) == (setup.rows, setup.rows):
            return f"; method.answer={value} asks {setup.specs['response'].model} for them"
    return ""


def go_on(cap: str, folder: Path) -> str:
    """Return how to go on after a budget was spent."""
    return f"With more: iftgen resume {folder} budget.{cap}=..."


def _exhausted(counts: Counts, target: int | None, folder: Path) -> str:
    """Name what rejected most, or where the errors are."""
    if counts.failed > counts.rejected:
        return (
            f"only {counts.examples} of {target} examples: the calls of {counts.failed} of {counts.candidates} "
            f"candidates failed for good; the errors are in {folder / 'failed.jsonl'}"
        )
    if not counts.rejected:
        return f"only {counts.examples} of {target} examples: max_candidates allows no more than {counts.candidates}"
    worst = sorted(counts.by_filter.items(), key=lambda item: (-item[1], item[0]))[:3]
    most = ", ".join(f"{name} {number}" for name, number in worst) or "nothing"
    if worst and worst[0][0] == "parse":
        return (
            f"only {counts.examples} of {target} examples after {counts.candidates} candidates: {worst[0][1]} could "
            f"not be read from the replies; what the model wrote is in {folder / 'rejected.jsonl'} (extra.iftgen.reply)"
        )
    return (
        f"only {counts.examples} of {target} examples after {counts.candidates} candidates; "
        f"rejected most: {most}. Loosen that filter, choose other tasks, or raise max_candidates"
    )
