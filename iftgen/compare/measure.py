"""The figures of one run."""

from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from iftgen.compare import bootstrap
from iftgen.compare.bootstrap import Sample, sample
from iftgen.compare.folders import Source
from iftgen.compare.meaning import nearest_cosines
from iftgen.compare.nearest import nearest
from iftgen.compare.ngrams import distinct
from iftgen.compare.rows import Rows, read
from iftgen.compare.values import NOTHING, Diversity, Estimate, Lengths, Run

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def measured(source: Source, name: str, config: dict[str, str]) -> tuple[Run, dict[str, Sample]]:
    """Read the rows of a run and count; raises DataError where a row file is damaged.

    Returned beside the run are the figures that may be compared in pairs.
    """
    rows = read(source.folder)
    seconds = source.manifest.get("seconds")
    block = block_of(source)
    samples: dict[str, Sample] = {}
    acceptance, tokens_each, cost_each = _each_candidate(rows, block, samples)
    counted = {**_counts(rows), **_accepted(source, rows.accepted, block, samples)}
    run = Run(
        name=name,
        folder=source.folder,
        status=source.status,
        config=config,
        target=_whole(source.manifest.get("num_examples")),
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
        acceptance=acceptance,
        tokens_each=tokens_each,
        cost_each=cost_each,
        **counted,
    )
    return run, samples


def block_of(source: Source) -> int:
    """Return how many candidates a call is asked for; the rows of a file have nothing to do with each other."""
    plan = source.manifest.get("plan") or {}
    each = plan.get("method.per_call")
    return each if isinstance(each, int) and each > 0 and plan.get("method.name") != "file" else 1


def _counts(rows: Rows) -> dict[str, Any]:
    costs = rows.all["cost_usd"]
    return {
        "candidates": rows.all.height,
        "accepted": rows.accepted.height,
        "rejected": rows.rejected,
        "failed": rows.failed,
        "rejected_by": rows.rejected_by,
        "prompt_tokens": int(rows.all["prompt_tokens"].sum()),
        "completion_tokens": int(rows.all["completion_tokens"].sum()),
        "cost_usd": None if costs.null_count() or not len(costs) else round(fsum(costs), 9),
    }


def _each_candidate(rows: Rows, block: int, samples: dict[str, Sample]) -> tuple[Estimate, Estimate, Estimate]:
    """Return acceptance, and tokens and dollars for each accepted row: those of rejected rows are paid for too."""
    accepted, ones = _floats(rows.all["accepted"]), np.ones(rows.all.height)
    tokens = _floats(rows.all["prompt_tokens"] + rows.all["completion_tokens"])
    costs = rows.all["cost_usd"]
    pairs = [(accepted, ones), (tokens, accepted)]
    if not costs.null_count():
        pairs.append((_floats(costs), accepted))
    blocks = _whole_numbers(rows.all["index"]) // block
    samples |= {name: sample(*pair, blocks) for name, pair in zip(("acceptance", "tokens_each"), pairs, strict=False)}
    acceptance, each, *cost = bootstrap.ratios(pairs, blocks)
    return acceptance, each, cost[0] if cost else NOTHING


def _accepted(source: Source, rows: "pl.DataFrame", block: int, samples: dict[str, Sample]) -> dict[str, Any]:
    """Return lengths, diversity and judge score of the accepted rows."""
    blocks = _whole_numbers(rows["index"]) // block
    judged = rows["judge"].is_not_null().to_numpy()
    return {
        "instruction": _lengths(_floats(rows["instruction_words"]), blocks),
        "response": _lengths(_floats(rows["output_words"]), blocks),
        "diversity": _diversity(source, rows["instruction"], blocks, samples),
        "judge": bootstrap.mean(_floats(rows["judge"].drop_nulls()), blocks[judged]),
    }


def _diversity(source: Source, instructions: "pl.Series", blocks: Ints, samples: dict[str, Sample]) -> Diversity:
    single, pairs, triples = distinct(instructions)
    near = nearest(instructions.to_list())
    cosines = nearest_cosines(source, instructions.to_list())
    every = len(near) == len(blocks)
    samples["distinct_2"] = sample(*pairs, blocks)
    if every:
        samples["nearest"] = sample(near, np.ones(len(near)), blocks)
    return Diversity(
        distinct_1=_ratio(*single),
        distinct_2=bootstrap.ratios([pairs], blocks)[0],
        distinct_3=_ratio(*triples),
        nearest=bootstrap.mean(near, blocks if every else None),
        nearest_p95=_quantile(near, 0.95),
        cosine=bootstrap.mean(cosines, blocks if len(cosines) == len(blocks) else None),
        cosine_p95=_quantile(cosines, 0.95),
        compared=len(near),
    )


def _lengths(words: Floats, blocks: Ints) -> Lengths:
    return Lengths(bootstrap.mean(words, blocks), _quantile(words, 0.5), _quantile(words, 0.95))


def _quantile(values: Floats, share: float) -> float | None:
    return float(np.quantile(values, share)) if len(values) else None


def _ratio(parts: Floats, whole: Floats) -> float | None:
    total = float(whole.sum())
    return float(parts.sum()) / total if total else None


def _floats(column: "pl.Series") -> Floats:
    return column.to_numpy().astype(np.float64)


def _whole_numbers(column: "pl.Series") -> Ints:
    return column.to_numpy().astype(np.int64)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None
