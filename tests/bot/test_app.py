"""What the composition root keeps, for how long, and that it closes all of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

import plugins as built_in
from bot.app import App
from bot.config import Config
from bot.core import grants, people, switch
from bot.db.cipher import Cipher
from bot.db.grants import NewGrant
from bot.host.discovery import find_plugins
from bot.host.loader import load_plugins

LOADED = load_plugins(find_plugins(built_in, installed=False))


@pytest.fixture
def app(database, tmp_path):
    cipher = Cipher(keys={"test": bytes(32)}, seals_with="test")
    return App(config=Config(home=tmp_path), database=database, loaded=LOADED, cipher=cipher)


async def test_only_the_understanders_last_used_are_kept(app, monkeypatch):
    monkeypatch.setattr("bot.understanders.MOST", 3)
    views = [app.registry.view(frozenset(pair)) for pair in combinations(sorted(app.registry.plugins), 2)][:4]
    first, second = [await app.understanders.of(view, app.embedder) for view in views[:2]]
    await app.understanders.of(views[2], app.embedder)
    assert await app.understanders.of(views[0], app.embedder) is first
    await app.understanders.of(views[3], app.embedder)
    assert len(app.understanders) == 3
    assert await app.understanders.of(views[0], app.embedder) is first
    assert await app.understanders.of(views[1], app.embedder) is not second


async def test_what_surrounded_a_tenant_before_it_changed_is_closed_too(app, tenant, monkeypatch):
    closed = []
    monkeypatch.setattr(app.database, "close", lambda: closing("database"))

    async def closing(name):
        closed.append(name)
        if name == "first":
            raise RuntimeError("this connector cannot be closed")

    first = app.around(tenant)
    second = app.around(replace(tenant, timezone="Asia/Tokyo"))
    assert first is not second
    for name, around in (("first", first), ("second", second)):
        monkeypatch.setattr(around, "close", lambda name=name: closing(name))
    with pytest.raises(RuntimeError):
        await app.close()
    assert sorted(closed) == ["database", "first", "second"]
    assert closed[-1] == "database"


async def test_help_says_what_each_plugin_is_for(app, tenant):
    around = app.around(tenant)
    await switch.enable(around, "tickets")
    person = await people.add_person(app.database, tenant, name="Ann", email="ann@acme.example", by="test")
    new = NewGrant(user_id=person.id, role="support", by="test")
    await grants.grant(app.database, tenant, new, giver=None)
    reply = await app.answer(tenant, await around.user(person.id), "help", thread="t")
    said = {row[0]: row[1] for row in reply.table.rows}
    assert said["tickets"] == app.registry.plugins["tickets"].about
