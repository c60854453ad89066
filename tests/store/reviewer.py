"""A reviewer as a process of their own: python -m tests.store.reviewer FOLDER NAME COUNT judges `COUNT` rows."""

import sys
from pathlib import Path

from iftgen.store.reviews import Edit, Review, append_review

if __name__ == "__main__":
    folder, name, count = sys.argv[1:]
    sys.stdin.readline()  # all begin at once
    long = Edit(instruction="é" * 20_000, input="", output=name)
    for number in range(int(count)):
        append_review(Path(folder), Review(float(number), name, f"id{number}", number, "examples", "good", "", long))
