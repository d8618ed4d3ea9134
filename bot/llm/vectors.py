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

from bot.llm.embedding import Embedder, Vectors

UNUSED = timedelta(days=90)
"""After so long unread, vectors are deleted when others are written; they can be computed again."""


async def get_vectors(embedder: Embedder, texts: Sequence[str], folder: Path | None) -> Vectors:
    """Return one row per text, from the file that belongs to this model and these texts if there is one."""
    if not texts:
        return np.zeros((0, embedder.dimensions), np.float32)
    names = (embedder.model_id, *texts)
    return await get_kept(names, (len(texts), embedder.dimensions), folder, lambda: embedder.embed(texts))


async def get_kept(
    names: Sequence[str],
    shape: tuple[int, int],
    folder: Path | None,
    compute: Callable[[], Awaitable[Vectors]],
) -> Vectors:
    """Return what was computed for these names before, from its file; else compute it and keep it."""
    path = _path(names, folder) if folder else None
    if path and (kept := await asyncio.to_thread(_read, path, shape)) is not None:
        return kept
    vectors = await compute()
    if path:
        with suppress(OSError):  # a full disk makes the next start slower, nothing else
            await asyncio.to_thread(_write, path, vectors)
    return vectors


def _path(names: Sequence[str], folder: Path) -> Path:
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()
    return folder / f"{digest[:32]}.npy"


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
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
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
    oldest = time.time() - UNUSED.total_seconds()
    for one in folder.iterdir():
        with suppress(OSError):  # another process was faster
            if one.stat().st_mtime < oldest:
                one.unlink()
