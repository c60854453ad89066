"""The starter taxonomy and its seeds hold together."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from iftgen.methods.answer import KEYS
from iftgen.methods.recipes import KINDS
from iftgen.methods.recipes.base import TextRules, text_rules
from iftgen.methods.recipes.facts import missing_fact
from iftgen.methods.recipes.label import misfit
from iftgen.methods.recipes.transforms import find
from iftgen.taxonomy import Task
from tests.methods.desk import CONF, starter

TASKS = starter().tasks
SEEDS: list[dict[str, Any]] = [json.loads(line) for line in (CONF / "seeds" / "starter.jsonl").read_text().splitlines()]
FIRST = [task for task in TASKS.values() if task.method == "output_first"]


@pytest.mark.parametrize("task", FIRST, ids=lambda task: task.name)
def test_recipes_are_complete(task: Task) -> None:
    recipe = task.recipe
    assert recipe["kind"] in KINDS
    assert len(recipe["wordings"]) >= 4 and len(recipe["shots"]) >= 5
    if recipe["kind"] == "transform":
        spec = recipe["transform"]
        find(spec if isinstance(spec, str) else spec["name"])


@pytest.mark.parametrize("task", FIRST, ids=lambda task: task.name)
def test_examples_obey_the_rules_of_their_recipe(task: Task) -> None:
    recipe = task.recipe
    rules = text_rules(recipe)
    loose = TextRules(rules.words, rules.sentences, True, rules.ends)
    for shot in recipe["shots"]:
        assert loose.objection(shot["text"], []) is None, shot
        if recipe["kind"] == "facts":
            assert missing_fact(shot["text"], [str(shot[name]) for name in recipe["slots"]]) is None, shot
        if recipe["kind"] == "label":
            assert misfit(shot["text"], shot["label"], recipe["classes"]) is None, shot


def test_topic_pools_have_no_repeats() -> None:
    for task in TASKS.values():
        assert len(set(task.topics)) == len(task.topics), task.name


def test_answers_use_known_keys() -> None:
    assert all(set(task.answer) <= set(KEYS) for task in TASKS.values())


def test_every_task_has_seeds_and_every_seed_a_task() -> None:
    counts = Counter(seed["task"] for seed in SEEDS)
    assert set(counts) == set(TASKS)
    assert min(counts.values()) >= 2 and len(SEEDS) >= 120


def test_seeds_are_whole_and_differ() -> None:
    assert all(
        seed["instruction"] and seed["output"] and set(seed) == {"task", "topic", "instruction", "input", "output"}
        for seed in SEEDS
    )
    assert len({(seed["instruction"], seed["input"]) for seed in SEEDS}) == len(SEEDS)


def test_seed_topics_of_questions_are_not_asked_again() -> None:
    for seed in SEEDS:
        if seed["task"].startswith("questions/"):
            assert seed["topic"] not in TASKS[seed["task"]].topics or seed["task"] == "questions/things"


def test_every_function_has_tests() -> None:
    for task in TASKS.values():
        if task.answer.get("choose") == "tests":
            assert list(task.answer["tests"]) == list(task.topics)
            assert all(tests for tests in task.answer["tests"].values())


def test_expected_mentions_fit_the_topics() -> None:
    for task in TASKS.values():
        mentions = task.answer.get("mentions")
        if mentions:
            assert list(mentions) == list(task.topics)
            for topic, pattern in mentions.items():
                assert not re.search(pattern, topic, re.I), f"{task.name}: {topic} mentions itself"
