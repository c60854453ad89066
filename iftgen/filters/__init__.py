"""Filters: each one check, in its own file, imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from iftgen.filters.base import Filter, MemoryFilter
from iftgen.types import Verdict

if TYPE_CHECKING:
    from iftgen.filters.agreement import Agreement
    from iftgen.filters.count import Count
    from iftgen.filters.echo import Echo
    from iftgen.filters.exact_duplicate import ExactDuplicate
    from iftgen.filters.format import Format
    from iftgen.filters.guardrails import Guardrails
    from iftgen.filters.language import Language
    from iftgen.filters.length import Length
    from iftgen.filters.logprob import Logprob
    from iftgen.filters.near_duplicate import NearDuplicate
    from iftgen.filters.refusal import Refusal
    from iftgen.filters.repetition import Repetition
    from iftgen.filters.truncated import Truncated

__all__ = [
    "FILTERS",
    "Agreement",
    "Count",
    "Echo",
    "ExactDuplicate",
    "Filter",
    "Format",
    "Guardrails",
    "Language",
    "Length",
    "Logprob",
    "MemoryFilter",
    "NearDuplicate",
    "Refusal",
    "Repetition",
    "Truncated",
    "Verdict",
    "describe",
]

FILTERS: dict[str, str] = {
    "agreement": "iftgen.filters.agreement.Agreement",
    "count": "iftgen.filters.count.Count",
    "echo": "iftgen.filters.echo.Echo",
    "exact_duplicate": "iftgen.filters.exact_duplicate.ExactDuplicate",
    "format": "iftgen.filters.format.Format",
    "guardrails": "iftgen.filters.guardrails.Guardrails",
    "language": "iftgen.filters.language.Language",
    "length": "iftgen.filters.length.Length",
    "logprob": "iftgen.filters.logprob.Logprob",
    "near_duplicate": "iftgen.filters.near_duplicate.NearDuplicate",
    "refusal": "iftgen.filters.refusal.Refusal",
    "repetition": "iftgen.filters.repetition.Repetition",
    "truncated": "iftgen.filters.truncated.Truncated",
}
_CLASSES = {path.rpartition(".")[2]: path.rpartition(".")[0] for path in FILTERS.values()}


def describe() -> list[tuple[str, str, dict[str, Any]]]:
    """Return name, one-line help and arguments with their defaults (`???` where one is needed) of every filter."""
    from iftgen.filters.arguments import parameters

    table = []
    for name, path in FILTERS.items():
        kind = __getattr__(path.rpartition(".")[2])
        defaults = {key: "???" if one.default is one.empty else one.default for key, one in parameters(kind).items()}
        table.append((name, (kind.__doc__ or "").strip().partition("\n")[0], defaults))
    return table


def __getattr__(name: str) -> Any:
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_CLASSES[name]), name)
