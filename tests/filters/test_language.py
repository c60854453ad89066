import pytest

from iftgen.errors import ConfigError
from iftgen.filters import Language
from iftgen.filters.languages import code
from tests.filters.rows import row

ENGLISH = "Explain how a bicycle stays upright while it is moving forward."
SPANISH = "Explica cómo se mantiene en pie una bicicleta mientras avanza por la calle."
GERMAN = "Ein Fahrrad bleibt aufrecht, weil der Fahrer es mit kleinen Bewegungen des Lenkers ausgleicht."


def test_response_in_another_language_is_rejected() -> None:
    verdict = Language().check(row(ENGLISH, GERMAN))
    assert verdict.reason == "the response is in German, but English is asked for"
    assert verdict.score is not None and verdict.score < 0.05 == verdict.threshold


def test_instruction_is_judged_early_and_by_the_drawn_language() -> None:
    drawn = row(ENGLISH, attributes={"language": "Spanish"})
    assert Language().check_instruction(drawn).reason == "the instruction is in English, but Spanish is asked for"
    assert Language().check_instruction(row(SPANISH, attributes={"language": "es-MX"})).keep
    assert not Language().check_instruction(row(SPANISH)).keep


@pytest.mark.parametrize(
    ("instruction", "output", "task"),
    [
        (ENGLISH, "A rider steers a little all the time, and the wheels help.", ""),
        (ENGLISH, "Bicicleta.", ""),
        (ENGLISH, "```python\nfor fila in datos:\n    print(fila)\n```", ""),
        ("Translate the sentence.", GERMAN, ""),
        ("How would you say that the rider balances it in German?", GERMAN, ""),
        ("Say it in the other tongue.", GERMAN, "writing/translation"),
        (ENGLISH, "- Ragu alla Bolognese\n- Risotto\n- Spaghetti alla Carbonara\n- Fiorentina steak", ""),
    ],
)
def test_right_short_or_foreign_on_purpose_is_kept(instruction: str, output: str, task: str) -> None:
    verdict = Language().check(row(instruction, output, task=task))
    assert verdict.keep, verdict.reason


def test_null_and_unknown_languages_are_not_judged() -> None:
    assert Language(language=None).check(row(ENGLISH, GERMAN)).keep
    assert Language().check(row(ENGLISH, GERMAN, attributes={"language": "Klingon"})).keep


@pytest.mark.parametrize(
    ("name", "wanted"), [("English", "en"), ("pt-BR", "pt"), ("Brazilian Portuguese", "pt"), ("?", None)]
)
def test_languages_are_known_by_name_and_code(name: str, wanted: str | None) -> None:
    assert code(name) == wanted


def test_unknown_default_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'spanish'"):
        Language(language="Spanich")
