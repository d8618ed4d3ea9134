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


KEY = 2
"""Numbers behind each kept vector, whose bits are a digest of its text: it is found again in another set."""


async def get_vectors(embedder: Embedder, texts: Sequence[str], folder: Path | None) -> Vectors:
    """Return one row per text; what was computed before, for these or for other texts, comes from disk."""
    if not texts:
        return np.zeros((0, embedder.dimensions), np.float32)
    model = hashlib.sha256(embedder.model_id.encode()).hexdigest()[:12]
    keys = await asyncio.to_thread(_keys, texts)

    async def compute() -> Vectors:
        known = await asyncio.to_thread(_known, folder, model, keys, embedder.dimensions) if folder else {}
        new = [text for text, key in zip(texts, keys.tolist(), strict=True) if key not in known]
        fresh = iter(await embedder.embed(new) if new else ())
        rows = [known[key] if key in known else next(fresh) for key in keys.tolist()]
        return np.concatenate([np.array(rows, np.float32), keys[:, None].view(np.float32)], axis=1)

    names = (embedder.model_id, *texts)
    shape = (len(texts), embedder.dimensions + KEY)
    kept = await get_kept(names, shape, folder, compute, prefix=f"{model}-")
    return np.ascontiguousarray(kept[:, :-KEY])


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.sha256(text.encode()).digest()[:8] for text in texts)
    return np.frombuffer(b"".join(digests), np.uint64)


def _known(
    folder: Path, model: str, keys: NDArray[np.uint64], dimensions: int
) -> dict[int, NDArray[np.float32]]:
    """Return the vectors of those of these texts that any file of this model holds."""
    known: dict[int, NDArray[np.float32]] = {}
    for path in folder.glob(f"{model}-*.npy"):
        try:
            rows = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            continue
        if rows.ndim != 2 or rows.shape[1] != dimensions + KEY or rows.dtype != np.float32:  # noqa: PLR2004
            continue
        held = np.ascontiguousarray(rows[:, -KEY:]).view(np.uint64)[:, 0]
        at = np.flatnonzero(np.isin(held, keys))
        known |= {int(held[i]): rows[i, :-KEY].copy() for i in at.tolist()}
    return known


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
