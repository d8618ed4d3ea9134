"""Which action words belong to, learned from everything all actions say of themselves, in closed form.

What is nearest to a question says how it is asked; this says what tells the actions apart: a ridge regression
from the meaning of a phrase, its words and its pairs of words to its action. Nothing is tuned per plugin.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.llm.embedding import Vectors
from bot.llm.vectors import get_kept
from bot.understand.words import tokens

VERSION = "1"
"""Part of what a kept head is called: another way to learn must not read what this one wrote."""
SLOTS = 1_024
"""Numbers for words and pairs; several share one, with either sign, so that they cancel on average."""
BESIDE = 0.5
"""How much words and pairs weigh beside the meaning."""
RIDGE = 0.5
ROWS = 512
"""Phrases that are learned from at once: what learning takes of memory."""
EDGE = ""
"""What stands before the first word and after the last: that words begin a message says much."""


class Head:
    """Built once per view; `weights` are those of `learned`."""

    def __init__(self, weights: Vectors) -> None:
        size = len(weights) - SLOTS - 1
        self._meaning = np.ascontiguousarray(weights[:size, :-1])
        self._words = np.ascontiguousarray(weights[size:-1, :-1]) * np.float32(BESIDE)
        self._rarity = np.ascontiguousarray(weights[size:-1, -1])
        self._always = np.ascontiguousarray(weights[-1, :-1])

    def score(self, vector: Vectors, text: str) -> NDArray[np.float32]:
        """Return per action how much a text is one of its own: 1 for its own phrases, 0 for others'."""
        slots, signs = _slots(text)
        seen = signs * self._rarity[slots]
        length = float(np.sqrt(seen.dot(seen))) or 1.0
        words = (seen / np.float32(length)).dot(self._words[slots])
        return np.asarray(vector.dot(self._meaning) + words + self._always, np.float32)


async def get_head(
    model_id: str, phrases: Sequence[Sequence[str]], vectors: Vectors, folder: Path | None
) -> Head:
    """Return the head of these phrases, one group per action, from disk if it was learned before."""
    shape = (vectors.shape[1] + SLOTS + 1, len(phrases) + 1)
    names = head_names(model_id, phrases)
    return Head(
        await get_kept(names, shape, folder, lambda: asyncio.to_thread(learned, phrases, vectors)),
    )


def head_names(model_id: str, phrases: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return what a kept head is called by: the model and all phrases, group by group."""
    return (f"head {VERSION}", model_id, *(text for group in phrases for text in ("", *group)))


def learned(phrases: Sequence[Sequence[str]], vectors: Vectors) -> Vectors:
    """Return a column per action, and one for how rare each slot is; a row per number of a phrase, and 1.

    An action's phrases weigh less the more it has, so that a plugin with three examples is not drowned.
    """
    slots = [_slots(text) for group in phrases for text in group]
    rarity = _rarity(slots)
    counts = np.array([len(group) for group in phrases])
    of = np.repeat(np.arange(len(phrases)), counts)
    weight = (counts.astype(np.float32) ** -0.5)[of]
    weight /= weight.mean()
    size = vectors.shape[1] + SLOTS + 1
    alike, sums = np.zeros((size, size), np.float32), np.zeros((size, len(phrases)), np.float32)
    for begin in range(0, len(of), ROWS):
        part = slice(begin, begin + ROWS)
        rows = _rows(vectors[part], slots[part], rarity)
        heavy = rows * weight[part, None]
        alike += heavy.T @ rows
        wanted = np.zeros((len(rows), len(phrases)), np.float32)
        wanted[np.arange(len(rows)), of[part]] = 1.0
        sums += heavy.T @ wanted
    alike[np.diag_indices(size)] += RIDGE
    weights = np.zeros((size, len(phrases) + 1), np.float32)
    weights[:, :-1] = np.linalg.solve(alike, sums)
    weights[vectors.shape[1] : -1, -1] = rarity
    return weights


def _rows(vectors: Vectors, slots: Sequence[tuple[NDArray[np.intp], Vectors]], rarity: Vectors) -> Vectors:
    """Return the numbers of some phrases: meaning, words and pairs, and 1."""
    rows = np.zeros((len(vectors), vectors.shape[1] + SLOTS + 1), np.float32)
    rows[:, : vectors.shape[1]] = vectors
    rows[:, -1] = 1.0
    for row, (at, signs) in zip(rows, slots, strict=True):
        seen = signs * rarity[at]
        row[vectors.shape[1] + at] = seen * (BESIDE / (float(np.linalg.norm(seen)) or 1.0))
    return rows


def _rarity(slots: Iterable[tuple[NDArray[np.intp], Vectors]]) -> Vectors:
    found, many = np.zeros(SLOTS, np.float32), 0
    for at, _ in slots:
        found[at] += 1
        many += 1
    return np.asarray(np.log((1 + many) / (1 + found)), np.float32)


def _slots(text: str) -> tuple[NDArray[np.intp], Vectors]:
    """Return where the words and pairs of words of a text count, and with which sign."""
    stems = [t.stem for t in tokens(text)]
    said = dict.fromkeys([*stems, *(f"{a}_{b}" for a, b in pairwise([EDGE, *stems, EDGE]))])
    signs: dict[int, float] = {}
    for one in said:
        letters = crc32(one.encode())
        at = letters % SLOTS
        signs[at] = signs.get(at, 0.0) + (1.0 if letters >> 20 & 1 else -1.0)
    return np.fromiter(signs, np.intp, len(signs)), np.fromiter(signs.values(), np.float32, len(signs))
