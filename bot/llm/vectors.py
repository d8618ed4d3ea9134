"""Vectors of texts that seldom change, kept on disk so that a second start does not compute them again."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from numpy.typing import NDArray

from bot.llm.embedding import Embedder, Vectors

UNUSED = timedelta(days=90)
"""After so long unread, vectors are deleted when others are written; they can be computed again."""
HALF, FORSAKEN = "half-", timedelta(hours=1)
"""How the names of files begin that are being written, and when whoever wrote one must have been killed."""
KEY = 2
"""Numbers behind each kept vector, whose bits are a digest of its text: it is found again in another set."""


async def get_vectors(embedder: Embedder, texts: Sequence[str], folder: Path | None) -> Vectors:
    """Return one row per text; what was computed before, for these or for other texts, comes from disk."""
    if not texts:
        return np.zeros((0, embedder.dimensions), np.float32)
    model = hashlib.sha256(embedder.model_id.encode()).hexdigest()[:12]
    keys = await asyncio.to_thread(_keys, texts)

    async def compute() -> Vectors:
        rows = np.empty(shape, np.float32)
        rows[:, -KEY:] = keys[:, None].view(np.float32)
        new = np.ones(len(texts), np.bool_)
        if folder:
            await asyncio.to_thread(_take_known, folder, model, rows, new)
        if new.any():
            rows[new, :-KEY] = await embedder.embed([texts[i] for i in np.flatnonzero(new).tolist()])
        return rows

    names = (embedder.model_id, *texts)
    shape = (len(texts), embedder.dimensions + KEY)
    kept = await get_kept(names, shape, folder, compute, prefix=f"{model}-")
    return np.ascontiguousarray(kept[:, :-KEY])


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.sha256(text.encode()).digest()[:8] for text in texts)
    return np.frombuffer(b"".join(digests), np.uint64)


def _take_known(folder: Path, model: str, rows: Vectors, new: NDArray[np.bool_]) -> None:
    """Copy the vectors of those texts that any file of this model holds into `rows`: they are not `new`."""
    keys = _key_of(rows).tolist()
    for path in folder.glob(f"{model}-*.npy"):
        try:  # only the rows that are wanted are read from it
            kept = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            continue
        if kept.ndim != 2 or kept.shape[1] != rows.shape[1] or kept.dtype != np.float32:  # noqa: PLR2004
            continue
        held = {key: i for i, key in enumerate(_key_of(kept).tolist())}
        for i in np.flatnonzero(new).tolist():
            if (at := held.get(keys[i])) is not None:
                rows[i], new[i] = kept[at], False


def _key_of(rows: Vectors) -> NDArray[np.uint64]:
    """Return the digests of the texts whose vectors these are."""
    return np.ascontiguousarray(rows[:, -KEY:]).view(np.uint64)[:, 0]


async def get_kept(
    names: Sequence[str],
    shape: tuple[int, int],
    folder: Path | None,
    compute: Callable[[], Awaitable[Vectors]],
    prefix: str = "",
) -> Vectors:
    """Return what was computed for these names before, from its file; else compute it and keep it."""
    path = _path(names, folder, prefix) if folder else None
    if path and (kept := await asyncio.to_thread(_read, path, shape)) is not None:
        return kept
    vectors = await compute()
    if path:
        with suppress(OSError):  # a full disk makes the next start slower, nothing else
            await asyncio.to_thread(_write, path, vectors)
    return vectors


def is_kept(names: Sequence[str], folder: Path) -> bool:
    """Say whether what is called so is on disk, whole or not."""
    return _path(names, folder, "").is_file()


def _path(names: Sequence[str], folder: Path, prefix: str) -> Path:
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()
    return folder / f"{prefix}{digest[:32]}.npy"


def _read(path: Path, shape: tuple[int, int]) -> Vectors | None:
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    with suppress(OSError):  # still wanted; a folder that cannot be written is never swept either
        path.touch()
    return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None


def _write(path: Path, vectors: Vectors) -> None:
    """Write beside and rename, so that a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=HALF, delete=False) as file:
        try:
            np.save(file, vectors)
            file.flush()
            os.replace(file.name, path)  # noqa: PTH105 - the name is a string here
        except OSError:
            os.unlink(file.name)  # noqa: PTH108 - as above
            raise
    _sweep(path.parent)


def _sweep(folder: Path) -> None:
    """Delete vectors nobody asked for in a long time: each version of each plugin leaves a file behind."""
    now = time.time()
    for one in folder.iterdir():
        oldest = now - (FORSAKEN if one.name.startswith(HALF) else UNUSED).total_seconds()
        with suppress(OSError):  # another process was faster
            if one.stat().st_mtime < oldest:
                one.unlink()
