"""Setting channel rules: what they may name, how a channel is found, and that every process obeys within a second."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.channel import CHANNELS, DIRECT, SHARED, ChannelRule
from bot.contract.place import SOMEWHERE, Place, PlaceKind
from bot.core import channels
from bot.core.audit import search
from bot.core.export import export_tenant, import_tenant
from bot.db.channels import Known, do_know
from bot.errors import BadInput, NotAllowed, NotFound
from tests.plugins.admin import shed

NOC = Place(surface="slack", channel="C0123ABCD", kind=PlaceKind.PUBLIC)
ID = "C0123ABCD"


@pytest.fixture
async def desk(bench: Any) -> Any:
    return await bench("admin", ("shed", shed.__name__), ("tools", shed.tools.__name__))


async def put(desk: Any, **parts: Any) -> Any:
    wish = ChannelRule(**({"channel": ID} | parts))
    return await channels.put(desk.database, desk.registry, desk.tenant, wish, by="test")


async def named(desk: Any, words: str, place: Place = SOMEWHERE) -> ChannelRule:
    return await channels.find_channel(desk.database, desk.tenant, words, place)


async def know(desk: Any, channel: str, name: str) -> None:
    async with desk.database.tenant(desk.tenant.id) as session:
        await do_know(session, Known(surface="slack", channel=channel, name=name))


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        (ID, ID), ("#noc", ID), ("NOC", ID), (f"<#{ID}|noc>", ID), ("here", ID), ("this channel", ID), ("direct", DIRECT),
        ("DMs", DIRECT), ("shared channels", SHARED), ("channels", CHANNELS), ("*channels", CHANNELS),
    ],
)  # fmt: skip
async def test_a_channel_is_found_however_it_is_named(desk: Any, words: str, channel: str) -> None:
    await know(desk, ID, "noc")
    found = await named(desk, words, NOC)
    assert (found.channel, found.surface) == (channel, "" if found.default else "slack")


async def test_a_channel_nobody_knows_is_said_and_how_to_name_it(desk: Any) -> None:
    with pytest.raises(NotFound, match="mention me there"):
        await named(desk, "#noc")
    with pytest.raises(BadInput, match="no channel"):
        await named(desk, "here", Place(surface="slack", channel="D1", kind=PlaceKind.DIRECT))
    await know(desk, ID, "noc")
    await know(desk, "C9999ABCD", "noc")
    with pytest.raises(BadInput, match="C9999ABCD"):
        await named(desk, "#noc")


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"only": ("shet",)}, NotFound), ({"roles": ("wizard",)}, NotFound), ({"closed": True, "only": ("shed",)}, BadInput),
        ({"note": "x" * 600}, BadInput), ({"only": ("shed; drop",)}, NotFound),
    ],
)  # fmt: skip
async def test_a_rule_that_makes_no_sense_is_refused(
    desk: Any, parts: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await put(desk, **parts)
    assert await channels.find(desk.database, desk.tenant) == []


async def test_a_rule_holds_at_once_here_and_is_written_down(desk: Any) -> None:
    desk.place = NOC
    await desk.act("whoami")
    await put(desk, only=("Shed_*", "shed"), name="NOC")
    desk.around.forget()
    with pytest.raises(NotAllowed, match="only shed"):
        await desk.act("whoami")
    [rule] = await channels.find(desk.database, desk.tenant)
    assert (rule.only, rule.name, rule.words) == (("shed",), "noc", "In #noc: only shed.")
    rows = await search(desk.database, desk.tenant.id)
    assert any(row.event == "channel.set" and "only shed" in row.facts["text"] for row in rows)


async def test_another_tenant_has_its_own_rules(bench: Any, desk: Any) -> None:
    await put(desk, closed=True)
    other = await bench("admin")
    other.place = NOC
    await other.act("whoami")
    assert await channels.find(other.database, other.tenant) == []
    with pytest.raises(NotFound):
        await channels.clear(other.database, other.tenant, "slack", ID, by="test")
    assert await channels.find(desk.database, desk.tenant)


async def test_clearing_brings_the_default_back(desk: Any) -> None:
    await put(desk, closed=True)
    gone = await channels.clear(desk.database, desk.tenant, "slack", ID, by="test")
    assert gone.closed
    with pytest.raises(NotFound, match="no rule"):
        await channels.clear(desk.database, desk.tenant, "slack", ID, by="test")


async def test_rules_go_out_and_come_back_as_configuration(desk: Any, bench: Any) -> None:
    await put(desk, name="noc", only=("shed", "admin_whoami"), roles=("noc",), note="why")
    await put(desk, channel=DIRECT, reads_only=True)
    exported = await export_tenant(desk.around)
    assert [one["channel"] for one in exported["channels"]] == [DIRECT, ID]
    assert await import_tenant(desk.around, exported, by="t") == []
    other = await bench("admin", ("shed", shed.__name__), ("tools", shed.tools.__name__))
    wanted = {"form": exported["form"], "channels": exported["channels"]}
    lines = await import_tenant(other.around, wanted, by="t")
    assert len(lines) == 2
    assert await channels.find(other.database, other.tenant) == await channels.find(
        desk.database, desk.tenant
    )
    assert await import_tenant(other.around, {**wanted, "channels": []}, by="t") == [
        f"- channel rule: {one.words}" for one in await channels.find(desk.database, desk.tenant)
    ]
    with pytest.raises(NotFound):
        await import_tenant(
            other.around, {**wanted, "channels": [{"channel": ID, "only": ["nothing"]}]}, by="t"
        )
