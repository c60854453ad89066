"""Counts by task, category, attribute, filter and reason."""

from typing import TYPE_CHECKING, Any

from iftgen.stats.frames import OUTCOMES

if TYPE_CHECKING:
    import polars as pl

# Reasons differ in numbers and quoted text; without these they group.
QUOTED = r"""\B'[^']*'\B|"[^"]*"|“[^”]*”"""
NUMBER = r"\b\d+(?:[.,]\d+)*\b"
TOP_REASONS = 5


def tally(rows: "pl.DataFrame", key: "str | pl.Expr") -> dict[str, dict[str, Any]]:
    """Return outcomes and acceptance by the values of `key`, sorted; rows where it is null are left out."""
    import polars as pl

    value = (pl.col(key) if isinstance(key, str) else key).alias("value")
    counts = [(pl.col("outcome") == outcome).sum().alias(outcome) for outcome in OUTCOMES]
    groups = rows.select(value, "outcome").drop_nulls("value").group_by("value").agg(counts).sort("value")
    return {group.pop("value"): with_acceptance(group) for group in groups.to_dicts()}


def totals(rows: "pl.DataFrame") -> dict[str, Any]:
    """Return candidates = accepted + rejected + failed, and the acceptance."""
    counts = {outcome: int((rows["outcome"] == outcome).sum()) for outcome in OUTCOMES}
    return {"candidates": rows.height, **with_acceptance(counts)}


def with_acceptance(counts: dict[str, int]) -> dict[str, Any]:
    """Add accepted / (accepted + rejected + failed), None where there is nothing."""
    whole = sum(counts.values())
    return {**counts, "acceptance": round(counts["accepted"] / whole, 4) if whole else None}


def by_attribute(rows: "pl.DataFrame", names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return the tally of each attribute that has a value somewhere."""
    import polars as pl

    tallies = {name: tally(rows, pl.col("attributes").struct.field(name)) for name in names}
    return {name: values for name, values in tallies.items() if values}


def by_filter(rows: "pl.DataFrame") -> dict[str, dict[str, Any]]:
    """Return for each filter how many rows it rejected, its share of all rejections, and its top reasons."""
    import polars as pl

    quiet = pl.col("reason").str.replace_all(QUOTED, "'…'").str.replace_all(NUMBER, "N")
    rejected = rows.filter(pl.col("outcome") == "rejected").select("filter", quiet)
    groups = rejected.group_by("filter", "reason").agg(pl.len().alias("count"))
    ordered = groups.sort(["filter", "count", "reason"], descending=[False, True, False])
    result: dict[str, dict[str, Any]] = {}
    for name, reason, count in ordered.rows():
        entry = result.setdefault(name, {"rejected": 0, "share": 0.0, "reasons": []})
        entry["rejected"] += count
        if len(entry["reasons"]) < TOP_REASONS:
            entry["reasons"].append({"reason": reason, "count": count})
    for entry in result.values():
        entry["share"] = round(entry["rejected"] / rejected.height, 4)
    return result
