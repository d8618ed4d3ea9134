"""The context of a call carries what its plugin may use, and nothing else."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.contract.people import User
from bot.contract.scope import NOWHERE
from bot.core import switch
from bot.core.platform import surround
from bot.db.cipher import Cipher
from bot.errors import LeaseLost, NotAllowed, Unavailable
from bot.host.loader import load_plugins
from tests.plugins.admin import shed

CIPHER = Cipher(keys={"k": bytes(32)}, seals_with="k")
ANN = User(id="ann", name="Ann")
REGISTRY = load_plugins([("shed", shed.__name__), ("tools", shed.tools.__name__)]).registry


@pytest.fixture
async def around(database, tenant):
    made = surround(database, REGISTRY, tenant, CIPHER)
    await switch.enable(made, "shed")
    return made


async def test_a_context_reads_and_changes_nothing_unless_told(around):
    context = await around.context("shed", ANN)
    assert (context.tenant, context.user, context.settings.size) == (around.tenant, ANN, 3)
    assert context.scope is NOWHERE
    assert context.now.utcoffset().total_seconds() == 0
    with pytest.raises(LeaseLost):
        await context.effect.check()
    with pytest.raises(NotAllowed):
        await context.run("tools_lend")


async def test_it_knows_what_is_on(around):
    context = await around.context("shed", ANN)
    assert context.enabled("shed")
    assert not context.enabled("tools")


async def test_ports_are_the_plugins_own_and_named_in_evidence(around):
    await switch.choose_connector(around, "spades", "wood", by="test")
    context = await around.context("shed", ANN)
    assert context.open_port("spades") == "wood spade"
    assert context.source_of("spades") == "wood works"
    with pytest.raises(Unavailable):
        context.open_port("boats")


async def test_stores_of_two_plugins_do_not_meet(around):
    await around.store("shed").set("key", 1)
    assert await around.store("tools").get("key") is None


async def test_another_tenants_surroundings_know_nothing_of_it(around, database, other_tenant):
    await around.store("shed").set("key", 1)
    other = surround(database, REGISTRY, other_tenant, CIPHER)
    assert await other.store("shed").get("key") is None
    assert (await other.view()).enabled == frozenset()


async def test_what_was_being_read_when_it_changed_is_not_kept(around, monkeypatch):
    """Somebody is shut out, or a plugin turned off, while another request still reads how it was."""
    before = await around.state()
    around.forget()
    reading, changed = asyncio.Event(), asyncio.Event()

    async def slow(*_):
        reading.set()
        await changed.wait()
        return before

    with monkeypatch.context() as patch:
        patch.setattr("bot.core.surroundings.read_state", slow)
        late = asyncio.create_task(around.state())
        await reading.wait()
        around.forget()
        changed.set()
        assert await late is before
    assert await around.state() is not before


async def test_a_person_read_before_the_change_is_read_again(around, monkeypatch):
    reading, changed = asyncio.Event(), asyncio.Event()
    answers = [ANN, replace(ANN, name="Ann Changed")]

    async def slow(*_, **__):
        reading.set()
        await changed.wait()
        return answers.pop(0)

    monkeypatch.setattr("bot.core.surroundings.identity.get_user", slow)
    late = asyncio.create_task(around.user("ann"))
    await reading.wait()
    around.forget()
    changed.set()
    assert (await late).name == "Ann"
    assert (await around.user("ann")).name == "Ann Changed"
