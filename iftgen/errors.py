"""The errors of iftgen.

    IftgenError                 anything below; printed without a traceback
    ├── UserError               bad input that can be checked without a call (exit code 2)
    │   ├── ConfigError         a key, value, option or override of the config
    │   └── DataError           a dataset, seed or taxonomy file: names file, line and reason
    ├── BackendError            a backend that is dead or refuses (exit code 1)
    │   └── BackendRefused      the server says no for good: key, model or address is wrong
    ├── CallFailed              one call that failed for good; its draw is written to failed.jsonl
    ├── TransientCallError      one call that may succeed when it is tried again
    ├── BudgetSpent             the next call does not fit into the budget (exit code 3)
    └── RunError                the run folder cannot be used or written (exit code 1)

A bad reply of a model is never an error: it is a rejected candidate with a reason.
"""

from collections.abc import Iterable


class IftgenError(Exception):
    """Base of all errors that the user can understand and mend."""

    exit_code = 1


class UserError(IftgenError):
    """Bad input: the message says what, where, what is allowed and how to fix it."""

    exit_code = 2


class ConfigError(UserError):
    """A wrong key, value, option or override."""


class DataError(UserError):
    """A bad row or file, named with its line."""


class BackendError(IftgenError):
    """The backend cannot be used: it is dead, or it does not answer."""


class BackendRefused(BackendError):
    """The server answered and refused for good (401, 403, 404): retrying cannot help."""


class CallFailed(IftgenError):
    """One call failed for good while the backend as a whole is alive."""


class TransientCallError(IftgenError):
    """A call that may succeed later (429, 5xx, time-out, a cut connection).

    `retry_after` is the number of seconds that the server asked for, if it did. `kind` is `overload` (429, 503),
    `timeout`, `cut` (the connection was lost under way), `unreachable`, `malformed` or `server` (5xx).
    """

    def __init__(self, message: str, retry_after: float | None = None, kind: str = "server") -> None:
        """Keep the server's wish and the kind beside the message."""
        super().__init__(message)
        self.retry_after = retry_after
        self.kind = kind


class BudgetSpent(IftgenError):
    """The next call does not fit into what may still be spent: the run ends and can be resumed.

    `cap` is the key under `budget` that was reached: usd, tokens, calls or minutes.
    """

    exit_code = 3

    def __init__(self, message: str, cap: str) -> None:
        """Keep the cap beside the message."""
        super().__init__(message)
        self.cap = cap


class RunError(IftgenError):
    """The run folder is not what it should be, or cannot be written."""


# A list of names that is longer than this is shown in part.
MOST_SHOWN = 40


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word nearest to `word`, or None when none is near (similarity below 0.6)."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    hit = process.extractOne(word, list(allowed), scorer=JaroWinkler.normalized_similarity, score_cutoff=0.75)
    return str(hit[0]) if hit else None


def choices(word: str, allowed: Iterable[str]) -> str:
    """Return the tail of a message: the nearest match, if any, and the sorted list of what is allowed.

    Of a long list only the names most like the word are shown.
    """
    names = sorted(allowed)
    near = nearest(word, names)
    hint = f" Did you mean {near!r}?" if near else ""
    if len(names) > MOST_SHOWN:
        from rapidfuzz import process

        alike = sorted(str(hit[0]) for hit in process.extract(word, names, limit=MOST_SHOWN // 4))
        return f"{hint} Allowed are {len(names)} names, the most alike: {', '.join(alike)}."
    return f"{hint} Allowed: {', '.join(names) if names else '(nothing)'}."
