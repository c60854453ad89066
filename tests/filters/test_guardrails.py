import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from iftgen.errors import ConfigError, IftgenError
from iftgen.filters import Guardrails
from tests.filters.rows import row


@pytest.fixture(scope="module", autouse=True)
def validators() -> Iterator[None]:
    from iftgen.filters.guardrails import _guardrails

    base = _guardrails()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from guardrails.classes.validation.validation_result import FailResult, PassResult

    @base.register_validator(name="iftgen/min-words", data_type="string")
    class MinWords(base.Validator):  # type: ignore[misc, name-defined]
        def __init__(self, count: int = 2, on_fail: Any = None) -> None:
            super().__init__(on_fail=on_fail, count=count)
            self.count = count

        def _validate(self, value: str, metadata: dict[str, Any]) -> Any:
            if value == "boom":
                raise ZeroDivisionError("no words at all")
            few = len(value.split()) < self.count
            return FailResult(error_message=f"needs {self.count} words") if few else PassResult()

    yield
    del base.validators_registry["iftgen/min-words"]


def test_response_that_the_validator_refuses_is_rejected() -> None:
    verdict = Guardrails(validator="iftgen/min-words", arguments={"count": 3}).check(row(output="two words"))
    assert verdict.reason == "iftgen/min-words refuses the output: needs 3 words"
    assert verdict.stage == "response"
    assert Guardrails(validator="iftgen/min-words").check(row(output="two words")).keep


def test_instruction_and_input_are_validated_early() -> None:
    early = Guardrails(validator="iftgen/min-words", field="input")
    assert early.check_instruction(row(input="one")).stage == "instruction"
    assert not early.check_instruction(row(input="one")).keep
    assert early.check(row(output="one")).keep


def test_validator_that_raises_is_a_clear_error() -> None:
    with pytest.raises(
        IftgenError, match="min-words failed on the output of row 0: ZeroDivisionError: no words at all"
    ):
        Guardrails(validator="iftgen/min-words").check(row(output="boom"))


def test_unknown_validator_lists_the_registered_ones_and_the_way_to_install() -> None:
    with pytest.raises(ConfigError) as caught:
        Guardrails(validator="iftgen/minwords")
    assert "Did you mean 'iftgen/min-words'? Allowed: iftgen/min-words." in str(caught.value)
    assert "pip install guardrails-ai-valid-length" in str(caught.value)


@pytest.mark.parametrize("name", ["guardrails/no_such_thing", "json.JSONDecoder", "no_such_package.Thing", "plain", ""])
def test_what_is_no_validator_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"filters\.guardrails\.validator: there is no validator"):
        Guardrails(validator=name)


def test_wrong_argument_of_the_validator_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"iftgen/min-words refuses \{'cuont': 3\}.*unexpected keyword"):
        Guardrails(validator="iftgen/min-words", arguments={"cuont": 3})


SILENT = """
import socket
calls = []
def refuse(*arguments, **more):
    calls.append(arguments)
    raise OSError("no network")
socket.getaddrinfo = socket.socket.connect = refuse
from iftgen.filters.guardrails import Guardrails, _guardrails
from iftgen.types import Candidate
base = _guardrails()
from guardrails.classes.validation.validation_result import PassResult
base.register_validator(name="a/b", data_type="string")(lambda value, metadata: PassResult())
assert Guardrails(validator="a/b").check(Candidate(index=0, output="x")).keep
from guardrails.settings import settings
assert settings.rc.enable_metrics is False
assert not calls, calls
"""


def test_nothing_is_looked_up_on_the_network() -> None:
    done = subprocess.run([sys.executable, "-c", SILENT], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
