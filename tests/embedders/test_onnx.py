"""The small model on this machine; skipped where its extra is not installed."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iftgen.embedders import onnx
from iftgen.embedders.onnx import OnnxSource, check_onnx
from iftgen.errors import ConfigError

installed = all(importlib.util.find_spec(name) for name in onnx.PACKAGES)
needs_model = pytest.mark.skipif(not installed, reason="the extra onnx is not installed")
TEXTS = ["Explain how tides work.", "Why do tides happen?", "Bake a cake.", "x " * 600, "é中文 \U0001f600", "\0"]


@needs_model
async def test_the_bits_of_a_vector_depend_on_its_text_alone() -> None:
    one, many = OnnxSource(threads=1), OnnxSource(threads=3)
    together = (await many.embed(TEXTS * 2)).vectors
    for place, text in enumerate(TEXTS):
        alone = one.embed_now(text).vectors[0]
        assert (together[place] == alone).all()
        assert (together[place + len(TEXTS)] == alone).all()
    one.close()
    many.close()
    many.close()


@needs_model
def test_the_same_question_in_other_words_is_nearer_than_another_question() -> None:
    source = OnnxSource()
    vectors = [source.embed_now(text).vectors[0] for text in TEXTS[:3]]
    unit = [vector / np.linalg.norm(vector) for vector in vectors]
    assert unit[0] @ unit[1] > 0.6 > 0.2 > unit[0] @ unit[2]


@needs_model
def test_the_packages_are_those_that_were_measured() -> None:
    check_onnx()


def test_a_missing_package_is_named_with_the_command_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"onnxruntime.*pip install 'iftgen\[onnx\]'.*uv sync --extra onnx"):
        check_onnx()


def test_another_model_in_the_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.onnx").write_bytes(b"another")

    class Spec:
        submodule_search_locations = (str(tmp_path),)

    def find(name: str) -> Any:
        return Spec()

    monkeypatch.setattr(onnx, "find_spec", find)
    with pytest.raises(ConfigError, match=r"model\.onnx is not the file"):
        check_onnx()
