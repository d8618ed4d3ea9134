import asyncio
from pathlib import Path

import numpy as np
import pytest

from bot.errors import Unavailable
from bot.llm.embedding import DIMENSIONS, LocalEmbedder, _batches

EMBEDDER = LocalEmbedder()


async def test_like_meanings_are_near_and_vectors_have_length_one() -> None:
    vectors = await EMBEDDER.embed(["who has not paid", "customers in debt", "reboot the router"])
    assert vectors.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far + 0.1


async def test_a_text_has_the_same_vector_alone_and_in_any_batch() -> None:
    texts = ["is she online", "a much longer question about invoices that are overdue since last month", "hi"]
    together = await EMBEDDER.embed(texts)
    alone = np.concatenate([await EMBEDDER.embed([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-4)


async def test_several_may_ask_at_once() -> None:
    texts = [f"question number {i}" for i in range(12)]
    one_by_one = await asyncio.gather(*(LocalEmbedder.embed(EMBEDDER, [text]) for text in texts))
    assert np.allclose(np.concatenate(one_by_one), await EMBEDDER.embed(texts), atol=1e-4)


async def test_no_texts_give_no_rows() -> None:
    assert (await EMBEDDER.embed([])).shape == (0, DIMENSIONS)


async def test_a_changed_model_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"something else")
    broken = LocalEmbedder(model=path)
    with pytest.raises(Unavailable, match="not the one this version knows"):
        await broken.embed(["hello"])
    assert "not the one" in broken.trouble()


async def test_a_missing_model_is_said_not_raised_by_health(monkeypatch: pytest.MonkeyPatch) -> None:
    assert EMBEDDER.trouble() == ""
    monkeypatch.setattr("bot.llm.embedding.importlib.util.find_spec", lambda _name: None)
    lost = LocalEmbedder()
    assert "not installed" in lost.trouble()
    with pytest.raises(Unavailable):
        await lost.embed(["hello"])


def test_batches_hold_every_text_once_within_the_cap() -> None:
    lengths = [5, 300, 7, 6, 90, 91, 5]
    batches = list(_batches(lengths, 200))
    assert sorted(i for batch in batches for i in batch) == list(range(7))
    assert all(len(b) == 1 or len(b) * max(lengths[i] for i in b) <= 200 for b in batches)
