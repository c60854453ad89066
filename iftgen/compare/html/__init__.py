"""A comparison as one HTML page that needs nothing beside it."""

from iftgen.compare.html.page import page

__all__ = ["page"]
