"""What the reviews say of a run: how right its filters are, and how far the reviewers agree."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from iftgen.review.agreement import Agreement, mean_kappa, pairs_of
from iftgen.review.findings import findings
from iftgen.review.judged import Group, Judged, group_of, judged
from iftgen.review.reasons import Reason, recurring
from iftgen.review.shares import Share
from iftgen.store.items import Item, read_items
from iftgen.store.reviews import Decision, Review, Reviewed, decide, latest, read_reviews


@dataclass(frozen=True, slots=True)
class Progress:
    """What one reviewer has done: rows by verdict, rows with an edit, and the time of the last verdict (seconds)."""

    good: int
    bad: int
    skip: int
    edited: int
    last: float


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of a task or category: accepted rows judged good, and rejected rows judged bad."""

    accepted: Share
    rejected: Share

    @property
    def reviewed(self) -> int:
        """The rows with a verdict."""
        return self.accepted.reviewed + self.rejected.reviewed


@dataclass(frozen=True, slots=True)
class Summary:
    """The reviews of a run; `dataclasses.asdict` makes JSON of it. Conflicts are decided by majority, ties left out.

    `sizes` are the rows that the run has, by file. `accepted` is the share of accepted rows judged good, `rejected`
    that of rejected rows judged bad (without those that only were too many), `filters` the same for each filter.
    `unknown` are reviewed rows that the run does not have.
    """

    sizes: dict[str, int]
    accepted: Share
    rejected: Share
    filters: dict[str, Share]
    categories: dict[str, Outcomes]
    tasks: dict[str, Outcomes]
    reviewers: dict[str, Progress]
    agreement: Agreement
    reasons: list[Reason]
    findings: list[str]
    unknown: int


def summarize(folder: Path) -> Summary:
    """Return the summary of a run folder, finished or not; raises RunError where its reviews cannot be read."""
    reviews = read_reviews(folder)
    reviewed = {review.id for review in reviews}
    sizes: Counter[Group] = Counter()
    items: dict[str, Item] = {}
    for kind in get_args(Reviewed):
        for item in read_items(folder, kind):
            sizes[group_of(item)] += 1
            if item.id in reviewed:
                items[item.id] = item
    return summary_of(reviews, items, sizes)


def summary_of(reviews: Sequence[Review], items: Mapping[str, Item], sizes: Mapping[Group, int]) -> Summary:
    """Return the summary; `items` are the reviewed rows by id, `sizes` the number of all rows by group."""
    said, decisions = latest(reviews), decide(reviews)
    rows = judged(decisions, items, sizes)
    filters = {name: _of_filter(rows, name) for name in sorted({g.filter for g in sizes if g.kind == "rejected"})}
    categories = {name: _of_category(rows, name) for name in sorted({group.category for group in sizes})}
    tasks = {name: _of_task(rows, name) for name in sorted({group.task for group in sizes})}
    agreement = _agreement(said, decisions)
    return Summary(
        sizes={kind: sum(n for group, n in sizes.items() if group.kind == kind) for kind in get_args(Reviewed)},
        accepted=rows.share(lambda group: group.kind == "examples", "task", "category"),
        rejected=rows.share(lambda group: group.is_rejection, "filter"),
        filters=filters,
        categories=categories,
        tasks=tasks,
        reviewers=_progress(said),
        agreement=agreement,
        reasons=recurring(said.values(), items),
        findings=findings(filters, _accepted(categories), _accepted(tasks), agreement),
        unknown=sum(row_id not in items for row_id in decisions),
    )


def _of_filter(rows: Judged, name: str) -> Share:
    return rows.share(lambda group: group.kind == "rejected" and group.filter == name, "task", "category")


def _of_category(rows: Judged, name: str) -> Outcomes:
    return Outcomes(
        rows.share(lambda group: group.kind == "examples" and group.category == name, "task"),
        rows.share(lambda group: group.is_rejection and group.category == name, "filter"),
    )


def _of_task(rows: Judged, name: str) -> Outcomes:
    return Outcomes(
        rows.share(lambda group: group.kind == "examples" and group.task == name, "task"),
        rows.share(lambda group: group.is_rejection and group.task == name, "filter"),
    )


def _accepted(groups: Mapping[str, Outcomes]) -> dict[str, Share]:
    return {name: outcomes.accepted for name, outcomes in groups.items()}


def _progress(said: Mapping[tuple[str, str], Review]) -> dict[str, Progress]:
    by_reviewer: dict[str, list[Review]] = {}
    for (reviewer, _), review in said.items():
        by_reviewer.setdefault(reviewer, []).append(review)
    found = {}
    for reviewer, reviews in sorted(by_reviewer.items()):
        verdicts = Counter(review.verdict for review in reviews)
        edits = sum(review.edit is not None for review in reviews)
        last = max(review.time for review in reviews)
        found[reviewer] = Progress(verdicts["good"], verdicts["bad"], verdicts["skip"], edits, last)
    return found


def _agreement(said: Mapping[tuple[str, str], Review], decisions: Mapping[str, Decision]) -> Agreement:
    pairs = pairs_of(said)
    divided = [decision for decision in decisions.values() if decision.divided]
    return Agreement(pairs, mean_kappa(pairs), len(divided), sum(decision.verdict is None for decision in divided))
