"""Checks of a setup that is whole: of prompts, of what its filters need, and of the roles that will be asked."""

import re
from typing import TYPE_CHECKING

from iftgen.backends import check_environment
from iftgen.errors import ConfigError, UserError
from iftgen.methods.answer import Answer
from iftgen.run.budget import check_budget
from iftgen.run.embedding import api_of, check_embedder
from iftgen.run.inputs import section
from iftgen.store.calls.open import check_url
from iftgen.types import ROLES, Role

if TYPE_CHECKING:
    from iftgen.run.setup import Setup


def check(setup: "Setup", keys_needed: bool) -> None:
    """Raise ConfigError or UserError for what cannot be; `keys_needed` as in `prepare`."""
    _check_prompts(setup)
    _check_features(setup)
    _check_calls(setup, keys_needed)


def asked(setup: "Setup") -> list[tuple[Role, str]]:
    """Return the roles that will be asked, each with the section of the config that names its backend."""
    return [(role, section(setup.settings, role)) for role in _asked(setup)]


def _asked(setup: "Setup") -> tuple[Role, ...]:
    writing: set[Role] = {"instruction", "response"} if setup.source is None else set()
    if setup.unanswered:
        writing.add("response")
    writing |= {one.role for one in setup.stack.all() if one.role is not None}
    return tuple(role for role in ROLES if role in writing)


def _check_prompts(setup: "Setup") -> None:
    """Compile the templates, and read what the tasks say of prompts."""
    for role in setup.roles.values():
        setup.prompts.check(role.style)
    answer = Answer(samples=setup.settings["method"]["samples"], choose=setup.settings["method"]["choose"])
    for task in setup.taxonomy.tasks.values():
        try:
            answer.spec(task.answer, False)
        except UserError as error:
            raise ConfigError(f"task {task.name!r}: {error}") from None


def _check_features(setup: "Setup") -> None:
    """Refuse a filter whose backend cannot do what it needs."""
    for one in setup.stack.all():
        spec = setup.specs[one.role] if one.role is not None else None
        if spec is not None and not one.features <= set(spec.features):
            raise ConfigError(
                f"filters.{one.label} needs log-probabilities of given text, which the backend {spec.name!r} (role "
                f"{one.role}) does not give. Let another one do it: backend@roles.{one.role}=embedded (or vllm); a "
                f"llama.cpp server of yours: roles.{one.role}.features=[score] roles.{one.role}.client=direct."
            )


def _check_calls(setup: "Setup", keys_needed: bool) -> None:
    """Check key variables, packages and budget of the roles that will be asked."""
    for role, named in asked(setup) if keys_needed else ():
        check_environment(setup.specs[role], named)
    check_embedder(setup.embedder, setup.stack, keys_needed)
    check_budget(setup.settings["budget"], setup.specs, asked(setup), api_of(setup.embedder))
    url = setup.settings["calls"]["url"]
    if url is not None and re.search(r"://[^/@]*:[^/@]+@", url):
        raise ConfigError("calls.url: it holds a password. Leave it out, and export IFTGEN_REDIS_PASSWORD.")
    if url is not None:
        check_url(url)
