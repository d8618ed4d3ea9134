import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.llm.embedding import MODEL_ID, LocalEmbedder, Vectors
from bot.understand import apart, index
from bot.understand.apart import COMMAND, learn_apart
from bot.understand.gathered import Said, gathered, is_learned
from bot.understand.index import Index
from tests.bot.understand import isp

SAID = Said(
    ["billing", "network", "billing"],
    [["balance of customer", "what does customer owe"], ["is the line of customer up"], ["refund customer"]],
)


class Never(LocalEmbedder):
    """An embedder that must not be asked."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"{len(texts)} texts were not kept")


async def test_the_child_keeps_what_the_bot_would_have_computed(tmp_path: Path) -> None:
    assert not is_learned(MODEL_ID, SAID, tmp_path)
    assert await learn_apart(SAID, tmp_path)
    assert is_learned(MODEL_ID, SAID, tmp_path)
    kept, here = await gathered(Never(), SAID, tmp_path), await gathered(LocalEmbedder(), SAID, None)
    assert np.allclose(kept.vectors, here.vectors, atol=1e-5)
    assert np.allclose(kept.vain, here.vain, atol=1e-5)
    assert np.allclose(kept.elsewhere, here.elsewhere, atol=1e-5)
    asked = here.vectors[2], "is her line up"
    assert np.allclose(kept.head.score(*asked), here.head.score(*asked), atol=1e-3)


async def test_rows_stand_in_the_order_of_the_phrases_though_kept_plugin_by_plugin() -> None:
    rows = (await gathered(LocalEmbedder(), SAID, None)).vectors
    straight = await LocalEmbedder().embed([text for group in SAID.phrases for text in group])
    assert np.allclose(rows, straight, atol=1e-5)


async def test_without_the_child_the_bot_computes_it_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "COMMAND", ("-c", "raise SystemExit(3)"))
    made = Index(isp.OWNED[:3])
    await made.embed(LocalEmbedder(), tmp_path)
    said = Said([o.plugin for o in made.actions], made.phrases)
    assert is_learned(MODEL_ID, said, tmp_path)
    assert made.fit((await LocalEmbedder().embed(["hello"]))[0], "hello", ["hello"]).vector is not None


async def test_no_process_is_started_where_all_is_kept_or_nothing_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Index(isp.OWNED[:3])
    await made.embed(LocalEmbedder(), tmp_path)

    async def never(*_: object) -> bool:
        raise AssertionError("started another process")

    monkeypatch.setattr(index, "learn_apart", never)
    await made.embed(Never(), tmp_path)
    await made.embed(LocalEmbedder(), None)


async def test_whoever_stops_the_bot_stops_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "pid"
    os.mkfifo(place)
    waits = f"import os, signal; open({str(place)!r}, 'w').write(str(os.getpid())); signal.pause()"
    monkeypatch.setattr(apart, "COMMAND", ("-c", waits))
    task = asyncio.create_task(learn_apart(SAID, tmp_path))
    pid = int(await asyncio.to_thread(place.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_child_ends_with_a_bot_that_was_killed_and_what_it_wrote_is_whole(tmp_path: Path) -> None:
    many = Said(["billing"], [[f"invoice number {i} of customer" for i in range(4_000)]])
    told = json.dumps({"folder": str(tmp_path), "plugins": many.plugins, "phrases": many.phrases}).encode()
    ended = subprocess.run(
        [sys.executable, *COMMAND], input=told + b"\n", env=apart._environment(), check=False, timeout=60
    )
    assert ended.returncode == 1
    assert not is_learned(MODEL_ID, many, tmp_path)
    for path in tmp_path.glob("*.npy"):
        assert np.load(path).ndim == 2


async def test_a_child_that_is_killed_is_told_from_one_that_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill = f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})"
    monkeypatch.setattr(apart, "COMMAND", ("-c", kill))
    assert not await learn_apart(SAID, tmp_path)


def test_the_child_is_told_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKHAUL_SECRET_KEY", "very secret")
    assert "very secret" not in apart._environment().values()
