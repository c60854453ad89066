"""No candidate makes a filter raise, whatever is in it, and the same candidate has the same verdict again."""

import copy

import pytest

from iftgen.filters import FILTERS
from iftgen.filters.stack import FilterStack
from iftgen.types import Pair
from tests.filters.fuzz import candidates
from tests.filters.vectors import Chosen

ROWS = 600
# What needs arguments or a model of its own.
LEFT_OUT = ("guardrails",)


@pytest.mark.parametrize("name", [name for name in FILTERS if name not in LEFT_OUT])
def test_no_candidate_makes_a_filter_raise(name: str) -> None:
    stack = FilterStack.build({name: {"_target_": FILTERS[name]}}, verify={"": {name: {}}}, every=True)
    stack.use(Chosen())
    for row in candidates(ROWS):
        again = copy.deepcopy(row)
        found = stack.check_instruction(row, 0), stack.check_response(row), stack.final(row)
        assert found == (stack.check_instruction(again, 0), stack.check_response(again), stack.final(again))
        if row.index % 3 == 0:
            stack.remember(Pair(str(row.index), row.instruction, row.output, row.input), row.index + 1)
