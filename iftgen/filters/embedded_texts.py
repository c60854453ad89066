"""What the filters that use an embedder compare: the texts of a row, and their cosine."""

from typing import TYPE_CHECKING

from iftgen.types import Candidate, Pair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def whole_text(row: Candidate | Pair) -> str:
    """Return instruction and input as one text."""
    return f"{row.instruction}\n{row.input}" if row.input.strip() else row.instruction


def question_texts(row: Candidate | Pair) -> tuple[str, ...]:
    """Return the whole text, then instruction and input where there are both; nothing where all is blank."""
    if row.input.strip() and row.instruction.strip():
        return whole_text(row), row.instruction, row.input
    return (whole_text(row),) if row.instruction.strip() or row.input.strip() else ()


def cosine(one: "NDArray[np.float32]", other: "NDArray[np.float32]") -> float:
    """Return the cosine of two vectors of unit length, the same on every machine to six digits."""
    import numpy as np

    return round(float(np.dot(one.astype(np.float64), other.astype(np.float64))), 6)
