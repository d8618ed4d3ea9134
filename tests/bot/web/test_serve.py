"""A real uvicorn on loopback."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.errors import ConfigError
from bot.web.serve import WebServer
from bot.web.site import Probes, make_site


async def ok() -> str:
    return "ok"


async def test_serves_and_stops_with_the_request_in_flight_answered() -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        inside.set()
        await go_on.wait()
        return "ok"

    server = WebServer(make_site(Probes(ping=slow)), host="127.0.0.1", port=0)
    await server.start()
    async with aiohttp.ClientSession() as session:
        asked = asyncio.create_task(session.get(f"http://127.0.0.1:{server.port}/readyz"))
        await inside.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        go_on.set()
        async with await asked as answer:
            assert answer.status == 200
            assert (await answer.json())["ready"] is True
    await stopping


async def test_taken_address_is_said() -> None:
    first = WebServer(make_site(Probes(ping=ok)), host="127.0.0.1", port=0)
    await first.start()
    with pytest.raises(ConfigError, match="BACKHAUL_PORT"):
        await WebServer(make_site(Probes(ping=ok)), host="127.0.0.1", port=first.port).start()
    await first.stop()
