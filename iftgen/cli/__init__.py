"""The command line."""

from iftgen.cli.main import main

__all__ = ["main"]
