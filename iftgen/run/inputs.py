"""The files behind a config, and what a role is asked with: each is read from the settings alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iftgen.backends import BackendSpec
from iftgen.errors import ConfigError, choices
from iftgen.methods.base import RoleSpec
from iftgen.prompts import Prompts
from iftgen.seeds import load_seeds, resolve_seed_paths
from iftgen.taxonomy import Taxonomy, load_taxonomy
from iftgen.types import Role

SAMPLING = ("temperature", "top_p", "max_tokens")


@dataclass(frozen=True)
class Places:
    """Where files are looked up: the folders of the config, the user's own first."""

    conf_dirs: tuple[Path, ...]

    def find(self, name: str, group: str, key: str) -> Path:
        """Return the file: as given, else in the folder of its group; raises ConfigError."""
        tried = [Path(name).expanduser(), *(folder / group / name for folder in self.conf_dirs)]
        for path in tried:
            if path.is_file():
                return path
        raise ConfigError(f"{key}: there is no file {name!r}. Looked at: {', '.join(map(str, tried))}.")


def section(settings: Mapping[str, Any], role: Role) -> str:
    """Return the section of the config that names the backend of a role."""
    return "backend" if settings["roles"][role].get("name") in (None, "inherit") else f"roles.{role}"


def prompts_of(settings: Mapping[str, Any], places: Places) -> Prompts:
    own = settings["prompt"]["dir"]
    folders = [folder / "prompt" for folder in places.conf_dirs]
    if own is not None:
        path = Path(own).expanduser()
        if not path.is_dir():
            raise ConfigError(f"prompt.dir: {own!r} is not a folder. Give the folder that holds chat/ or completion/.")
        folders.insert(0, path)
    return Prompts(tuple(folder for folder in folders if folder.is_dir()))


def role_of(role: Role, spec: BackendSpec, settings: Mapping[str, Any], overrides: Sequence[str]) -> RoleSpec:
    named = section(settings, role) != "backend"
    prefixes = (f"roles.{role}.",) if named else (f"roles.{role}.", "backend.")
    forced = {
        key: getattr(spec, key)
        for key in SAMPLING
        if any(override.lstrip("+").startswith(f"{prefix}{key}=") for prefix in prefixes for override in overrides)
    }
    style = settings["prompt"]["style"] or spec.prompt
    if style not in ("chat", "completion"):
        raise ConfigError(f"prompt.style: {style!r} is not allowed.{choices(str(style), ('chat', 'completion'))}")
    return RoleSpec(role, spec.model, style, spec.sampling(), forced, frozenset(spec.features))


def taxonomy_of(settings: Mapping[str, Any], writer: BackendSpec, places: Places) -> Taxonomy:
    conf = settings["taxonomy"]
    name = conf["path"]
    if name == "auto":
        name = "starter.tasks.yml" if writer.client == "embedded" else "general.tasks.yml"
    path = places.find(name, "taxonomy", "taxonomy.path")
    return load_taxonomy(path, conf["include"], conf["exclude"], conf["weights"], conf["attributes"])


def seeds_of(
    settings: Mapping[str, Any], overrides: Sequence[str], taxonomy: Taxonomy, places: Places, source: Path | None
) -> tuple[Any, ...]:
    conf = settings["seeds"]
    asked = any(override.lstrip("+~").startswith("seeds") for override in overrides)
    if source is not None and not asked:
        return ()  # an existing dataset is not to be compared with the seeds that come with iftgen
    paths = resolve_seed_paths(conf["paths"], conf["path"], places.conf_dirs[-1])
    if conf["path"] and not load_seeds(paths[-1:], taxonomy.tasks):
        some = ", ".join(list(taxonomy.tasks)[:5])
        raise ConfigError(f"seeds.path: no row of {conf['path']} is for a task of the taxonomy, such as {some}.")
    return load_seeds(paths, taxonomy.tasks)
