"""Every prompt renders for every task of every built-in taxonomy, in both styles."""

from pathlib import Path

import pytest

from iftgen.errors import ConfigError
from iftgen.methods import make_method
from iftgen.prompts import Prompts, render_text
from iftgen.taxonomy import load_taxonomy
from iftgen.types import Candidate, Pair, Style
from tests.methods.desk import CONF, Model, make_desk, make_draw

TAXONOMIES = sorted((CONF / "taxonomy").glob("*.tasks.yml"))
SHOTS = (Pair("a", "Say hi.", "Hi."), Pair("b", "Fix it.", "The end.", input="Teh end.", topic="an end"))


@pytest.mark.parametrize("style", ["chat", "completion"])
@pytest.mark.parametrize("path", TAXONOMIES, ids=lambda path: path.stem)
async def test_prompts_render_for_every_task(path: Path, style: Style) -> None:
    for task in load_taxonomy(path).tasks.values():
        method = make_method(task.method or "self_instruct")
        draw = make_draw(task, shots=SHOTS)
        model = Model("A small bird was singing on the roof of the house.")
        desk = make_desk(task, draw, model, style)
        await method.propose(draw, desk)
        row = Candidate(0, instruction="Say it.", input="This.")
        await method.respond(row, draw, desk)
        for request in model.requests:
            assert (request.messages is not None) == (style == "chat")
            text = request.prompt if request.messages is None else "\n".join(m["content"] for m in request.messages)
            assert text and "\n\n\n" not in text
            assert "{{" not in text and "{%" not in text


def test_a_folder_of_the_user_wins(tmp_path: Path) -> None:
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "response.j2").write_text("{% block user %}Mine: {{ instruction }}{% endblock %}")
    prompts = Prompts((tmp_path, CONF / "prompt"))
    assert prompts.render("chat", "response", {"instruction": "Hi?"}).messages == (
        {"role": "user", "content": "Mine: Hi?"},
    )


def test_an_unknown_name_in_a_template_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "bad.j2").write_text("{% block user %}{{ nothing }}{% endblock %}")
    with pytest.raises(ConfigError, match=r"chat/bad.j2: 'nothing' is undefined"):
        Prompts((tmp_path,)).render("chat", "bad", {})


def test_templates_cannot_reach_python(tmp_path: Path) -> None:
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "bad.j2").write_text("{% block user %}{{ ''.__class__.__mro__ }}{% endblock %}")
    with pytest.raises(ConfigError, match=r"chat/bad.j2"):
        Prompts((tmp_path,)).render("chat", "bad", {})


def test_an_unknown_template_lists_those_that_exist() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'response'"):
        Prompts((CONF / "prompt",)).template("chat", "responce")


def test_one_line_templates() -> None:
    assert render_text("Join with {{ word }}.", {"word": "so"}) == "Join with so."
