"""The dataset of a run over a file: where it is, and how many rows it has."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from iftgen.errors import ConfigError, nearest


def source_of(settings: Mapping[str, Any]) -> Path | None:
    """Return the dataset that the config names, None where the method makes the rows; raises ConfigError."""
    conf = settings["method"]
    if conf["name"] != "file":
        return None
    if not conf["path"]:
        raise ConfigError("method.path: method=file needs a dataset, such as method.path=alpaca_data.json")
    path = Path(conf["path"]).expanduser()
    if not path.is_file():
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = nearest(path.name, siblings)
        hint = f" Did you mean {near!r}?" if near else ""
        raise ConfigError(f"method.path: there is no file {conf['path']!r}.{hint}")
    return path


def count_rows(source: Path, format: str | None) -> tuple[int, int]:
    """Return the rows of a dataset and those without a response.

    It is read from end to end, so that a bad row is found before anything is paid for.
    """
    state = source.stat()
    return _counted_rows(source, format, state.st_mtime_ns, state.st_size)


@cache
def _counted_rows(source: Path, format: str | None, changed: int, size: int) -> tuple[int, int]:
    """Count once for the check before the run and for the run itself, unless the file was changed between them."""
    from iftgen.data import read_rows

    count = unanswered = 0
    for row in read_rows(source, format):
        count += 1
        unanswered += not row.output.strip()
    if not count:
        raise ConfigError(f"method.path: {source} holds no rows.")
    return count, unanswered
