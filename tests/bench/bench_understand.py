"""What understanding costs: ranking 10, 100 and 1,000 actions, and whole questions with the real ones.

Run: `python tests/bench/bench_understand.py`. CPU per call on one thread, the median of the rounds; the many actions are the real ones again,
with some words of their examples replaced, under other names, so that they differ as those of other plugins would.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.contract.people import User
from bot.host.registry import Owned
from bot.llm.embedding import Vectors
from bot.llm.wordpiece import VOCABULARY
from bot.understand.elsewhere import SAYINGS
from bot.understand.gathered import Said
from bot.understand.head import Head, learned
from bot.understand.index import Index
from bot.understand.sentence import read
from bot.understand.understander import Understander
from bot.understand.vain import SORTS
from tests.evals import score, world
from tests.evals.cases import first_cases

SIZES = (10, 100, 1_000)
ROUNDS = 15
DICE = random.Random(2)
WORDS = [w for w in VOCABULARY.read_text().split("\n")[3_000:12_000] if w.isalpha() and len(w) > 3]


def share(numbers: Sequence[float], part: float) -> float:
    return sorted(numbers)[min(int(len(numbers) * part), len(numbers) - 1)]


def actions(count: int) -> list[Owned]:
    out = list(world.ACTIONS[:count])
    while len(out) < count:
        like = world.ACTIONS[len(out) % len(world.ACTIONS)]
        said = tuple(" ".join(_other(word) for word in text.split()) for text in like.item.examples)
        name = f"{like.item.name}_{DICE.choice(WORDS)}_{len(out)}"
        out.append(Owned(f"{like.plugin}{len(out) // 20}", replace(like.item, name=name, examples=said)))
    return out


def _other(word: str) -> str:
    return DICE.choice(WORDS) if "{" not in word and DICE.random() < 0.5 else word


def microseconds(work: Callable[[], object], count: int) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) / count * 1e6)
    return share(taken, 0.5)


def some(count: int) -> Vectors:
    """Return vectors of length one that mean nothing."""
    vectors = np.random.default_rng(count).standard_normal((count, 384)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def ranking(count: int, few: float) -> float:
    made = Understander(actions(count), world.ENTITIES, embedder=None)
    index: Index = made.index
    phrases = sum(map(len, index.phrases))
    centre = np.random.default_rng(1).standard_normal((count, 384))
    rows = np.repeat(centre, [len(p) for p in index.phrases], axis=0)
    vectors = (rows + np.random.default_rng(2).standard_normal(rows.shape)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    all_of_it = Said([o.plugin for o in index.actions], index.phrases)
    vain = some(sum(len(sort.sayings) for sort in SORTS))
    head = Head(learned(all_of_it.groups, np.concatenate([vectors, vain])))
    index.set_vectors(vectors, vain, head, some(len(SAYINGS)))
    user = User.with_permissions("x", "Ada Obi", frozenset(o.item.permission for o in index.actions))
    mask = index.allowed(user)
    asked = [[w.low for w in read(c.q, made._nouns, score.CLOCK, "NGN", {}).words] for c in first_cases()]
    said = [(words, " ".join(words), vectors[DICE.randrange(phrases)]) for words in asked]
    spent = microseconds(
        lambda: [index.rank(vector, text, words, mask) for words, text, vector in said], len(said)
    )
    first = microseconds(lambda: [index.fit(vector, text, words) for words, text, vector in said], len(said))
    words_only = microseconds(
        lambda: [index.rank(None, text, words, mask) for words, text, _ in said], len(said)
    )
    print(
        f"  {count:>5} actions, {phrases:>6} phrases: {spent:5.0f} us to rank ({spent / (few or spent):.1f} times the"
        f" fewest), {first:4.0f} us of it to compare all, {words_only:4.0f} us by words alone"
    )
    return spent


async def whole() -> None:
    made = score.make()
    await made.warm()
    cases = first_cases()
    for case in cases[:20]:
        await score.understand(made, case)
    wall, cpu = [], []
    for case in cases:
        made._embedder._kept.clear()  # every question anew
        began, busy = time.perf_counter(), time.process_time()
        await score.understand(made, case)
        wall.append((time.perf_counter() - began) * 1e3)
        cpu.append((time.process_time() - busy) * 1e3)
    for title, taken in (("wall", wall), ("CPU", cpu)):
        print(
            f"  {len(world.ACTIONS)} actions, a whole question, {title}: p50 {share(taken, 0.5):.1f} ms, p99 {share(taken, 0.99):.1f} ms"
        )


def main() -> None:
    print(f"understanding, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    few = 0.0
    for count in SIZES:
        spent = ranking(count, few)
        few = few or spent
    asyncio.run(whole())


if __name__ == "__main__":
    main()
