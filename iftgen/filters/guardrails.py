"""Filter `guardrails`: any validator of guardrails-ai."""

import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, Literal

from iftgen.errors import ConfigError, IftgenError, choices
from iftgen.filters.base import Filter
from iftgen.types import Candidate, Stage, Verdict

INSTALL = "Validators are packages: `pip install guardrails-ai-valid-length` brings `guardrails/valid_length`."


class Guardrails(Filter):
    """A validator of guardrails-ai accepts the text.

    The validator is built once and called directly, without a Guard; guardrails' telemetry is switched off.
    A validator that raises stops the run: its verdict is not known.

    validator: a registered name (`guardrails/valid_length`) or the import path of a Validator class; a path outside
        iftgen and guardrails needs its package under `plugins`.
    arguments: keyword arguments of the validator.
    field: which text is validated: instruction, input (both before the response is paid for) or output.
    """

    name = "guardrails"

    def __init__(
        self,
        *,
        validator: str,
        arguments: Mapping[str, Any] | None = None,
        field: Literal["instruction", "input", "output"] = "output",
    ) -> None:
        self.require(field in ("instruction", "input", "output"), "field", field, "instruction, input or output")
        self.validator = validator
        self.field = field
        self._validate = _build(validator, {str(key): value for key, value in (arguments or {}).items()}).validate

    @classmethod
    def imports(cls, arguments: Mapping[str, Any]) -> Sequence[str]:
        """The validator, where it is given as an import path."""
        name = str(arguments.get("validator", ""))
        return () if "/" in name or "." not in name else (name,)

    def check_instruction(self, row: Candidate) -> Verdict:
        """Validate the instruction or the input."""
        return self._judge(row, "instruction") if self.field != "output" else self.keep(stage="instruction")

    def check(self, row: Candidate) -> Verdict:
        """Validate the response."""
        return self._judge(row, "response") if self.field == "output" else self.keep()

    def _judge(self, row: Candidate, stage: Stage) -> Verdict:
        try:
            result = self._validate(getattr(row, self.field), {})
            passed = result.outcome == "pass"
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            raise IftgenError(
                f"filters.{self.label}: the validator {self.validator} failed on the {self.field} of row {row.index}:"
                f" {told}. Mend the validator or its arguments, or take the filter out of the stack."
            ) from error
        if passed:
            return self.keep(stage=stage)
        why = getattr(result, "error_message", "") or "no reason was given"
        return self.reject(f"{self.validator} refuses the {self.field}: {why}", stage=stage)


def _build(name: str, arguments: dict[str, Any]) -> Any:
    validator = _find(name)
    try:
        return validator(**arguments, on_fail="noop")
    except Exception as error:
        raise ConfigError(f"filters.guardrails.arguments: {name} refuses {arguments}: {error}.") from None


def _find(name: str) -> Any:
    """Return the validator class of that name or import path."""
    base = _guardrails()
    known = base.validators_registry
    name = name.removeprefix("hub://")
    if name not in known and "/" in name:
        _import(f"guardrails_ai.{name.rsplit('/', 1)[1].replace('-', '_')}", name)
    if name in known:
        return known[name]
    module, _, attribute = name.rpartition(".")
    found = getattr(_import(module, name), attribute, None) if module and "/" not in name else None
    if isinstance(found, type) and issubclass(found, base.Validator):
        return found
    raise ConfigError(f"filters.guardrails.validator: there is no validator {name!r}.{choices(name, known)} {INSTALL}")


def _import(module: str, name: str) -> Any:
    """Import a module that may be missing; raises ConfigError where something that it needs is missing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(module)
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(f"{error.name}.")):
            return None
        raise ConfigError(f"filters.guardrails.validator: {name} needs the package {error.name}: install it.") from None


@cache
def _guardrails() -> Any:
    """Import guardrails with its telemetry off, and return the module that holds validators and their registry."""
    with warnings.catch_warnings(), _hidden("nltk"):
        warnings.simplefilter("ignore")
        rc = import_module("guardrails.classes.rc").RC
        # Every Guard and Validator reads the settings through RC.load: switching off settings.rc alone does not last.
        rc.load = classmethod(lambda cls, logger=None: cls.from_dict({"enable_metrics": False}))
        import_module("guardrails.settings").settings.rc = rc.load()
        return import_module("guardrails.validator_base")


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Make a package look missing: guardrails downloads data at import where it finds nltk."""
    missing = object()
    before: Any = sys.modules.get(package, missing)
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
        if before is not missing:
            sys.modules[package] = before
