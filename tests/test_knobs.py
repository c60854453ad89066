"""No dead knobs: every key that stands in `conf/` is read by the code that is to act on it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "iftgen"
# Which part of the code must read the keys of a group; a key that only the schema or a check mentions is dead.
READERS = {
    "backend": [*(CODE / "backends").glob("*.py"), CODE / "run" / "setup.py"],
    "filters": [*(CODE / "filters").rglob("*.py")],
    "behavior": [*(CODE / "methods").rglob("*.py"), *(ROOT / "conf" / "prompt").rglob("*.j2")],
}
DEFAULT_READERS = [*(CODE / "run").glob("*.py"), *(CODE / "cli").glob("*.py"), CODE / "config.py"]
# Functions that only check a value; reading a key there does not count.
CHECKS = ("_check", "validate", "_secret")
NOT_OURS = ("defaults", "hydra", "_target_")
GROUPS = ("taxonomy", "prompt", "backend", "method", "seeds", "behavior", "export", "budget", "embedder", "cluster")


def keys_in_conf() -> Iterator[tuple[str, str]]:
    """Yield (group, key) for each key of each option file, and for the root."""
    for key in leaves(read(ROOT / "conf" / "config.yaml")):
        yield "", key
    for group in (*GROUPS, "filters"):
        for file in sorted((ROOT / "conf" / group).glob("*.yaml")):
            for key in leaves(read(file), free=("extra",)):
                if group != "filters" or not (ROOT / "conf" / group / f"{key}.yaml").is_file():  # of a whole stack
                    yield group, key


def leaves(values: dict[str, Any], free: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every key below, but for those whose content is the server's own."""
    for key, value in values.items():
        if key in NOT_OURS:
            continue
        yield key
        if isinstance(value, dict) and key not in free:
            yield from leaves(value, free)


def read(path: Path) -> dict[str, Any]:
    """Read a YAML mapping."""
    return yaml.safe_load(path.read_text()) or {}


def words_read(path: Path) -> set[str]:
    """The names that a file reads: attributes, variables, and texts used as keys."""
    if path.suffix == ".j2":
        return set(path.read_text().replace(".", " ").replace("%", " ").split())
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if not getattr(node, "name", "").startswith(CHECKS)]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.attr if isinstance(node, ast.Attribute) else node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(str(node.slice.value))
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            found.add(str(node.args[0].value))
        elif isinstance(node, ast.Tuple | ast.List):
            found |= {str(item.value) for item in node.elts if isinstance(item, ast.Constant)}
    return found


@pytest.fixture(scope="module")
def used() -> dict[str, set[str]]:
    """The words that the readers of each group read."""
    return {
        group: set().union(*(words_read(path) for path in READERS.get(group, DEFAULT_READERS)))
        for group in ("", *GROUPS, "filters")
    }


@pytest.mark.parametrize(("group", "key"), sorted(set(keys_in_conf())), ids=lambda word: str(word) or "root")
def test_the_key_is_read(group: str, key: str, used: dict[str, set[str]]) -> None:
    assert key in used[group], f"{group}.{key} stands in conf/, but no code reads it"


def test_a_key_that_nobody_reads_would_be_found(used: dict[str, set[str]]) -> None:
    assert "treshold" not in used["filters"]
    assert "enable_deduplication" not in used[""]
