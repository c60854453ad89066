"""Embedders: texts as vectors, for the filters that compare meanings."""

from iftgen.embedders.base import Embedded, Source
from iftgen.embedders.service import Embedder

__all__ = ["Embedded", "Embedder", "Source"]
