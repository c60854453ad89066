"""The keys of a backend: what is refused, what is inherited, and that no key is ever printed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from iftgen.backends import check_environment, make_client, make_spec
from iftgen.errors import ConfigError, UserError

CONF = Path(__file__).parents[2] / "conf" / "backend"
BASE: dict[str, Any] = {"name": "openai", "model": "openai/gpt-5-mini"}


@pytest.mark.parametrize("path", sorted(CONF.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_backend_of_the_config_is_valid(path: Path) -> None:
    values = yaml.safe_load(path.read_text())
    if path.stem == "openai_compatible":
        values |= {"model": "m", "api_base": "http://127.0.0.1:1/v1"}
    spec = make_spec(values, parent=BASE)
    assert spec.name == ("openai" if path.stem == "inherit" else path.stem)
    assert make_client(spec).model == spec.model


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"temperature": 3}, "backend.temperature: 3 is not a number of at least 0 and at most 2."),
        ({"top_p": 0}, "backend.top_p: 0 is not a number above 0 and at most 1."),
        ({"max_tokens": 1.5}, "backend.max_tokens: 1.5 is not a whole number of at least 1."),
        ({"concurrency": True}, "backend.concurrency: True is not a whole number"),
        ({"price": {"input": -1}}, "backend.price.input: -1 is not a number of at least 0."),
        ({"price": {"inptu": 1}}, "Did you mean 'input'?"),
        ({"client": "litelm"}, "Did you mean 'litellm'?"),
        ({"features": ["seeds"]}, "backend.features: 'seeds' is not allowed. Did you mean 'seed'?"),
        ({"modell": "x"}, "backend.modell: there is no such key. Did you mean 'model'?"),
        ({"model": " "}, "backend.model: a non-empty text is needed"),
        ({"client": "direct"}, "backend.api_base: backend 'openai' needs the address of its server"),
        ({"api_base": "localhost:80"}, "backend.api_base: 'localhost:80' is no address."),
        ({"extra": {"stream": True}}, "backend.extra.stream: iftgen sets this key itself."),
        ({"server": {"slots": 2}}, "backend.server: only the embedded backend"),
        ({"client": "embedded", "server": {"slot": 2}}, "Did you mean 'slots'?"),
        ({"mock": {"seed": 2}}, "backend.mock: only the mock backend"),
        ({"client": "mock", "mock": {"refusal": 1.5}}, "backend.mock.refusal: 1.5 is a share of the calls: at most 1."),
        ({"client": "mock", "mock": {"refusal": 0.7, "empty": 0.7}}, "add up to more than 1"),
    ],
)
def test_wrong_values_are_named_with_their_full_key(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_spec({**BASE, **changes})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"api_key_env": "sk-abc123DEF456ghi789"},
        {"extra": {"api_key": "sk-abc123DEF456ghi789"}},
        {"extra": {"headers": {"Authorization": "sk-abc123DEF456ghi789"}}},
        {"extra": {"user": "sk-abc123DEF456ghi789"}},
        {"api_base": "https://me:sk-abc123DEF456ghi789@host/v1"},
        {"api_base": "https://host/v1?api_key=sk-abc123DEF456ghi789"},
    ],
)
def test_a_literal_key_is_refused_and_never_printed(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        make_spec({**BASE, **changes}, "roles.judge")
    assert "abc123" not in str(caught.value)
    assert str(caught.value).startswith("roles.judge.")


def test_a_role_takes_what_is_null_from_the_backend() -> None:
    parent = {**BASE, "temperature": 0.3, "extra": {"min_p": 0.1}, "max_tokens": 99}
    role = make_spec({"name": "inherit", "temperature": 0.9, "max_tokens": None}, "roles.judge", parent)
    assert (role.name, role.temperature, role.max_tokens, role.extra) == ("openai", 0.9, 99, {"min_p": 0.1})
    assert role.sampling() == {"temperature": 0.9, "max_tokens": 99, "min_p": 0.1}


def test_a_role_with_its_own_backend_inherits_nothing() -> None:
    role = make_spec({"name": "own", "model": "m"}, "roles.judge", {**BASE, "temperature": 0.3})
    assert (role.name, role.temperature) == ("own", None)


def test_an_unset_key_variable_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make_spec({**BASE, "api_key_env": "IFTGEN_TEST_KEY"})
    monkeypatch.setenv("IFTGEN_TEST_KEY", " ")
    with pytest.raises(UserError, match=r"IFTGEN_TEST_KEY is empty or not set.*export IFTGEN_TEST_KEY=") as caught:
        check_environment(spec)
    assert caught.value.exit_code == 2
    monkeypatch.setenv("IFTGEN_TEST_KEY", "k")
    check_environment(spec)


def test_what_changes_replies_without_a_request_is_part_of_the_identity() -> None:
    mock = {"name": "mock", "model": "mock", "client": "mock"}
    plain, late, other = (make_spec({**mock, "mock": m}).identity for m in ({}, {"latency": 1}, {"refusal": 0.5}))
    assert plain == late != other
    own = make_spec({"name": "e", "model": "m", "client": "embedded", "server": {"weights": "/a/b.gguf"}})
    assert own.identity == "m:b.gguf"
