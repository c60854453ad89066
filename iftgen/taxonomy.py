"""Taxonomies: what is asked for, as data.

A taxonomy file is YAML (`conf/taxonomy/*.tasks.yml`, or the user's own through `taxonomy.path`):

    description: one line
    attributes: common            # a mapping as below, or NAME for NAME.attributes.yml beside the file
    pools: {jobs: [a baker, a nurse]}
    tasks:
      writing:                    # an inner node: `tasks`, `weight`, and defaults that its leaves inherit
        weight: 2
        tasks:
          short_story:            # a leaf; its path writing/short_story is the name of the task
            description: Write a short story ...        required
            weight: 1.0
            method: self_instruct                       used by method=auto
            attributes: {style: [plain], persona: []}   allowed values; [] = not drawn; unnamed attributes: all
            topics: jobs                                a pool's name, or a list
            verify: {count: {}, agreement: {threshold: 0.4}}   filters that can verify it, with settings for this task
            recipe: {...}                               what the method reads
            answer: {...}                               how small models are asked (see methods/answer.py)

An attribute is a list of values, each a text or a mapping; they are drawn in order, so `when` refers to those above:

    complexity: [simple, moderate]
    style:
      - {value: plain, weight: 3}
      - {value: step by step, weight: 2, tasks: ["math/*"], when: {complexity: [moderate]}, prompt: "Think aloud."}
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from iftgen.errors import DataError, choices

INHERITED = ("method", "attributes", "topics", "verify", "recipe", "answer")
LEAF_KEYS = ("description", "weight", *INHERITED)
NODE_KEYS = ("description", "weight", "tasks", *INHERITED)
FILE_KEYS = ("description", "attributes", "pools", "tasks")
VALUE_KEYS = ("value", "weight", "tasks", "when", "prompt")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an attribute: weight, the tasks it suits, what must have been drawn before, words for prompts."""

    value: str
    weight: float = 1.0
    tasks: tuple[str, ...] = ("*",)
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prompt: str = ""

    def suits(self, task: str) -> bool:
        """Tell whether the value may be drawn for the task."""
        return any(fnmatchcase(task, glob) for glob in self.tasks)

    def follows(self, drawn: Mapping[str, str]) -> bool:
        """Tell whether the value may be drawn after what was drawn so far."""
        return all(drawn.get(name) in allowed for name, allowed in self.when.items())


@dataclass(frozen=True, slots=True)
class Task:
    """A leaf of the taxonomy."""

    name: str
    description: str
    weight: float = 1.0
    method: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    verify: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def category(self) -> str:
        """The first part of the name."""
        return self.name.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Leaves by name, the share of the dataset that each is to get (summing to 1), and attributes in drawing order."""

    description: str
    tasks: Mapping[str, Task]
    shares: Mapping[str, float]
    attributes: Mapping[str, tuple[Value, ...]]


def load_taxonomy(
    path: Path,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Taxonomy:
    """Read a taxonomy file and keep the tasks that match `include` (names or globs; empty: all) and not `exclude`.

    `coding/*` and `coding` both mean all tasks below coding. `weights` multiplies the shares of the tasks that match
    its globs; a share is the product of the normalised weights from the top to the leaf. `attributes` replaces the
    values of an attribute (a list as in the file, or a mapping value -> weight; an empty list drops it).
    Raises DataError with file and place when something is wrong.
    """
    raw = read_yaml(path)
    _only(raw, FILE_KEYS, path, "the file")
    pools = {name: _strings(words, path, f"pools.{name}") for name, words in _mapping(raw.get("pools"), path).items()}
    table = read_attributes(raw.get("attributes"), path, dict(attributes or {}))
    shares: dict[str, float] = {}
    leaves: dict[str, Task] = {}
    for task, share in _walk(_mapping(raw.get("tasks"), path), "", {}, 1.0, path, pools):
        leaves[task.name], shares[task.name] = task, share
    for glob, factor in (weights or {}).items():
        for name in _matching(glob, leaves, "weights", path):
            shares[name] *= _weight(factor, path, f"taxonomy.weights[{glob}]")
    chosen = {name: leaves[name] for name in _select(leaves, include, exclude, path) if shares[name] > 0}
    if not chosen:
        raise DataError(f"{path}: no task is left. Loosen taxonomy.include, taxonomy.exclude or taxonomy.weights.")
    _check_attributes(chosen, read_attributes(raw.get("attributes"), path, {}), path)
    total = sum(shares[name] for name in chosen)
    return Taxonomy(str(raw.get("description", "")), chosen, {name: shares[name] / total for name in chosen}, table)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping; raises DataError that names the file and the line."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Give an existing file.") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 at byte {error.start}. Save the file as UTF-8.") from None
    try:
        raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise DataError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise DataError(f"{path}: a mapping is needed at the top, with the keys {', '.join(FILE_KEYS)}.")
    return raw


def read_attributes(raw: Any, path: Path, replaced: Mapping[str, Any]) -> dict[str, tuple[Value, ...]]:
    """Return the attributes of a taxonomy file, with the user's replacements."""
    if isinstance(raw, str):
        path = path.parent / f"{raw}.attributes.yml"
        raw = read_yaml(path)
    table = {name: _values(values, path, f"attributes.{name}") for name, values in _mapping(raw, path).items()}
    for name, values in replaced.items():
        if name not in table:
            raise DataError(
                f"taxonomy.attributes: there is no attribute {name!r} in {path.name}.{choices(name, table)}"
            )
        if isinstance(values, Mapping):
            values = [{"value": value, "weight": weight} for value, weight in values.items()]
        known = {value.value: value for value in table[name]}
        table[name] = tuple(_patched(value, known) for value in _values(values, path, f"taxonomy.attributes.{name}"))
    return {name: values for name, values in table.items() if values}


def _patched(value: Value, known: Mapping[str, Value]) -> Value:
    """Give a value that the user named the prompt words that the file has for it."""
    old = known.get(value.value)
    return Value(value.value, value.weight, value.tasks, value.when, value.prompt or (old.prompt if old else ""))


def _walk(
    tree: Mapping[str, Any],
    prefix: str,
    inherited: Mapping[str, Any],
    share: float,
    path: Path,
    pools: Mapping[str, tuple[str, ...]],
) -> Iterator[tuple[Task, float]]:
    nodes = {f"{prefix}{key}": _mapping(raw, path, f"{prefix}{key}") for key, raw in tree.items()}
    weights = {name: _weight(node.get("weight", 1.0), path, name) for name, node in nodes.items()}
    total = sum(weights.values()) or 1.0
    for name, node in nodes.items():
        merged = {**inherited, **{k: _merged(inherited.get(k), node[k]) for k in INHERITED if k in node}}
        part = share * weights[name] / total
        _only(node, NODE_KEYS if "tasks" in node else LEAF_KEYS, path, name)
        if "tasks" in node:
            yield from _walk(_mapping(node["tasks"], path, name), f"{name}/", merged, part, path, pools)
        else:
            yield _leaf(name, node, merged, weights[name], path, pools), part


def _leaf(
    name: str,
    node: Mapping[str, Any],
    merged: Mapping[str, Any],
    weight: float,
    path: Path,
    pools: Mapping[str, tuple[str, ...]],
) -> Task:
    if not str(node.get("description") or "").strip():
        raise DataError(f"{path}: task {name!r} has no description. Say in one line what is asked for.")
    topics = merged.get("topics") or ()
    if isinstance(topics, str):
        if topics not in pools:
            raise DataError(f"{path}: task {name!r}: there is no pool {topics!r}.{choices(topics, pools)}")
        topics = pools[topics]
    verify = merged.get("verify") or {}
    if isinstance(verify, list):
        verify = {entry: {} for entry in verify}
    allowed = {
        k: _strings(v, path, f"{name}.attributes.{k}") for k, v in _mapping(merged.get("attributes"), path).items()
    }
    return Task(
        name=name,
        description=str(node["description"]).strip(),
        weight=weight,
        method=merged.get("method"),
        attributes=allowed,
        topics=_strings(topics, path, f"{name}.topics"),
        verify={k: _mapping(v, path, f"{name}.verify.{k}") for k, v in _mapping(verify, path).items()},
        recipe=_mapping(merged.get("recipe"), path, f"{name}.recipe"),
        answer=_mapping(merged.get("answer"), path, f"{name}.answer"),
    )


def _merged(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, Mapping) and isinstance(new, Mapping) else new


def _select(leaves: Mapping[str, Task], include: Sequence[str], exclude: Sequence[str], path: Path) -> list[str]:
    kept = {name for glob in include for name in _matching(glob, leaves, "include", path)} if include else set(leaves)
    kept -= {name for glob in exclude for name in _matching(glob, leaves, "exclude", path)}
    return [name for name in leaves if name in kept]


def _matching(glob: str, leaves: Mapping[str, Task], key: str, path: Path) -> list[str]:
    hits = [name for name in leaves if fnmatchcase(name, glob) or name.startswith(f"{glob}/")]
    if not hits:
        known = [*leaves, *{name.split("/", 1)[0] for name in leaves}]
        raise DataError(f"taxonomy.{key}: {glob!r} matches no task of {path.name}.{choices(glob, known)}")
    return hits


def _check_attributes(tasks: Mapping[str, Task], table: Mapping[str, tuple[Value, ...]], path: Path) -> None:
    for task in tasks.values():
        for name, allowed in task.attributes.items():
            known = {value.value for value in table.get(name, ())}
            for word in allowed:
                if name in table and word not in known:
                    raise DataError(
                        f"{path}: task {task.name!r}: attribute {name} has no value {word!r}.{choices(word, known)}"
                    )


def _values(raw: Any, path: Path, place: str) -> tuple[Value, ...]:
    if not isinstance(raw, list):
        raise DataError(f"{path}: {place} must be a list of values, but is {type(raw).__name__}.")
    return tuple(_value(item, path, place) for item in raw)


def _value(raw: Any, path: Path, place: str) -> Value:
    if not isinstance(raw, Mapping):
        return Value(str(raw))
    _only(raw, VALUE_KEYS, path, place)
    if "value" not in raw:
        raise DataError(f"{path}: an entry of {place} has no `value`.")
    when = {
        key: tuple(str(v) for v in (values if isinstance(values, list) else [values]))
        for key, values in _mapping(raw.get("when"), path, place).items()
    }
    return Value(
        value=str(raw["value"]),
        weight=_weight(raw.get("weight", 1.0), path, place),
        tasks=_strings(raw.get("tasks", ["*"]), path, place),
        when=when,
        prompt=str(raw.get("prompt", "")),
    )


def _weight(raw: Any, path: Path, place: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw < 0:
        raise DataError(f"{path}: {place}: the weight {raw!r} is not a number of 0 or more.")
    return float(raw)


def _strings(raw: Any, path: Path, place: str) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple):
        raise DataError(f"{path}: {place} must be a list, but is {type(raw).__name__}.")
    return tuple(str(item) for item in raw)


def _mapping(raw: Any, path: Path, place: str = "the file") -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise DataError(f"{path}: {place} must be a mapping, but is {type(raw).__name__}.")
    return {str(key): value for key, value in raw.items()}


def _only(node: Mapping[str, Any], allowed: Sequence[str], path: Path, place: str) -> None:
    for key in node:
        if key not in allowed:
            raise DataError(f"{path}: {place} has an unknown key {key!r}.{choices(str(key), allowed)}")
