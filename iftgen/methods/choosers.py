"""Choosers: which of several answers to the same instruction is kept, and how far they agree."""

from collections.abc import Sequence

from iftgen.methods.words import overlap


def medoid(texts: Sequence[str]) -> tuple[int, float]:
    """Return the index of the text that agrees most with the others, and its mean agreement (F1 of content words)."""
    if len(texts) < 2:
        return 0, 1.0
    means = [_mean([overlap(text, other) for j, other in enumerate(texts) if j != i]) for i, text in enumerate(texts)]
    best = max(range(len(texts)), key=lambda i: means[i])
    return best, means[best]


def likeliest(logprobs: Sequence[float | None]) -> int:
    """Return the index of the highest mean log-probability; the first where there are none."""
    return max(range(len(logprobs)), key=lambda i: -1e9 if (value := logprobs[i]) is None else value)


def majority(outcomes: Sequence[tuple[str, ...]]) -> tuple[int, float]:
    """Return the index of the first outcome that most share, and the share of the others that are equal to it."""
    counts = [sum(other == outcome for other in outcomes) for outcome in outcomes]
    best = max(range(len(outcomes)), key=lambda i: counts[i])
    return best, (counts[best] - 1) / (len(outcomes) - 1) if len(outcomes) > 1 else 1.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
