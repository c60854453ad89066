"""The config: where it lives, its schema, and the checks that cross fields.

The dataclasses are registered with Hydra, so a wrong key or type is an error before anything is made. What each key
does is said beside it in `conf/`.
"""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import MISSING


class Ui(Enum):
    """How a run is shown."""

    auto = "auto"
    tui = "tui"
    plain = "plain"
    none = "none"


class Unfilled(Enum):
    """What happens to the share of a task that cannot be filled."""

    share = "share"
    stop = "stop"


@dataclass
class TaxonomyConf:
    """`taxonomy`: which tasks are drawn, and how often."""

    path: str = MISSING
    include: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class PromptConf:
    """`prompt`: the style of the prompts, and a folder of the user's own."""

    style: str | None = None
    dir: str | None = None


@dataclass
class PriceConf:
    """Dollars a million tokens."""

    input: float | None = None
    output: float | None = None


@dataclass
class BackendConf:
    """`backend`: one model behind an API; None in a role means: as in `backend`."""

    name: str | None = None
    model: str | None = None
    api_base: str | None = None
    api_key_env: str | None = None
    client: str | None = None
    prompt: str | None = None
    features: list[str] | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    timeout: float | None = None
    concurrency: int | None = None
    rpm: int | None = None
    tpm: int | None = None
    price: PriceConf | None = None
    extra: dict[str, Any] | None = None
    server: dict[str, Any] | None = None
    mock: dict[str, Any] | None = None


@dataclass
class RolesConf:
    """`roles`: a backend for each role, or single keys that differ from `backend`."""

    instruction: BackendConf = field(default_factory=BackendConf)
    response: BackendConf = field(default_factory=BackendConf)
    judge: BackendConf = field(default_factory=BackendConf)


@dataclass
class MethodConf:
    """`method`: how an instruction comes about."""

    name: str = MISSING
    per_call: int = 5
    seed_shots: int = 6
    machine_shots: int = 2
    samples: int | None = None
    choose: str | None = None
    path: str | None = None
    format: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    answer: str = "missing"
    bad_rows: str = "stop"


@dataclass
class SeedsConf:
    """`seeds`: hand-written pairs."""

    paths: list[str] = field(default_factory=list)
    path: str | None = None


@dataclass
class BehaviorConf:
    """`behavior`: what the responses are to be like."""

    system: str | None = None
    rules: list[str] = field(default_factory=list)


@dataclass
class ExportConf:
    """`export`: the formats of the finished dataset."""

    formats: list[str] = field(default_factory=list)
    csv_safe: bool = False
    metadata: bool = False


@dataclass
class BudgetConf:
    """`budget`: the most that a run, with all its resumes, or a whole sweep may spend; None is no limit."""

    usd: float | None = None
    tokens: int | None = None
    calls: int | None = None
    minutes: float | None = None


@dataclass
class CallsConf:
    """`calls`: where replies are kept, when not in the run folder."""

    url: str | None = None


@dataclass
class EmbedderConf:
    """`embedder`: what turns texts into vectors; of a name of None, nothing does."""

    name: str | None = None
    model: str | None = None
    client: str | None = None
    api_base: str | None = None
    api_key_env: str | None = None
    timeout: float | None = None
    concurrency: int | None = None
    rpm: int | None = None
    tpm: int | None = None
    price: PriceConf | None = None
    extra: dict[str, Any] | None = None
    batch: int = 64
    max_chars: int = 1000
    threads: int | None = None


@dataclass
class ShardConf:
    """`shard`: which part of the dataset this run makes."""

    index: int = 0
    count: int = 1


@dataclass
class NoConf:
    """A group that has only the option `none` so far."""


@dataclass
class Config:
    """The root of the config."""

    num_examples: int | None = None
    seed: int = 0
    max_candidates: int | None = None
    max_tries: int = 25
    unfilled: Unfilled = Unfilled.share
    window: Any = "auto"
    ui: Ui = Ui.auto
    objective: str | None = None
    plugins: list[str] = field(default_factory=list)
    shard: ShardConf = field(default_factory=ShardConf)
    taxonomy: TaxonomyConf = field(default_factory=TaxonomyConf)
    prompt: PromptConf = field(default_factory=PromptConf)
    backend: BackendConf = field(default_factory=BackendConf)
    roles: RolesConf = field(default_factory=RolesConf)
    method: MethodConf = field(default_factory=MethodConf)
    filters: dict[str, Any] = field(default_factory=dict)
    filter_order: list[str] | None = None
    filters_all: bool = False
    seeds: SeedsConf = field(default_factory=SeedsConf)
    behavior: BehaviorConf = field(default_factory=BehaviorConf)
    export: ExportConf = field(default_factory=ExportConf)
    budget: BudgetConf = field(default_factory=BudgetConf)
    calls: CallsConf = field(default_factory=CallsConf)
    embedder: EmbedderConf = field(default_factory=EmbedderConf)
    cluster: NoConf = field(default_factory=NoConf)


def register() -> None:
    """Register the schema with Hydra's ConfigStore."""
    from hydra.core.config_store import ConfigStore

    ConfigStore.instance().store(name="schema", node=Config, provider="iftgen")


def conf_dir() -> Path:
    """Return the folder of the config: inside the package in a wheel, beside it in a checkout."""
    here = Path(__file__).resolve().parent
    return next(folder for folder in (here / "conf", here.parent / "conf") if (folder / "config.yaml").is_file())


def register_resolvers() -> None:
    """Make `${run_id:}` available: six random hex digits that are the same for the whole process."""
    import secrets

    from omegaconf import OmegaConf

    OmegaConf.register_new_resolver("run_id", lambda: secrets.token_hex(3), use_cache=True, replace=True)
