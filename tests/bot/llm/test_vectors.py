import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.llm.embedding import Vectors
from bot.llm.vectors import FORSAKEN, HALF, UNUSED, get_vectors


class Counting:
    """An embedder that counts how often it is asked."""

    model_id, dimensions = "counting/1", 4

    def __init__(self) -> None:
        self.asked = 0
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += 1
        self.texts += texts
        return np.array([[len(t), 1, 2, 3] for t in texts], np.float32)

    def trouble(self) -> str:
        return ""


async def test_the_second_time_comes_from_disk(tmp_path: Path) -> None:
    embedder = Counting()
    first = await get_vectors(embedder, ["a", "bb"], tmp_path)
    second = await get_vectors(embedder, ["a", "bb"], tmp_path)
    assert embedder.asked == 1
    assert np.array_equal(first, second)


async def test_other_texts_and_other_models_are_computed_anew(tmp_path: Path) -> None:
    embedder = Counting()
    await get_vectors(embedder, ["a"], tmp_path)
    await get_vectors(embedder, ["b"], tmp_path)
    embedder.model_id = "counting/2"
    await get_vectors(embedder, ["a"], tmp_path)
    assert embedder.asked == 3


async def test_only_what_is_new_is_computed(tmp_path: Path) -> None:
    embedder = Counting()
    first = await get_vectors(embedder, ["a", "bb", "ccc"], tmp_path)
    second = await get_vectors(embedder, ["ccc", "dddd", "a"], tmp_path)
    assert embedder.texts == ["a", "bb", "ccc", "dddd"]
    assert np.array_equal(second[[0, 2]], first[[2, 0]])
    assert second.tolist()[1] == [4, 1, 2, 3]


async def test_vectors_of_another_model_are_not_taken(tmp_path: Path) -> None:
    embedder = Counting()
    await get_vectors(embedder, ["a", "bb"], tmp_path)
    embedder.model_id = "counting/2"
    await get_vectors(embedder, ["bb", "a"], tmp_path)
    assert embedder.texts == ["a", "bb", "bb", "a"]


async def test_a_damaged_file_is_computed_anew(tmp_path: Path) -> None:
    embedder = Counting()
    await get_vectors(embedder, ["a"], tmp_path)
    next(tmp_path.iterdir()).write_bytes(b"half a fi")
    assert (await get_vectors(embedder, ["a"], tmp_path)).shape == (1, 4)
    assert embedder.asked == 2


async def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert (await get_vectors(Counting(), ["a"], blocked / "below")).shape == (1, 4)


async def test_no_texts_need_no_model(tmp_path: Path) -> None:
    embedder = Counting()
    assert (await get_vectors(embedder, [], tmp_path)).shape == (0, 4)
    assert embedder.asked == 0


async def test_what_nobody_wanted_for_long_is_deleted(tmp_path: Path) -> None:
    embedder = Counting()
    await get_vectors(embedder, ["old"], tmp_path)
    await get_vectors(embedder, ["old but wanted"], tmp_path)
    long_ago = time.time() - 2 * UNUSED.total_seconds()
    for path in tmp_path.iterdir():
        os.utime(path, (long_ago, long_ago))
    await get_vectors(embedder, ["old but wanted"], tmp_path)
    await get_vectors(embedder, ["new"], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    await get_vectors(embedder, ["old but wanted"], tmp_path)
    assert embedder.asked == 3


async def test_half_a_file_is_read_for_no_texts(tmp_path: Path) -> None:
    embedder = Counting()
    texts = [f"text {i}" for i in range(50)]
    await get_vectors(embedder, texts, tmp_path)
    path = next(tmp_path.iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert len(await get_vectors(embedder, texts, tmp_path)) == 50
    path.write_bytes(whole[: len(whole) // 2])
    assert len(await get_vectors(embedder, texts[:9], tmp_path)) == 9
    assert embedder.texts == [*texts, *texts, *texts[:9]]


async def test_what_was_left_half_written_is_deleted_soon(tmp_path: Path) -> None:
    left, writing = tmp_path / f"{HALF}abc", tmp_path / f"{HALF}def"
    left.write_bytes(b"half a fi")
    writing.write_bytes(b"half a fi")
    before = time.time() - 2 * FORSAKEN.total_seconds()
    os.utime(left, (before, before))
    await get_vectors(Counting(), ["new"], tmp_path)
    assert not left.exists()
    assert writing.exists()


async def test_a_text_said_twice_has_the_same_row_twice(tmp_path: Path) -> None:
    await get_vectors(Counting(), ["bb"], tmp_path)
    assert (await get_vectors(Counting(), ["a", "bb", "a", "bb"], tmp_path))[:, 0].tolist() == [1, 2, 1, 2]
