"""What turns texts into vectors: a model in this process, or one behind an API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of some texts, one row each, of any length; and what they cost (None: an unknown price)."""

    vectors: "NDArray[np.float32]"
    calls: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0


class Source(Protocol):
    """A model that embeds texts. `identity` names all that its vectors depend on.

    The vector of a text must not depend on the texts beside it.
    """

    @property
    def identity(self) -> str:
        """The name of the model, and of whatever else shapes its vectors."""
        ...

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return the vectors of texts that are not blank; raises CallFailed where one of them is refused."""
        ...

    def embed_now(self, text: str) -> Embedded:
        """Return the vector of one text at once; raises RunError where the model is behind an API."""
        ...

    def close(self) -> None:
        """Release everything; safe to call twice."""
        ...
