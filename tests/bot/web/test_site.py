"""Health, readiness, metrics and the shield around them, over ASGI."""

from __future__ import annotations

from datetime import timedelta

import httpx2 as httpx
import pytest

from bot.web.shield import Shield
from bot.web.site import Probes, make_site


async def ok() -> str:
    return "ok"


async def fails() -> object:
    raise ConnectionError("no database at 10.0.0.7")


def client(app) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot")


async def test_healthy_and_shielded() -> None:
    async with client(make_site(Probes(ping=ok))) as web:
        answer = await web.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert len(answer.headers["x-request-id"]) == 16


async def test_request_id_is_kept_only_when_harmless() -> None:
    async with client(make_site(Probes(ping=ok))) as web:
        kept = await web.get("/healthz", headers={"x-request-id": "abcd-1234-efgh"})
        made = await web.get("/healthz", headers={"x-request-id": "bad id <script>"})
    assert kept.headers["x-request-id"] == "abcd-1234-efgh"
    assert "script" not in made.headers["x-request-id"]


async def test_ready_tells_what_it_asked() -> None:
    async def oldest() -> timedelta:
        return timedelta(seconds=1.5)

    probes = Probes(ping=ok, oldest_job=oldest, set_aside=lambda: ["broken"], more={"slack": ok})
    async with client(make_site(probes)) as web:
        answer = await web.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "oldest_job_seconds": 1.5,
        "set_aside": ["broken"],
        "slack": "ok",
    }


async def test_not_ready_without_the_database_and_silent_about_why() -> None:
    async with client(make_site(Probes(ping=fails))) as web:
        answer = await web.get("/readyz")
    assert answer.status_code == 503
    assert "10.0.0.7" not in answer.text


async def test_not_ready_when_jobs_wait_too_long() -> None:
    async def oldest() -> timedelta:
        return timedelta(minutes=6)

    async with client(make_site(Probes(ping=ok, oldest_job=oldest))) as web:
        assert (await web.get("/readyz")).status_code == 503


async def test_failing_extra_probe_does_not_take_the_process_out() -> None:
    async with client(make_site(Probes(ping=ok, more={"slack": fails}))) as web:
        answer = await web.get("/readyz")
    assert (answer.status_code, answer.json()["slack"]) == (200, "not answering")


async def test_metrics_are_prometheus_text() -> None:
    async with client(make_site(Probes(ping=ok))) as web:
        await web.get("/healthz")
        answer = await web.get("/metrics")
    assert "backhaul_http_requests_total{" in answer.text


async def test_no_slack_no_door() -> None:
    async with client(make_site(Probes(ping=ok))) as web:
        assert (await web.post("/slack/events", content=b"{}")).status_code == 404


@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_body_is_refused_before_it_is_kept(announced: bool) -> None:
    async def swallow(_scope, receive, send) -> None:
        while (await receive()).get("more_body"):
            pass

    async def body():
        for _ in range(3):
            yield b"x" * 1000

    content = b"x" * 3000 if announced else body()
    async with client(Shield(swallow, most_bytes=2000)) as web:
        assert (await web.post("/", content=content)).status_code == 413


async def test_error_shows_an_id_and_nothing_else() -> None:
    async def broken(_scope, _receive, _send) -> None:
        raise RuntimeError("password=hunter2")

    async with client(Shield(broken)) as web:
        answer = await web.get("/")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "hunter2" not in answer.text
