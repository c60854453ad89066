"""The built-in taxonomies: they load, hold what they promise, and every attribute can be drawn for every task."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from iftgen.filters import FILTERS
from iftgen.taxonomy import Task, Taxonomy, Value, load_taxonomy, read_attributes

FOLDER = Path(__file__).resolve().parents[1] / "conf" / "taxonomy"
FILES = sorted(FOLDER.glob("*.tasks.yml"))
COMMON = read_attributes("common", FOLDER / "general.tasks.yml", {})
LEAVES = {"general": 50, "coding": 30, "math": 25, "customer_support": 25}
CATEGORIES = {"general": 12}
METHODS = {None, "self_instruct", "taxonomy", "output_first"}
VERIFIERS = set(FILTERS)


def by_name(path: Path) -> str:
    """Name a test after its file."""
    return path.name.removesuffix(".tasks.yml")


def values(table: Mapping[str, Sequence[Value]]) -> Iterator[tuple[str, Value]]:
    """Yield every value with the name of its attribute."""
    return ((name, value) for name, listed in table.items() for value in listed)


def draws(task: Task, taxonomy: Taxonomy) -> Iterator[dict[str, str]]:
    """Yield every combination that can be drawn for the task.

    An attribute is missing from a combination where none of its values fits what was drawn before.
    """
    partial: list[dict[str, str]] = [{}]
    for name, listed in taxonomy.attributes.items():
        allowed = task.attributes.get(name)
        if allowed == ():
            continue
        usable = [v for v in listed if v.weight > 0 and (allowed is None or v.value in allowed)]
        partial = [
            {**drawn, **extra}
            for drawn in partial
            for extra in ([{name: v.value} for v in usable if v.suits(task.name) and v.follows(drawn)] or [{}])
        ]
    yield from partial


@pytest.mark.parametrize("name", LEAVES)
def test_taxonomy_is_large_enough(name: str) -> None:
    taxonomy = load_taxonomy(FOLDER / f"{name}.tasks.yml")
    assert len(taxonomy.tasks) >= LEAVES[name]
    assert len({task.category for task in taxonomy.tasks.values()}) >= CATEGORIES.get(name, 1)


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_leaf_names_are_unique(path: Path) -> None:
    tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert repeated_keys(tree) == []


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_every_leaf_is_a_brief_with_known_method_and_verifiers(path: Path) -> None:
    for task in load_taxonomy(path).tasks.values():
        assert len(task.description) > 20, task.name
        assert task.method in METHODS, task.name
        assert set(task.verify) <= VERIFIERS, task.name


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_topics_hold_no_word_twice(path: Path) -> None:
    topics = {task.name: task.topics for task in load_taxonomy(path).tasks.values()}
    assert [name for name, words in topics.items() if len(set(words)) != len(words)] == []


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_every_leaf_can_draw_every_attribute_that_it_does_not_exclude(path: Path) -> None:
    taxonomy = load_taxonomy(path)
    for task in taxonomy.tasks.values():
        wanted = {name for name in taxonomy.attributes if task.attributes.get(name) != ()}
        assert [drawn for drawn in draws(task, taxonomy) if set(drawn) != wanted] == [], task.name


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_conditions_name_values_of_attributes_that_are_drawn_before(path: Path) -> None:
    table = load_taxonomy(path).attributes
    order = list(table)
    for name, value in values(table):
        for earlier, allowed in value.when.items():
            assert earlier in order[: order.index(name)], f"{name}: {value.value}"
            assert set(allowed) <= {v.value for v in table[earlier]}, f"{name}: {value.value}"


def test_every_glob_of_the_common_attributes_matches_a_task() -> None:
    tasks = {name for path in FILES for name in load_taxonomy(path).tasks}
    globs = {glob for _, value in values(COMMON) for glob in value.tasks}
    assert [glob for glob in sorted(globs) if not any(fnmatchcase(task, glob) for task in tasks)] == []


def test_every_common_value_is_worded_or_means_no_wish() -> None:
    unworded = {value.value for _, value in values(COMMON) if not value.prompt}
    assert unworded == {"plain", "none", "English"}


def test_only_english_is_drawn_until_another_language_is_chosen() -> None:
    assert [value.value for value in COMMON["language"] if value.weight] == ["English"]
    assert sum(not value.weight for value in COMMON["language"]) == 15


@pytest.mark.parametrize("name", LEAVES)
def test_another_language_can_be_chosen_with_its_words(name: str) -> None:
    taxonomy = load_taxonomy(FOLDER / f"{name}.tasks.yml", attributes={"language": {"Spanish": 1}})
    (spanish,) = taxonomy.attributes["language"]
    assert spanish.weight == 1
    assert "in Spanish" in spanish.prompt


@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize("attribute", COMMON)
def test_each_attribute_can_be_narrowed_to_one_value(name: str, attribute: str) -> None:
    first = COMMON[attribute][0].value
    taxonomy = load_taxonomy(FOLDER / f"{name}.tasks.yml", attributes={attribute: [first]})
    assert [value.value for value in taxonomy.attributes[attribute]] == [first]


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_each_taxonomy_has_its_option_file(path: Path) -> None:
    option = yaml.safe_load((FOLDER / f"{by_name(path)}.yaml").read_text(encoding="utf-8"))
    assert option["path"] == path.name


def repeated_keys(node: yaml.Node | None) -> list[str]:
    """Return the keys that occur twice in one mapping, which a YAML loader would drop without a word."""
    if isinstance(node, yaml.SequenceNode):
        return [key for item in node.value for key in repeated_keys(item)]
    if not isinstance(node, yaml.MappingNode):
        return []
    names = [str(key.value) for key, _ in node.value]
    inner = [key for _, value in node.value for key in repeated_keys(value)]
    return [name for name in set(names) if names.count(name) > 1] + inner
