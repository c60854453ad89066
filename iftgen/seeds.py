"""Seeds: hand-written pairs that serve as few-shot examples and as a reference for duplicates."""

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from iftgen.data import Row, read_rows
from iftgen.errors import DataError, choices
from iftgen.types import Pair


class SeedBank:
    """Seeds by task, in the order that they were loaded."""

    def __init__(self, seeds: Sequence[Pair] = ()) -> None:
        """Keep the seeds; each task is looked up once."""
        self.seeds = tuple(seeds)
        self._by_task: dict[str, tuple[Pair, ...]] = {}

    def for_task(self, task: str) -> tuple[Pair, ...]:
        """Return the seeds of the task, then those of its category (the first part of the name), then those of none."""
        if task not in self._by_task:
            bound = [pair for pair in self.seeds if pair.task]
            own = [pair for pair in bound if pair.task == task]
            kin = [pair for pair in bound if pair.task != task and _category(pair.task) == _category(task)]
            self._by_task[task] = (*own, *kin, *(pair for pair in self.seeds if not pair.task))
        return self._by_task[task]


def resolve_seed_paths(paths: Sequence[str], path: str | None, conf_dir: Path) -> list[Path]:
    """Return the files to load: `paths` relative to `conf_dir`/seeds, then the user's `path` as the shell sees it.

    An empty `path`, as in conf/seeds/file.yaml, is still to be given: raises DataError; None means that there is none.
    """
    if path is not None and not path.strip():
        raise DataError("seeds.path: name your file of seeds, such as seeds=file seeds.path=mine.jsonl")
    folder = conf_dir / "seeds"
    files = []
    for name in paths:
        file = folder / Path(name).expanduser()
        if not file.is_file():
            known = [entry.name for entry in folder.glob("*.jsonl")]
            raise DataError(
                f"seeds.paths: there is no built-in seed file {name!r}.{choices(name, known)} "
                "A file of your own: seeds=file seeds.path=FILE."
            )
        files.append(file)
    return [*files, Path(path).expanduser()] if path else files


def load_seeds(paths: Sequence[Path], tasks: Collection[str] | None = None) -> tuple[Pair, ...]:
    """Return the seeds of the files in order, each instruction with its input once.

    A row that names a task is left out where neither the task nor one below it is among `tasks`; a row without a task
    serves all. Raises DataError for a row without an output and for a file without rows.
    """
    seeds: dict[tuple[str, str], Pair] = {}
    for path in paths:
        for pair in _read(path):
            if not pair.task or tasks is None or _among(pair.task, tasks):
                seeds.setdefault((_plain(pair.instruction), _plain(pair.input)), pair)
    return tuple(seeds.values())


def _read(path: Path) -> list[Pair]:
    pairs = [_pair(path, row) for row in read_rows(path)]
    if not pairs:
        raise DataError(f"{path} holds no seeds. Write one object a line, or say seeds=none.")
    return pairs


def _pair(path: Path, row: Row) -> Pair:
    if not row.output or not row.output.strip():
        raise DataError(f"{path}, line {row.line}: a seed needs an output; write the response or delete the row.")
    return Pair(
        id=_identity(row),
        instruction=row.instruction,
        output=row.output,
        input=row.input,
        system=row.system,
        task=row.task.strip(),
        topic=row.topic.strip(),
    )


def _identity(row: Row) -> str:
    """Return the id: the same wherever the row stands, another one when any word of it changes."""
    parts = [row.instruction, row.input, row.output or "", row.system, row.task.strip(), row.topic.strip()]
    text = json.dumps(parts, ensure_ascii=False)
    return f"seed-{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"


def _among(task: str, tasks: Collection[str]) -> bool:
    return task in tasks or any(name.startswith(f"{task}/") for name in tasks)


def _category(task: str) -> str:
    return task.split("/", 1)[0]


def _plain(text: str) -> str:
    return " ".join(text.split())
