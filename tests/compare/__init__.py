"""Tests of iftgen.compare."""
