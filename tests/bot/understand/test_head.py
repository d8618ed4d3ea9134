from pathlib import Path

import numpy as np

from bot.llm.embedding import Vectors
from bot.understand.elsewhere import SAYINGS, nearness
from bot.understand.head import Head, get_head, learned

PHRASES = [
    ["suspend a customer", "cut the service of customer", "customer did not pay, block them"],
    ["resume a customer", "customer has paid, open the service again", "unblock customer"],
    [f"show me {thing} of customer" for thing in ("invoices", "bills", "payments", "debts")] * 8,
]


def unit(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, 16)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


VECTORS = unit(sum(map(len, PHRASES)), 1)


def test_each_action_knows_its_own_phrases_however_few_they_are() -> None:
    head = Head(learned(PHRASES, VECTORS))
    rows = iter(VECTORS)
    for at, group in enumerate(PHRASES):
        for text in group:
            assert head.score(next(rows), text).argmax() == at, text


def test_pairs_of_words_tell_apart_what_means_alike() -> None:
    head = Head(learned(PHRASES, VECTORS))
    nothing = np.zeros(16, np.float32)
    cut, opened = head.score(nothing, "cut the service of her"), head.score(nothing, "open the service again")
    assert cut[0] > cut[1]
    assert opened[1] > opened[0]


def test_words_that_nobody_wrote_and_none_at_all_are_no_trouble() -> None:
    head = Head(learned(PHRASES, VECTORS))
    for text in ("", "?", "zzyzx"):
        assert np.isfinite(head.score(unit(1, 3)[0], text)).all()


def test_one_action_is_enough() -> None:
    assert Head(learned([["ping"]], unit(1, 4))).score(unit(1, 4)[0], "ping").shape == (1,)


async def test_what_was_learned_is_kept_for_these_phrases_alone(tmp_path: Path) -> None:
    first = await get_head("model", PHRASES, VECTORS, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    again = await get_head("model", PHRASES, np.zeros_like(VECTORS), tmp_path)
    asked = VECTORS[0], PHRASES[0][0]
    assert np.array_equal(first.score(*asked), again.score(*asked))
    moved = [[*PHRASES[0], PHRASES[1][0]], PHRASES[1][1:], PHRASES[2]]
    await get_head("model", moved, VECTORS, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_nearest_of_what_has_nothing_to_do_with_a_provider_count() -> None:
    sayings = unit(9, 5)
    near = sorted((sayings @ sayings[2]).tolist())[-3:]
    assert abs(nearness(sayings[2], sayings) - (0.5 + 0.5 * sum(near) / 3)) < 1e-6
    assert len(SAYINGS) == len(set(SAYINGS)) > 100
