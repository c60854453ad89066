"""The dataset of a run over a file or over the folder of another run: where it is, its rows, and how many they are."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from iftgen.data import How, Row, read_rows
from iftgen.data.columns import check_named
from iftgen.data.run_folder import is_run_folder, row_files
from iftgen.errors import ConfigError, choices, nearest
from iftgen.hashing import content_hash
from iftgen.methods.file import is_asked
from iftgen.store.folder import file_digest
from iftgen.store.lock import is_locked
from iftgen.store.sweeps import is_sweep, job_folders

BAD_ROWS = ("stop", "reject")
# Jobs of a sweep that a message names.
SHOWN = 5


def source_of(settings: Mapping[str, Any]) -> Path | None:
    """Return the dataset that the config names, None where the method makes the rows; raises ConfigError."""
    conf = settings["method"]
    if conf["name"] != "file":
        return None
    if not conf["path"]:
        raise ConfigError("method.path: method=file needs a dataset, such as method.path=alpaca_data.json")
    if conf["bad_rows"] not in BAD_ROWS:
        raise ConfigError(f"method.bad_rows is {conf['bad_rows']!r}.{choices(str(conf['bad_rows']), BAD_ROWS)}")
    check_named(conf["columns"])
    path = Path(conf["path"]).expanduser()
    if path.is_dir():
        _check_folder(path)
    elif not path.is_file():
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = nearest(path.name, siblings)
        hint = f" Did you mean {near!r}?" if near else ""
        raise ConfigError(f"method.path: there is no file {conf['path']!r}.{hint}")
    return path


def _check_folder(path: Path) -> None:
    """Raise ConfigError for a folder whose rows cannot be judged again."""
    if is_locked(path):
        raise ConfigError(f"method.path: the run in {path} is still running. Wait for its end, or stop it.")
    if is_run_folder(path):
        return
    if is_sweep(path):
        jobs = job_folders(path)
        named = ", ".join(str(job) for job in jobs[:SHOWN]) + (" and others" if len(jobs) > SHOWN else "")
        raise ConfigError(f"method.path: {path} is a sweep of {len(jobs)} jobs. Name one of them: {named or '(none)'}.")
    files = sorted(entry.name for entry in path.iterdir() if entry.is_file() and not entry.name.startswith("."))
    holds = f"It holds {', '.join(files[:SHOWN])}: name one of them" if files else "It is empty: name a dataset"
    raise ConfigError(f"method.path: {path} is a folder, but not that of a run (no examples.jsonl). {holds}.")


def rows_of(source: Path, conf: Mapping[str, Any]) -> Iterator[Row]:
    """Return the rows of a dataset, read as the section `method` of the config says."""
    return read_rows(source, how=How(conf["format"], conf["columns"], conf["bad_rows"]))


def count_rows(source: Path, conf: Mapping[str, Any]) -> tuple[int, int]:
    """Return the rows of a dataset and those that a response is asked for.

    It is read from end to end, so that a broken line is found before anything is paid for.
    """
    states = [file.stat() for file in _files(source)]
    changed = tuple((state.st_mtime_ns, state.st_size) for state in states)
    named = tuple(sorted(conf["columns"].items()))
    return _counted_rows(source, conf["format"], named, conf["bad_rows"], conf["answer"], changed)


@cache
def _counted_rows(
    source: Path,
    format: str | None,
    columns: tuple[tuple[str, str], ...],
    bad_rows: str,
    answer: str,
    changed: tuple[tuple[int, int], ...],
) -> tuple[int, int]:
    """Count once for the check before the run and for the run itself, unless the file was changed between them."""
    count = asked = 0
    for row in rows_of(source, {"format": format, "columns": dict(columns), "bad_rows": bad_rows}):
        count += 1
        asked += is_asked(row, answer)
    if not count:
        raise ConfigError(f"method.path: {source} holds no rows.")
    return count, asked


def source_digest(source: Path) -> str:
    """Return the hex SHA-256 of a dataset: of a run folder, a hash of those of its row files."""
    if source.is_file():
        return file_digest(source)
    return content_hash({file.name: file_digest(file) for file in row_files(source)})


def _files(source: Path) -> list[Path]:
    return row_files(source) if source.is_dir() else [source]
