"""Filters: each one check, in a file or package of its own, imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from iftgen.filters.base import Filter, MemoryFilter
from iftgen.types import Verdict

if TYPE_CHECKING:
    from iftgen.filters.agreement import Agreement
    from iftgen.filters.boilerplate import Boilerplate
    from iftgen.filters.conflict import Conflict
    from iftgen.filters.constraints import Constraints
    from iftgen.filters.count import Count
    from iftgen.filters.decontamination import Decontamination
    from iftgen.filters.echo import Echo
    from iftgen.filters.exact_duplicate import ExactDuplicate
    from iftgen.filters.format import Format
    from iftgen.filters.guardrails import Guardrails
    from iftgen.filters.ifd import Ifd
    from iftgen.filters.language import Language
    from iftgen.filters.length import Length
    from iftgen.filters.logprob import Logprob
    from iftgen.filters.naturalness import Naturalness
    from iftgen.filters.near_duplicate import NearDuplicate
    from iftgen.filters.openings import Openings
    from iftgen.filters.pair_duplicate import PairDuplicate
    from iftgen.filters.pii import Pii
    from iftgen.filters.profanity import Profanity
    from iftgen.filters.readability import Readability
    from iftgen.filters.refusal import Refusal
    from iftgen.filters.relevance import Relevance
    from iftgen.filters.repetition import Repetition
    from iftgen.filters.safety import Safety
    from iftgen.filters.semantic_duplicate import SemanticDuplicate
    from iftgen.filters.truncated import Truncated

__all__ = [
    "FILTERS",
    "Agreement",
    "Boilerplate",
    "Conflict",
    "Constraints",
    "Count",
    "Decontamination",
    "Echo",
    "ExactDuplicate",
    "Filter",
    "Format",
    "Guardrails",
    "Ifd",
    "Language",
    "Length",
    "Logprob",
    "MemoryFilter",
    "Naturalness",
    "NearDuplicate",
    "Openings",
    "PairDuplicate",
    "Pii",
    "Profanity",
    "Readability",
    "Refusal",
    "Relevance",
    "Repetition",
    "Safety",
    "SemanticDuplicate",
    "Truncated",
    "Verdict",
    "describe",
]

_NAMES = """
agreement boilerplate conflict constraints count decontamination echo exact_duplicate format guardrails ifd language
length logprob naturalness near_duplicate openings pair_duplicate pii profanity readability refusal relevance
repetition safety semantic_duplicate truncated"""
# The class of each filter by its name: `pair_duplicate` is iftgen.filters.pair_duplicate.PairDuplicate.
FILTERS: dict[str, str] = {name: f"iftgen.filters.{name}.{name.title().replace('_', '')}" for name in _NAMES.split()}
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
