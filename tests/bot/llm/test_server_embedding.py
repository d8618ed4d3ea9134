"""An embeddings server on loopback, in the form OpenAI gave it."""

from collections.abc import AsyncIterator

import numpy as np
import pytest
from aiohttp import web

from bot.errors import Unavailable
from bot.llm.server_embedding import ServerEmbedder


class Server:
    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.keys: list[str | None] = []
        self.status, self.size, self.url = 200, 3, ""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("Authorization"))
        rows = [
            {"index": i, "embedding": [float(len(text)), 4.0, 0.0][: self.size]}
            for i, text in enumerate(body["input"])
        ]
        return web.json_response({"data": rows}, status=self.status)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.router.add_post("/v1/embeddings", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield made
    await runner.cleanup()


async def test_vectors_come_back_in_order_and_at_length_one(server: Server) -> None:
    embedder = ServerEmbedder(url=server.url, model="e5", key="secret", dimensions=3)
    rows = await embedder.embed(["abc", "a"])
    assert np.allclose(rows, [[0.6, 0.8, 0.0], [1 / 17**0.5, 4 / 17**0.5, 0.0]])
    assert server.asked == [{"model": "e5", "input": ["abc", "a"]}]
    assert server.keys == ["Bearer secret"]
    assert embedder.trouble() == ""


async def test_many_texts_go_in_several_requests(server: Server) -> None:
    embedder = ServerEmbedder(url=server.url, model="e5", dimensions=3)
    assert (await embedder.embed(["x"] * 130)).shape == (130, 3)
    assert [len(body["input"]) for body in server.asked] == [64, 64, 2]
    assert server.keys[0] is None


async def test_what_is_wrong_is_said_without_the_address_or_the_key(server: Server) -> None:
    embedder = ServerEmbedder(url=server.url, model="e5", key="secret", dimensions=3)
    server.status = 500
    with pytest.raises(Unavailable) as caught:
        await embedder.embed(["abc"])
    assert "does not answer as it should" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert server.url not in str(caught.value)
    server.status, server.size = 200, 2
    with pytest.raises(Unavailable, match="another size than 3"):
        await embedder.embed(["abc"])
    assert "another size" in embedder.trouble()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    embedder = ServerEmbedder(url="http://127.0.0.1:9/v1", model="e5", dimensions=3)
    with pytest.raises(Unavailable):
        await embedder.embed(["abc"])
