"""Which part of a dataset a run makes: `shard.index` and `shard.count` of the config."""

from collections.abc import Mapping
from typing import Any

from iftgen.apportion import Shard
from iftgen.errors import ConfigError


def shard_of(settings: Mapping[str, Any]) -> Shard:
    """Return the shard of the config; raises ConfigError where there is no such shard."""
    index, count = settings["shard"]["index"], settings["shard"]["count"]
    if count < 1:
        raise ConfigError(f"shard.count: {count} is not a number of 1 or more.")
    if count == 1 and index:
        raise ConfigError(f"shard.index: {index} needs shard.count, the number of all shards.")
    if not 0 <= index < count:
        raise ConfigError(f"shard.index: {index} is no shard of {count}: they are numbered from 0 to {count - 1}.")
    return Shard(index, count)


def check_share(shard: Shard, target: int | None, rows: int | None) -> None:
    """Raise ConfigError where nothing is left for the shard; `rows` are those of a file."""
    known = [(name, number) for name, number in (("num_examples", target), ("the file", rows)) if number is not None]
    for name, number in known:
        if not shard.share(number):
            what = f"{name}={number}" if name == "num_examples" else f"{name} with {number} rows"
            shown = f"shard {shard.index} of {shard.count}"
            raise ConfigError(f"shard.count: {what} leaves nothing for {shown} (counted from 0). Take fewer shards.")
