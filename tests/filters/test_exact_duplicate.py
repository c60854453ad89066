from iftgen.filters import ExactDuplicate
from tests.filters.rows import pair, row


def test_equal_instruction_is_rejected_with_its_neighbour() -> None:
    memory = ExactDuplicate()
    memory.remember(pair("Name the capital of France.", id="a"), 3)
    memory.remember(pair("Name the capital of France!", id="b"), 4)
    verdict = memory.check(row("  name the  capital of FRANCE"))
    assert verdict.reason == "the instruction and input are those of an accepted row"
    assert (verdict.stage, verdict.neighbour_id) == ("instruction", "a")
    assert verdict.neighbour == "Name the capital of France."


def test_compatibility_forms_are_equal() -> None:
    memory = ExactDuplicate()
    memory.remember(pair("Explain ﬁsh．", origin="seed"), 0)
    assert memory.check(row("Explain fish")).reason == "the instruction and input are those of a seed"


def test_other_input_or_meaningful_mark_is_new() -> None:
    memory = ExactDuplicate()
    memory.remember(pair("Correct it.", "My borther."), 0)
    memory.remember(pair("What is C?"), 0)
    assert memory.check(row("Correct it.", input="My bruther.")).keep
    assert memory.check(row("What is C++?")).keep


def test_later_rows_are_not_seen() -> None:
    memory = ExactDuplicate()
    memory.remember(pair("Name a city."), 5)
    assert memory.check_at(row("Name a city."), 4).keep
    assert not memory.check_at(row("Name a city."), 5).keep
