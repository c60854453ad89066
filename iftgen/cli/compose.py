"""Compose the config before Hydra does, so that a mistake costs nothing and gets one clear message."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from iftgen.config import conf_dir, register, register_resolvers
from iftgen.errors import ConfigError, choices
from iftgen.run.inputs import Places

# More values of one sweep than these are not each checked beforehand: the jobs themselves check theirs.
MOST_VALUES = 50
# Launchers and sweepers of Hydra that come with an extra, and what Hydra says where one is missing.
EXTRAS = {"ray": "ray", "submitit_local": "slurm", "submitit_slurm": "slurm", "optuna": "optuna"}
COLUMNS = "method.columns={instruction: ask, output: reply}"
_PLUGIN = re.compile(r"hydra/(launcher|sweeper)/(\w+)'")


@contextmanager
def composer(config_dirs: Sequence[Path]) -> Iterator["Composer"]:
    """Give a composer over our config and the user's folders."""
    register()
    register_resolvers()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir()), version_base="1.3", job_name="iftgen"):
        yield Composer(tuple(config_dirs))


class Composer:
    """Composes overrides, and explains what is wrong with those that do not compose."""

    def __init__(self, config_dirs: tuple[Path, ...]) -> None:
        """Look first in ours, then in the user's folders, as Hydra does."""
        self.config_dirs = config_dirs
        self.parser = OverridesParser.create()

    def places(self) -> Places:
        """Where data files of the config are looked up, the user's folders first."""
        return Places((*self.config_dirs, conf_dir()))

    def jobs(self, overrides: Sequence[str]) -> list[list[str]]:
        """Return overrides without sweeps that together show every value of every sweep once."""
        parsed = self._parse(overrides)
        self._check_names(parsed)
        spread = [_values(override) for override in parsed]
        first = [values[0] for values in spread]
        jobs = [first]
        for place, values in enumerate(spread):
            jobs += [[*first[:place], value, *first[place + 1 :]] for value in values[1:MOST_VALUES]]
        return jobs

    def compose(self, overrides: Sequence[str]) -> DictConfig:
        """Return the config with Hydra's own part; raises ConfigError that names key, place and what is allowed."""
        try:
            config = self._compose(overrides)
            settings_of(config)
        except (HydraException, OmegaConfBaseException) as error:
            raise self._explained(overrides, error) from None
        except YAMLError as error:
            raise ConfigError(f"An option file is not valid YAML: {' '.join(str(error).split())}") from None
        _check_missing(config)
        return config

    def _compose(self, overrides: Sequence[str]) -> DictConfig:
        paths = [f"file://{folder}" for folder in self.config_dirs]
        own = [f"hydra.searchpath=[{','.join(paths)}]"] if paths else []
        return compose("config", overrides=[*own, *overrides], return_hydra_config=True)

    def _parse(self, overrides: Sequence[str]) -> list[Override]:
        parsed = []
        for text in overrides:
            try:
                parsed += self.parser.parse_overrides([text])
            except HydraException as error:
                first = str(error).splitlines()[0].rstrip(".")
                raise ConfigError(
                    f"Cannot read the override {text!r}: {first}. It has the form key=value; "
                    "put a value with special characters in quotes: 'key=\"a=b\"'."
                ) from None
        return parsed

    def _explained(self, overrides: Sequence[str], error: Exception) -> ConfigError:
        """Find the override that is wrong and say what is allowed in its place."""
        if (plugin := _PLUGIN.search(str(error))) and plugin[2] in EXTRAS:
            extra = EXTRAS[plugin[2]]
            return ConfigError(
                f"hydra/{plugin[1]}={plugin[2]} needs the extra {extra!r}: pip install 'iftgen[{extra}]' "
                f"(in a checkout: uv sync --extra {extra})."
            )
        parsed = self._parse(overrides)
        groups = [override for override in parsed if self._options(override.key_or_group) is not None]
        for override in groups:
            self._check_group(override)
        try:
            base: DictConfig | None = self._compose([override.input_line or "" for override in groups])
        except (HydraException, OmegaConfBaseException):
            base = None
        for override in parsed:
            if base is not None and override not in groups and not override.is_add():
                _check_key(override, base)
                _check_mapping(override, base)
        return ConfigError(_one_line(error))

    def _check_names(self, parsed: Sequence[Override]) -> None:
        """Refuse a number or null for a group: Hydra would fail on it without a word of use."""
        for override in parsed:
            value, group = override.value(), override.key_or_group
            fits = (value is None and group == "experiment") or isinstance(value, str | list | dict)
            if override.is_delete() or override.is_sweep_override() or fits or self._options(group) is None:
                continue
            options = ", ".join(self._options(group) or ())
            hint = f" A single key of it: {group}.KEY=VALUE, see conf/{group}/." if group == "budget" else ""
            raise ConfigError(f"{override.input_line}: {group} takes the name of an option: {options}.{hint}")

    def _options(self, group: str) -> list[str] | None:
        loader = GlobalHydra.instance().config_loader()
        if self.config_dirs:
            found = {
                file.stem for folder in self.config_dirs for file in (folder / group).glob("*.yaml") if file.is_file()
            }
        else:
            found = set()
        found |= set(loader.get_group_options(group))
        return sorted(found) if found else None

    def _check_group(self, override: Override) -> None:
        options = self._options(override.key_or_group) or []
        value = override.value()
        names = value if isinstance(value, list) else [value]
        for name in names:
            if name is not None and str(name) not in options:
                raise ConfigError(
                    f"{override.key_or_group}={name}: there is no such option.{choices(str(name), options)} "
                    f"Your own: a file {override.key_or_group}/{name}.yaml in a folder named by --config-dir."
                )


def settings_of(config: DictConfig) -> dict[str, Any]:
    """Return the config as plain values, without Hydra's part."""
    from enum import Enum

    plain = OmegaConf.to_container(_own(config), resolve=True, throw_on_missing=False)

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): bare(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [bare(inner) for inner in value]
        return value.value if isinstance(value, Enum) else value

    settings: dict[str, Any] = bare(plain)
    return settings


def _own(config: DictConfig) -> DictConfig:
    """Return the config without Hydra's part."""
    return OmegaConf.masked_copy(config, [str(name) for name in config if name != "hydra"])


def check_writable(path: Path) -> None:
    """Raise ConfigError where the run folder could not be made."""
    parent = path.absolute()
    while not parent.exists():
        parent = parent.parent
    try:
        tempfile.TemporaryDirectory(dir=parent).cleanup()
    except OSError as error:
        what = "is not a folder" if not parent.is_dir() else f"cannot be written ({error.strerror})"
        raise ConfigError(
            f"The run folder {path} cannot be made: {parent} {what}. Give another with hydra.run.dir=DIR."
        ) from None


def _values(override: Override) -> list[str]:
    """Return the override once for each value of its sweep, as texts without sweeps."""
    line = override.input_line or ""
    if not override.is_sweep_override():
        return [line]
    key = override.get_key_element()
    if isinstance(span := override.value(), IntervalSweep):
        return [f"{key}={end}" for end in (span.start, span.end)]
    found = []
    for value in override.sweep_string_iterator():
        found.append(f"{key}={value}")
        if len(found) >= MOST_VALUES:
            break
    return found or [line]


def _check_key(override: Override, base: DictConfig) -> None:
    """Raise ConfigError at the first part of the key that is not in the config."""
    node: Any = base
    parts = override.key_or_group.split(".")
    for place, part in enumerate(parts):
        if not isinstance(node, DictConfig):
            raise ConfigError(f"{override.key_or_group}: {'.'.join(parts[:place])} has no keys below it.")
        known = [str(key) for key in node if key != "hydra"]
        if part != "hydra" and part not in known:
            above = ".".join(parts[:place])
            where = f" in {above}" if above else ""
            hint = " Add the filter to the stack first: filters=[...]." if above == "filters" else ""
            raise ConfigError(f"{override.key_or_group}: there is no key {part!r}{where}.{choices(part, known)}{hint}")
        node = node._get_node(part)
        if node is not None and not isinstance(node, DictConfig) and place < len(parts) - 1:
            raise ConfigError(f"{override.key_or_group}: {'.'.join(parts[: place + 1])} has no keys below it.")


def _check_mapping(override: Override, base: DictConfig) -> None:
    """Raise ConfigError where a value is given for a key that holds keys of its own."""
    node, value = OmegaConf.select(base, override.key_or_group), override.value()
    if isinstance(node, DictConfig) and not (isinstance(value, dict) or override.is_sweep_override()):
        key = override.key_or_group
        example = COLUMNS if key == "method.columns" else f"{key}={{KEY: VALUE}}"
        raise ConfigError(
            f"{(override.input_line or key).lstrip('+')}: {key} takes values by key, such as '{example}'."
        )


def _check_missing(config: DictConfig) -> None:
    missing = sorted(OmegaConf.missing_keys(_own(config)))
    if missing:
        raise ConfigError(f"{missing[0]}: a value is needed. Give it: iftgen {missing[0]}=...")


def _one_line(error: Exception) -> str:
    """Return the words of a library's error in one line, with the key it is about and the override that caused it."""
    cause = error.__cause__ or error.__context__ or error
    key, text = getattr(cause, "full_key", None), str(cause).strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("full_key:", "object_type", "reference_type"))]
    key = next((line.removeprefix("full_key:").strip() for line in lines if line.startswith("full_key:")), key)
    words = " ".join(told) or " ".join(str(error).split())
    words = words.replace(" is not Optional", " cannot be null")
    return f"{key}: {words}" if key and key not in words else words
