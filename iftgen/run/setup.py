"""From settings to the parts of a run: everything that can be read and checked without a call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from iftgen.apportion import WHOLE, Shard
from iftgen.backends import BackendSpec, make_spec
from iftgen.data import Row
from iftgen.errors import ConfigError, UserError, choices
from iftgen.filters.stack import FilterStack
from iftgen.hashing import content_hash
from iftgen.methods import METHODS, make_method, parameters_of
from iftgen.methods.base import Method, RoleSpec
from iftgen.prompts import Prompts
from iftgen.run.checks import check
from iftgen.run.embedding import EmbedderSpec, embedder_spec
from iftgen.run.identity import shaping
from iftgen.run.inputs import Places, prompts_of, role_of, section, seeds_of, taxonomy_of
from iftgen.run.shards import check_share, shard_of
from iftgen.run.source import count_rows, source_digest, source_of
from iftgen.seeds import SeedBank
from iftgen.taxonomy import Task, Taxonomy
from iftgen.types import ROLES, Role

DEFAULT_EXAMPLES = 20


@dataclass(frozen=True)
class Setup:
    """A run, checked and ready to start; `target` and `rows` are those of all shards, `share` is this run's."""

    settings: Mapping[str, Any]
    specs: Mapping[Role, BackendSpec]
    roles: Mapping[Role, RoleSpec]
    prompts: Prompts
    methods: Mapping[str, Method]
    taxonomy: Taxonomy
    seeds: SeedBank
    stack: FilterStack
    target: int | None
    rows: int
    unanswered: int
    window: int
    max_candidates: int
    source: Path | None
    plan: Mapping[str, Any] = field(default_factory=dict)
    shard: Shard = WHOLE
    embedder: EmbedderSpec | None = None

    @property
    def models(self) -> dict[str, str]:
        """The models that make the rows, by role."""
        roles: tuple[Role, ...] = ("instruction", "response") if self.source is None else ("response",)
        return {role: self.specs[role].model for role in roles}

    @property
    def share(self) -> int | None:
        """The examples that this run is to have (of a file: the most rows); None for all rows of a file."""
        return None if self.target is None else self.shard.share(self.target)

    @property
    def own_rows(self) -> int:
        """The rows of a file that this run judges."""
        return self.shard.share(min(self.rows, self.target or self.rows))

    @property
    def places(self) -> Shard:
        """The indices of the rows that are written: of a file, the places in it."""
        return self.shard if self.source is not None else WHOLE

    def method_name(self, task: Task) -> str:
        """The method of a task: the one of the run, or with `auto` the one that the task names."""
        name = str(self.settings["method"]["name"])
        return (task.method or "self_instruct") if name == "auto" else name


def prepare(settings: Mapping[str, Any], overrides: Sequence[str], places: Places, keys_needed: bool = True) -> Setup:
    """Build everything that needs no call; raises UserError with one clear message.

    `overrides` are those of the command line: sampling keys set there win over a prompt's own wish. Without
    `keys_needed` the variables of the keys may be empty, as no call will be made.
    """
    specs = {role: make_spec(settings["roles"][role], section(settings, role), settings["backend"]) for role in ROLES}
    prompts = prompts_of(settings, places)
    roles = {role: role_of(role, spec, settings, overrides) for role, spec in specs.items()}
    target, shard = _target(settings), shard_of(settings)
    source = source_of(settings)
    rows, unanswered = count_rows(source, settings["method"]) if source is not None else (0, 0)
    taxonomy = taxonomy_of(settings, specs["instruction"], places)
    setup = Setup(
        settings=settings,
        specs=specs,
        roles=roles,
        prompts=prompts,
        methods={},
        taxonomy=taxonomy,
        seeds=SeedBank(seeds_of(settings, overrides, taxonomy, places, source)),
        stack=FilterStack.build(**stack_recipe(settings, taxonomy)),
        target=target,
        rows=rows,
        unanswered=unanswered,
        window=_window(settings["window"], None if target is None else -(-target // shard.count)),
        max_candidates=settings["max_candidates"] or 25 * (shard.share(target or DEFAULT_EXAMPLES) or 1),
        source=source,
        shard=shard,
        embedder=embedder_spec(settings["embedder"]),
    )
    check_share(shard, target, None if source is None else rows)
    setup = replace(setup, methods=_methods(setup))
    check(setup, keys_needed)
    return replace(setup, plan=_plan(setup))


def _target(settings: Mapping[str, Any]) -> int | None:
    """The number of examples; None for a file whose rows are all wanted."""
    number = settings["num_examples"]
    if number is not None and number < 1:
        raise ConfigError(f"num_examples: {number} is not a number of 1 or more.")
    for key in ("max_candidates", "max_tries"):
        if settings[key] is not None and settings[key] < 1:
            raise ConfigError(f"{key}: {settings[key]} is not a number of 1 or more.")
    if number is None and settings["method"]["name"] != "file":
        return DEFAULT_EXAMPLES
    return None if number is None else int(number)


def _window(raw: Any, target: int | None) -> int:
    if raw == "auto":
        return 512 if target is None else min(max(target // 4, 4), 512)
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise ConfigError(f"window: {raw!r} is neither auto nor a number of 1 or more.")
    return raw


def stack_recipe(settings: Mapping[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
    """Return the arguments of `FilterStack.build`, of which another process makes the same stack."""
    return {
        "specs": {name: spec for name, spec in settings["filters"].items() if spec is not None},
        "order": settings["filter_order"],
        "verify": {name: task.verify for name, task in taxonomy.tasks.items() if task.verify},
        "plugins": settings["plugins"],
        "every": bool(settings["filters_all"]),
    }


def _methods(setup: Setup) -> dict[str, Method]:
    conf = setup.settings["method"]
    if setup.source is not None:
        # This checks the settings; the run makes its own with the rows of the file.
        file_method(setup, lambda index: Row(index, ""))
        return {}
    names = {setup.method_name(task) for task in setup.taxonomy.tasks.values()}
    usable = [known for known in METHODS if known != "file"]
    for name in names:
        if name not in usable:
            raise UserError(f"There is no method {name!r} for a task.{choices(name, usable)}")
    tasks = setup.taxonomy.tasks.values()
    bare = [task.name for task in tasks if setup.method_name(task) == "output_first" and "kind" not in task.recipe]
    if bare:
        raise ConfigError(
            f"method=output_first: {len(bare)} tasks have no recipe of that kind, such as {bare[0]}. Use method=auto, "
            "which takes the method that suits each task, or taxonomy=starter 'taxonomy.exclude=[questions,functions]'."
        )
    offered = {key: conf[key] for key in ("per_call", "samples", "choose")}
    return {
        name: make_method(name, **{key: value for key, value in offered.items() if key in parameters_of(name)})
        for name in sorted(names)
    }


def file_method(setup: Setup, row_at: Callable[[int], Row]) -> Method:
    """Return the method of a run over a file."""
    conf = setup.settings["method"]
    wanted = {key: conf[key] for key in ("answer", "samples", "choose")}
    return make_method("file", row_at=row_at, **wanted)


def _plan(setup: Setup) -> dict[str, Any]:
    """Everything that shapes the data, flat: config keys, and hashes of the files behind them."""
    plan = shaping(setup.settings)
    plan["window"] = setup.window
    plan["files.taxonomy"] = content_hash(repr(setup.taxonomy))
    plan["files.seeds"] = content_hash(repr(setup.seeds.seeds))
    plan["files.prompts"] = content_hash(setup.prompts.source())
    plan["models"] = {role: setup.specs[role].identity for role in ROLES}
    plan["forced"] = {role: dict(setup.roles[role].forced) for role in ROLES}
    plan |= {f"files.filters.{one.label}": digest for one in setup.stack.all() if (digest := one.content_digest())}
    if setup.source is not None:
        plan["files.method"] = source_digest(setup.source)
        plan.pop("method.path", None)
    return plan
