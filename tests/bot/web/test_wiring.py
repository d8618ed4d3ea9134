"""The pages in the service itself: there from the first request, and no weight before it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx2

from bot.app import App
from bot.config import Config
from bot.core import web_links
from bot.core.switch import found_tenant
from bot.db.tenants import do_create_tenant
from bot.serve import Process
from tests.databases import Urls

LIGHT = "import sys, bot.serve, bot.cli.main; heavy = {'authlib', 'joserfc', 'jinja2', 'httpx2'} & set(sys.modules); assert not heavy, heavy"


async def test_the_service_shows_the_pages(urls: Urls, tmp_path: Path) -> None:
    config = Config(home=tmp_path, database_url=urls.runtime, public_url="https://bot.example.net")
    app = await App.open(config)
    try:
        async with app.database.system() as session:
            tenant = await do_create_tenant(session, slug="acme", name="Acme")
        await found_tenant(app.around(tenant))
        site = Process(app, ["web"])._site()
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=site), base_url="http://bot") as web:
            front = await web.get("/t/acme/sign-in")
            assert front.status_code == 404 and "no sign-in at this address" in front.text
            assert (await web.get("/healthz")).text == "ok"
            assert (await web.get("/nothing")).status_code == 404
    finally:
        await app.close()
    path = web_links.call(tenant, "1-2")
    assert web_links.public(config.public_url, path) == "https://bot.example.net/t/acme/calls/1-2"
    assert web_links.public("", path) == ""


def test_nothing_heavy_is_loaded_for_those_who_do_not_sign_in() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
