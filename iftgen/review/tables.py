"""The summary of the reviews as aligned plain text for a terminal."""

import textwrap
from collections.abc import Mapping

from iftgen.review.reasons import Reason
from iftgen.review.shares import Share
from iftgen.review.summary import Outcomes, Summary
from iftgen.stats.tables import plain, table

MOST_REASONS = 15
# Reviews of a task before it has a line of its own.
LEAST = 5
SHARES = ("share", "95% interval", "in the run")
NOTE = (
    "share: of the rows reviewed, with its Wilson interval. in the run: the estimate for all rows, weighted by the "
    "size of the strata, as a sample holds more of the small ones; strata are the tasks (categories, where many tasks "
    "have no review), for all rejections the filters. *: strata with over a tenth of the rows have no review yet."
)


def render(summary: Summary, width: int = 100) -> str:
    """Return the tables, no line wider than `width` columns as far as the numbers allow."""
    if not summary.reviewers:
        return "\n".join(textwrap.wrap(_none(summary), width)) + "\n"
    shown = {name: share for name, share in summary.filters.items() if share.reviewed}
    blocks = [
        "\n".join(line for sentence in summary.findings for line in _item(sentence, width)),
        table(("outcome", "rows", "reviewed", "right", *SHARES), _outcomes(summary), width),
        table(("rejections of filter", "reviewed", "bad", *SHARES), _rows(shown), width),
        "\n".join(textwrap.wrap(NOTE, width)),
        _groups("category", summary.categories, 1, width),
        _groups(f"task ({LEAST} reviews or more)", _tasks(summary), LEAST, width),
        _reviewers(summary, width),
        _pairs(summary, width),
        table(("reason", "given", "stands out in"), map(_reason, summary.reasons[:MOST_REASONS]), width),
        _unknown(summary),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _outcomes(summary: Summary) -> list[tuple[object, ...]]:
    sizes = (summary.sizes["examples"], summary.sizes["rejected"])
    named = zip(("accepted, judged good", "rejected, judged bad"), sizes, strict=True)
    shares = (summary.accepted, summary.rejected)
    return [(name, size, *_cells(share)) for (name, size), share in zip(named, shares, strict=True)]


def _rows(shares: Mapping[str, Share]) -> list[tuple[object, ...]]:
    return [(name, *_cells(share)) for name, share in shares.items()]


def _cells(share: Share) -> tuple[object, ...]:
    return share.reviewed, share.hits, _percent(share.share), _interval(share), _weighted(share)


def _tasks(summary: Summary) -> dict[str, Outcomes]:
    return {name: outcomes for name, outcomes in summary.tasks.items() if name not in summary.categories}


def _groups(title: str, groups: Mapping[str, Outcomes], least: int, width: int) -> str:
    rows = [
        (name, *_group_cells(outcomes.accepted), *_group_cells(outcomes.rejected))
        for name, outcomes in groups.items()
        if outcomes.reviewed >= least
    ]
    return table((title, "accepted", "good", "95%", "rejected", "bad", "95%"), rows, width)


def _group_cells(share: Share) -> tuple[object, ...]:
    return share.reviewed, _percent(share.share), _interval(share)


def _reviewers(summary: Summary, width: int) -> str:
    rows = [(name, done.good, done.bad, done.skip, done.edited) for name, done in summary.reviewers.items()]
    return table(("reviewer", "good", "bad", "skipped", "edited"), rows, width)


def _pairs(summary: Summary, width: int) -> str:
    agreement = summary.agreement
    rows: list[tuple[object, ...]] = [
        (f"{pair.first}, {pair.second}", pair.rows, _percent(pair.agreed / pair.rows), _kappa(pair.kappa))
        for pair in agreement.pairs
    ]
    if not rows:
        return ""
    if len(rows) > 1:
        rows.append(("mean", None, None, _kappa(agreement.mean_kappa)))
    lines = table(("both reviewed", "rows", "agree", "Cohen's kappa"), rows, width)
    ties = f"; tied, so that the run's own judgement stands: {agreement.ties}" if agreement.ties else ""
    return f"{lines}\nrows in conflict: {agreement.conflicts}{ties}"


def _reason(reason: Reason) -> tuple[object, ...]:
    places = [f"{name} ({number})" for name, number in [*reason.filters.items(), *reason.tasks.items()]]
    return reason.reason, reason.count, ", ".join(places[:2]) or None


def _item(sentence: str, width: int) -> list[str]:
    return textwrap.wrap(plain(sentence), width, initial_indent="- ", subsequent_indent="  ")


def _none(summary: Summary) -> str:
    sizes = summary.sizes
    return (
        f"No reviews yet of {sizes['examples']:,} accepted and {sizes['rejected']:,} rejected rows. "
        "`iftgen review` in a terminal shows a sample of them to judge."
    )


def _unknown(summary: Summary) -> str:
    return f"{summary.unknown} of the reviewed rows are not in this run." if summary.unknown else ""


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{value:.0%}"


def _interval(share: Share) -> str | None:
    return None if share.low is None or share.high is None else f"{share.low:.0%} to {share.high:.0%}"


def _weighted(share: Share) -> str | None:
    if share.weighted is None or share.covered is None:
        return None
    return f"{share.weighted:.0%}{'' if share.covered >= 0.9 else ' *'}"


def _kappa(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
