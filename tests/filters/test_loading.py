"""What is loaded once is charged to no filter."""

import threading
import time

from iftgen.filters.base import Filter
from iftgen.filters.loading import loaded, loading
from iftgen.filters.stack import FilterStack
from iftgen.types import Candidate, Verdict
from tests.filters.rows import row


class Heavy(Filter):
    """Loads for a while at its first check."""

    name = "heavy"

    def check(self, row: Candidate) -> Verdict:
        with loading():
            time.sleep(0.2)
        return self.keep()


def test_the_time_of_loading_is_not_the_time_of_the_filter() -> None:
    stack = FilterStack({"heavy": Heavy()})
    stack.check_response(row())
    assert stack.spent["heavy"].checks == 1 and 0 <= stack.spent["heavy"].seconds < 0.15


def test_what_another_thread_loads_does_not_shorten_the_time_of_this_one() -> None:
    def load() -> None:
        with loading():
            time.sleep(0.01)

    before = loaded()
    thread = threading.Thread(target=load)
    thread.start()
    thread.join()
    assert loaded() == before
