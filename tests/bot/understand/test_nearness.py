from collections.abc import Sequence

import numpy as np
import pytest

from bot.llm.embedding import Vectors
from bot.understand.nearness import NEAREST, Nearness


def unit(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, 384)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def one_by_one(vectors: Vectors, counts: Sequence[int], asked: Vectors) -> list[float]:
    out, begin = [], 0
    for count in counts:
        near = sorted((vectors[begin : begin + count] @ asked).tolist())[-NEAREST:]
        out.append(0.5 * near[-1] + 0.5 * sum(near) / len(near))
        begin += count
    return out


@pytest.mark.parametrize("counts", [[1], [2, 1, 3], [3, 4, 9], [7] * 100, [1, 12, 2, 36] * 20])
def test_the_close_look_at_many_is_that_at_each(counts: list[int]) -> None:
    vectors, asked = unit(sum(counts), 1), unit(1, 2)[0]
    best = np.random.default_rng(3).permutation(len(counts))[:30]
    whole = one_by_one(vectors, counts, asked)
    found = Nearness(vectors, counts).close(asked, best)
    assert found.tolist() == pytest.approx([whole[i] for i in best], abs=1e-5)


def test_an_action_is_about_as_near_as_its_own_phrase() -> None:
    counts = [1, 12, 2, 36] * 20
    vectors = unit(sum(counts), 4)
    nearness = Nearness(vectors, counts)
    alone = [i for i, count in enumerate(counts) if count == 1]
    for i in alone:
        assert nearness.about(vectors[sum(counts[:i])]).argmax() == i


def test_few_actions_are_compared_by_all_numbers() -> None:
    vectors = unit(3, 5)
    about = Nearness(vectors, [1, 1, 1]).about(vectors[1])
    assert about.tolist() == pytest.approx((vectors @ vectors[1]).tolist(), abs=1e-6)


def test_the_phrases_are_kept_in_half_the_memory() -> None:
    vectors = unit(300, 6)
    kept = Nearness(vectors, [3] * 100)
    assert sum(part.nbytes for part in kept._parts) * 2 == vectors.nbytes
    assert not any(np.shares_memory(part, vectors) for part in kept._parts)
