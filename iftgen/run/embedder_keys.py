"""The key of an embedding model where the config names no variable for it: LiteLLM knows the one of each provider."""

import os

from iftgen.backends import BackendSpec
from iftgen.errors import UserError

SUFFIX = "_API_KEY"


def check_key(spec: BackendSpec) -> None:
    """Raise UserError where LiteLLM will find no key; not where an address, a cloud login or the like may stand in."""
    provider = spec.model.partition("/")[0]
    if spec.client != "litellm" or spec.api_key_env or spec.api_base or "api_key" in spec.extra:
        return
    if os.environ.get(provider.upper() + SUFFIX):  # spares the import of LiteLLM
        return
    from iftgen.backends.litellm_setup import load_litellm

    lacking = load_litellm(spec.concurrency).validate_environment(model=spec.model)["missing_keys"]
    if lacking and all(name.endswith(SUFFIX) for name in lacking):
        raise UserError(
            f"embedder.api_key_env: the environment variable {' or '.join(sorted(lacking))} is empty or not set; the "
            f"embedder {spec.model!r} needs a key. Run `export {min(lacking)}=...` first, or name the variable that "
            "holds it: embedder.api_key_env=VARIABLE."
        )
