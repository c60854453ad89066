"""Sentences on where the process is systematically wrong, as far as there are enough reviews to say so."""

from collections.abc import Mapping

from iftgen.review.agreement import Agreement
from iftgen.review.judged import NO_QUALITY
from iftgen.review.shares import Share, wilson

# Reviews of a group before anything is said of it.
ENOUGH = 5
# Below this kappa agreement is at best "fair" (Landis and Koch 1977, Biometrics 33, 159-174).
FAIR = 0.4
HALF = 0.5


def findings(
    filters: Mapping[str, Share], categories: Mapping[str, Share], tasks: Mapping[str, Share], agreement: Agreement
) -> list[str]:
    """Return the sentences, or one that says that nothing stands out or that more reviews are needed.

    Of filters the rejections judged right are given, of categories and tasks the accepted rows judged good. A group is
    named where its interval lies below one half, or below the interval of all others together.
    """
    filters = {name: share for name, share in filters.items() if name not in NO_QUALITY}
    named = [name for name in tasks if _is_low(name, tasks)]
    # A category says nothing new where one of its tasks is named, or where it is a task itself.
    wider = [name for name in categories if name not in tasks and not any(n.startswith(f"{name}/") for n in named)]
    found = [_strict(name, filters[name]) for name in filters if _is_low(name, filters)]
    found += [_lax(f"all of {name}", categories[name]) for name in wider if _is_low(name, categories)]
    found += [_lax(name, tasks[name]) for name in named]
    kappa = agreement.mean_kappa
    if kappa is not None and kappa < FAIR and sum(pair.rows for pair in agreement.pairs) >= 2 * ENOUGH:
        found.append(f"The reviewers agree little (mean kappa {kappa:.2f}): settle first what good means, then go on.")
    return found or [_nothing(filters, categories)]


def _is_low(name: str, groups: Mapping[str, Share]) -> bool:
    share = groups[name]
    if share.high is None or share.reviewed < ENOUGH:
        return False
    others = [other for key, other in groups.items() if key != name]
    hits, total = sum(other.hits for other in others), sum(other.reviewed for other in others)
    return share.high < HALF or (total >= ENOUGH and share.high < wilson(hits, total)[0])


def _strict(name: str, share: Share) -> str:
    return (
        f"{name}: {_wrong(share)} rejections that were reviewed should have been accepted{_interval(share)}: "
        "it is too strict; change its settings, or leave it out."
    )


def _lax(name: str, share: Share) -> str:
    return (
        f"{name}: {_wrong(share)} accepted rows that were reviewed are bad{_interval(share)}: "
        "look at its prompt and seeds, or add a filter for what is wrong."
    )


def _nothing(filters: Mapping[str, Share], categories: Mapping[str, Share]) -> str:
    groups = [*filters.values(), *categories.values()]
    enough = sum(share.reviewed >= ENOUGH for share in groups)
    if not enough:
        return f"Too few reviews to say where the run is wrong: a filter or a category needs at least {ENOUGH}."
    return (
        f"Nothing stands out as systematically wrong; {enough} of {len(groups)} filters and categories have "
        f"{ENOUGH} reviews or more, and only of these could it be said."
    )


def _wrong(share: Share) -> str:
    return f"{share.reviewed - share.hits} of the {share.reviewed}"


def _interval(share: Share) -> str:
    """The interval of what is wrong, from that of what is right."""
    low, high = 1 - (share.high or 0.0), 1 - (share.low or 0.0)
    return f" (95% interval {low:.0%} to {high:.0%})"
