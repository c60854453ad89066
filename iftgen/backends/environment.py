"""What a backend needs from the machine: its key, its packages, its weights. Checked before any call."""

from importlib.util import find_spec

from iftgen.backends.spec import BackendSpec
from iftgen.errors import UserError


def check_environment(spec: BackendSpec, prefix: str = "backend") -> None:
    """Raise UserError with the command that helps where a key, a package or the weights are missing."""
    if spec.api_key_env and spec.api_key() is None:
        raise UserError(
            f"{prefix}.api_key_env: the environment variable {spec.api_key_env} is empty or not set; "
            f"backend {spec.name!r} needs a key. Run `export {spec.api_key_env}=...` first."
        )
    if spec.client == "litellm" and find_spec("litellm") is None:
        raise UserError(f"{prefix}.client: litellm is not installed. Run `pip install 'litellm>=1.100,<1.107'`.")
    if spec.client == "embedded":
        from iftgen.backends.embedded import check_server

        check_server(spec.server, f"{prefix}.server")
    if spec.model.startswith("bedrock/") and find_spec("boto3") is None:
        raise UserError(f"{prefix}.model: {spec.model!r} needs the package boto3. Run `pip install boto3`.")
