"""Lengths, tokens, cost and diversity."""

from math import fsum
from typing import TYPE_CHECKING, Any

from iftgen.stats.frames import TEXTS, TOKENS

if TYPE_CHECKING:
    import polars as pl


# Rows whose n-grams are in memory at once.
SLICE = 10_000


def lengths(accepted: "pl.DataFrame") -> dict[str, dict[str, float] | None]:
    """Return the spread of words (runs of characters without white space) of each text; empty inputs do not count."""
    return {name: _spread(accepted[f"{name}_words"], skip_empty=name == "input") for name in TEXTS}


def usage(rows: "pl.DataFrame") -> dict[str, Any]:
    """Return tokens and cost of accepted and rejected rows; the cost is None as soon as one row has no price."""
    import polars as pl

    paid = rows.filter(pl.col("outcome") != "failed")
    accepted = int((paid["outcome"] == "accepted").sum())
    cost = None if paid["cost_usd"].null_count() else round(fsum(paid["cost_usd"]), 9)
    return {
        **{name: int(paid[name].sum()) for name in TOKENS},
        "cost_usd": cost,
        "cost_usd_per_example": round(cost / accepted, 9) if cost is not None and accepted else None,
    }


def diversity(instructions: "pl.Series") -> dict[str, float | None]:
    """Return distinct-1 and distinct-2: different n-grams of words / all n-grams (Li et al. 2016), case ignored.

    N-grams are counted by a 64-bit hash, a slice of the rows at a time, so that they are never all in memory.
    """
    import polars as pl

    starts = range(0, max(1, instructions.len()), SLICE)
    parts = [_ngrams(instructions.slice(start, SLICE)) for start in starts]
    words, pairs = (pl.concat(column) for column in zip(*parts, strict=True))
    return {"distinct_1": _distinct(words), "distinct_2": _distinct(pairs)}


def _ngrams(instructions: "pl.Series") -> tuple["pl.Series", "pl.Series"]:
    """Return the hashes of all words and of all pairs of words that follow each other."""
    import polars as pl

    words = instructions.str.to_lowercase().str.extract_all(r"\w+").alias("word")
    table = words.to_frame().with_row_index("row").explode("word").drop_nulls("word")
    following = pl.when(pl.col("row") == pl.col("row").shift(-1)).then(pl.col("word").shift(-1))
    pairs = table.select(pl.concat_str("word", following, separator=" ").alias("pair")).drop_nulls()["pair"]
    return table["word"].hash(), pairs.hash()


def _spread(words: "pl.Series", skip_empty: bool) -> dict[str, float] | None:
    counted = words.filter(words > 0) if skip_empty else words
    if not counted.len():
        return None
    values: dict[str, Any] = {
        "min": counted.min(),
        "p5": counted.quantile(0.05, "linear"),
        "median": counted.median(),
        "mean": counted.mean(),
        "p95": counted.quantile(0.95, "linear"),
        "max": counted.max(),
    }
    return {name: round(float(value), 1) for name, value in values.items()}


def _distinct(items: "pl.Series") -> float | None:
    return round(items.n_unique() / items.len(), 4) if items.len() else None
