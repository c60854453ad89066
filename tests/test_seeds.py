"""Seeds: loading, choosing by task, and finding their files."""

import json
import re
from pathlib import Path

import pytest
import yaml

from iftgen.errors import DataError
from iftgen.seeds import SeedBank, load_seeds, resolve_seed_paths
from iftgen.types import Pair


def seed_file(folder: Path, *records: dict[str, str], name: str = "seeds.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps({"output": "ok", **record}) + "\n" for record in records), encoding="utf-8")
    return path


def names(pairs: tuple[Pair, ...]) -> list[str]:
    return [pair.instruction for pair in pairs]


def test_the_id_depends_on_the_words_and_not_on_the_place(tmp_path: Path) -> None:
    first = seed_file(tmp_path, {"instruction": "a"}, {"instruction": "b"}, name="1.jsonl")
    second = seed_file(tmp_path, {"instruction": "b"}, {"instruction": "a", "topic": "x"}, name="2.jsonl")
    a, b = load_seeds([first])
    other_b, other_a = load_seeds([second])
    assert re.fullmatch(r"seed-[0-9a-f]{12}", a.id)
    assert a.origin == "seed"
    assert (b.id == other_b.id, a.id == other_a.id, a.id == b.id) == (True, False, False)


def test_rows_of_other_tasks_are_left_out_and_those_without_a_task_stay(tmp_path: Path) -> None:
    path = seed_file(
        tmp_path,
        {"instruction": "leaf", "task": "coding/python"},
        {"instruction": "category", "task": "coding"},
        {"instruction": "other", "task": "math/algebra"},
        {"instruction": "prefix only", "task": "cod"},
        {"instruction": "free"},
    )
    assert names(load_seeds([path], {"coding/python"})) == ["leaf", "category", "free"]
    assert len(load_seeds([path], None)) == 5


def test_a_pair_of_instruction_and_input_is_kept_once_across_files(tmp_path: Path) -> None:
    one = seed_file(tmp_path, {"instruction": "Sort it.", "input": "3 1"}, {"instruction": "Sort it.", "input": "2 1"})
    two = seed_file(tmp_path, {"instruction": " Sort  it.", "input": "3 1", "output": "1 3"}, name="two.jsonl")
    assert [(pair.input, pair.output) for pair in load_seeds([one, two])] == [("3 1", "ok"), ("2 1", "ok")]


def test_a_duplicate_of_another_task_does_not_hide_the_seed_of_this_one(tmp_path: Path) -> None:
    path = seed_file(tmp_path, {"instruction": "a", "task": "math/x"}, {"instruction": "a", "task": "coding/y"})
    assert [pair.task for pair in load_seeds([path], ["coding/y"])] == ["coding/y"]


def test_a_seed_without_output_is_named_with_its_line(tmp_path: Path) -> None:
    path = seed_file(tmp_path, {"instruction": "a"}, {"instruction": "b", "output": " \n"})
    with pytest.raises(DataError) as caught:
        load_seeds([path])
    assert str(caught.value) == f"{path}, line 2: a seed needs an output; write the response or delete the row."


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no seeds"):
        load_seeds([seed_file(tmp_path)])


def test_a_task_gets_its_own_seeds_then_its_categorys_then_free_ones(tmp_path: Path) -> None:
    path = seed_file(
        tmp_path,
        {"instruction": "free"},
        {"instruction": "kin", "task": "coding/sql"},
        {"instruction": "own", "task": "coding/python"},
        {"instruction": "stranger", "task": "codingstyle/x"},
    )
    bank = SeedBank(load_seeds([path]))
    assert names(bank.for_task("coding/python")) == ["own", "kin", "free"]
    assert names(bank.for_task("writing/poem")) == ["free"]
    assert bank.for_task("coding/python") is bank.for_task("coding/python")
    assert SeedBank().for_task("coding/python") == ()


def test_built_in_names_mean_the_config_folder_and_the_users_path_the_shells(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    built_in = seed_file(tmp_path / "seeds", {"instruction": "a"}, name="starter.jsonl")
    assert resolve_seed_paths(["starter.jsonl"], "mine.jsonl", tmp_path) == [built_in, Path("mine.jsonl")]
    assert resolve_seed_paths([], None, tmp_path) == []
    with pytest.raises(DataError, match=r"seeds.path: name your file of seeds"):
        resolve_seed_paths([], "", tmp_path)
    with pytest.raises(DataError, match=r"Did you mean 'starter.jsonl'\?.* seeds=file seeds.path=FILE"):
        resolve_seed_paths(["startr.jsonl"], None, tmp_path)


def test_the_options_of_the_config_group_hold_the_same_keys() -> None:
    folder = Path(__file__).parent.parent / "conf" / "seeds"
    options = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in folder.glob("*.yaml")}
    assert sorted(options) == ["builtin", "file", "none"]
    assert {tuple(option) for option in options.values()} == {("paths", "path")}
    assert (options["none"], options["file"]["path"]) == ({"paths": [], "path": None}, "")
