"""What the actions' own words mean, row by row: computed at the first start, read from disk at the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.llm.embedding import Embedder, Vectors
from bot.llm.vectors import get_vectors, is_kept
from bot.understand.elsewhere import SAYINGS
from bot.understand.head import Head, get_head, head_names
from bot.understand.vain import SORTS


class Said(NamedTuple):
    """What each action says of itself and the plugin it is of, in the same order."""

    plugins: Sequence[str]
    phrases: Sequence[Sequence[str]]

    @property
    def groups(self) -> list[Sequence[str]]:
        """The phrases of the actions, then those of the wishes that nothing here is about."""
        return [*self.phrases, *(sort.sayings for sort in SORTS)]


class Gathered(NamedTuple):
    """One row per phrase in the order they are said, what was learned from them, and the others' rows."""

    vectors: Vectors
    vain: Vectors
    head: Head
    elsewhere: Vectors


async def gathered(embedder: Embedder, said: Said, folder: Path | None) -> Gathered:
    """Return all rows, plugin by plugin, so that tenants share what is kept on disk.

    What was computed is kept plugin by plugin too: whatever ends this, little is computed again.
    """
    counts = [len(group) for group in said.phrases]
    begins = list(pairwise(accumulate(counts, initial=0)))
    vain = await get_vectors(embedder, [text for sort in SORTS for text in sort.sayings], folder)
    elsewhere = await get_vectors(embedder, SAYINGS, folder)
    # One table, filled where it lies: to put parts together afterwards needs all memory twice.
    rows = np.empty((sum(counts) + len(vain), embedder.dimensions), np.float32)
    for plugin in dict.fromkeys(said.plugins):
        own = [i for i, other in enumerate(said.plugins) if other == plugin]
        made = await get_vectors(embedder, [t for i in own for t in said.phrases[i]], folder)
        rows[np.concatenate([np.arange(*begins[i]) for i in own])] = made
    rows[sum(counts) :] = vain
    head = await get_head(embedder.model_id, said.groups, rows, folder)
    return Gathered(rows[: sum(counts)], rows[sum(counts) :], head, elsewhere)


def is_learned(model_id: str, said: Said, folder: Path) -> bool:
    """Say whether all of it was computed before, as the head is learned last of all."""
    return is_kept(head_names(model_id, said.groups), folder)
