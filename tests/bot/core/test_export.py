"""A tenant's configuration goes out as JSON and comes back, in another tenant or later."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.contract.channel import FollowRule, Who
from bot.contract.scope import Area
from bot.core import switch
from bot.core.export import export_tenant, import_tenant
from bot.core.grants import grant
from bot.core.sso import get_provider, open_secret, set_provider
from bot.db import slack_follows, slack_links
from bot.db.grants import NewGrant
from bot.db.policies import Policy, do_add_policy
from bot.db.sso import Provider
from bot.errors import BadInput, NotFound
from tests.plugins.admin import shed

SHED = ("shed", shed.__name__)
TOOLS = ("tools", shed.tools.__name__)


@pytest.fixture
async def full(bench):
    """A tenant with something of everything."""
    desk = await bench("admin", SHED, TOOLS, slug="full")
    await switch.choose_connector(desk.around, "spades", "wood", by="test")
    desk.name = "shed"
    await desk.set(size=7, key="hunter2-secret")
    clerk = await desk.person("Carl Cole", ["shed:use"], area=Area(site=frozenset({"S4"})), max_amount=900)
    new = NewGrant(user_id=clerk.id, role="noc", by="test", expires_at=desk.now + timedelta(days=3))
    await grant(desk.database, desk.tenant, new, giver=None, now=desk.now)
    async with desk.database.tenant(desk.tenant.id) as session:
        await do_add_policy(
            session,
            Policy(action="shed_*", needs=2, given="size=7", expires_after=timedelta(hours=1)),
            by="test",
        )
    return desk


async def test_nothing_secret_leaves(full):
    text = json.dumps(await export_tenant(full.around))
    assert "hunter2" not in text
    assert '"size": 7' in text


async def test_an_export_of_oneself_changes_nothing(full):
    assert await import_tenant(full.around, await export_tenant(full.around), by="test") == []


async def test_another_tenant_becomes_the_same(full, bench):
    other = await bench("admin", SHED, TOOLS, slug="other", on=False)
    wanted = json.loads(json.dumps(await export_tenant(full.around)))
    told = await import_tenant(other.around, wanted, by="test", dry_run=True)
    assert "+ plugin shed" in told
    assert "+ user carl.cole@bench.example" in told
    assert "+ user ann.apple@bench.example" not in told, "she is there already"
    assert not (await other.around.view()).enabled - {"admin"}, "a dry run changes nothing"
    done = await import_tenant(other.around, wanted, by="test")
    assert "~ port spades: default -> wood" in done
    assert await export_tenant(other.around) == wanted
    assert await import_tenant(other.around, wanted, by="test") == []
    assert (await other.around.settings("shed")).size == 7
    assert [row.event for row in await other.audit(event="config.imported")] == ["config.imported"]


async def test_what_the_file_does_not_have_goes(full):
    wanted = await export_tenant(full.around)
    wanted["plugins"] = ["admin"]
    wanted["policies"] = []
    wanted["grants"] = [one for one in wanted["grants"] if one["role"] != "noc"]
    told = await import_tenant(full.around, wanted, by="test")
    assert told[:2] == ["- plugin tools", "- plugin shed"]
    assert "- policy shed_*" in told
    assert "- grant noc from carl.cole@bench.example" in told
    assert (await full.around.view()).enabled == {"admin"}


async def test_parts_that_are_missing_are_left_alone(full):
    before = await export_tenant(full.around)
    assert await import_tenant(full.around, {"form": before["form"], "ports": {}}, by="test") == [
        "- port spades: back to the default"
    ]
    after = await export_tenant(full.around)
    assert {**before, "ports": {}} == after


@pytest.mark.parametrize(
    ("wrong", "error", "why"),
    [
        ({"form": "something else"}, BadInput, "form"),
        ([], BadInput, "no exported configuration"),
        ({"form": "backhaul-tenant-1", "surprise": 1}, BadInput, "surprise"),
        ({"form": "backhaul-tenant-1", "plugins": ["spaceship"]}, NotFound, "spaceship"),
        ({"form": "backhaul-tenant-1", "settings": {"shed": {"key": "x"}}}, BadInput, "secret"),
        ({"form": "backhaul-tenant-1", "settings": {"shed": {"size": "huge"}}}, BadInput, "size"),
        (
            {"form": "backhaul-tenant-1", "roles": {"noc": {"permissions": {"fly:high": {}}}}},
            BadInput,
            "fly:high",
        ),
        (
            {"form": "backhaul-tenant-1", "grants": [{"email": "no@where.example", "role": "noc"}]},
            BadInput,
            "neither",
        ),
    ],
)
async def test_a_wrong_file_changes_nothing(full, wrong, error, why):
    before = await export_tenant(full.around)
    with pytest.raises(error, match=why):
        await import_tenant(full.around, wrong, by="test")
    assert await export_tenant(full.around) == before


async def test_what_was_set_up_for_slack_goes_along(full, bench):
    page = "https://isp.example/shed/{key}"
    kinds = full.registry.view(frozenset(full.registry.plugins)).entity_kinds
    kind = min(kinds)
    async with full.database.tenant(full.tenant.id) as session:
        await slack_links.do_set_page(session, kind, page, by="test")
        await slack_follows.do_set_rule(session, FollowRule(channel="CNOC", who=Who.NOBODY), by="test")
    wanted = json.loads(json.dumps(await export_tenant(full.around)))
    assert (wanted["links"], wanted["follow"]) == ({kind: page}, {"CNOC": "nobody"})
    assert await import_tenant(full.around, wanted, by="test") == []
    other = await bench("admin", SHED, TOOLS, slug="other")
    done = await import_tenant(other.around, wanted, by="test")
    assert done[-2:] == [f"~ links to {kind}: {page}", "~ follow CNOC: nobody"]
    assert (await export_tenant(other.around))["follow"] == {"CNOC": "nobody"}
    gone = await import_tenant(other.around, {**wanted, "links": {}, "follow": {}}, by="test")
    assert gone == [f"- links to {kind}", "- follow CNOC"]
    assert (await export_tenant(other.around))["links"] == {}
    for bad in ({"links": {kind: "http://x"}}, {"links": {"moon": page}}, {"follow": {"#noc": "nobody"}}):
        with pytest.raises(BadInput):
            await import_tenant(other.around, {**wanted, **bad}, by="test")


async def test_a_sign_in_goes_along_without_its_secret(full, bench):
    mine = Provider(
        issuer="https://id.full.example",
        client_id="bot",
        domains=("full.example",),
        groups_claim="groups",
        role_groups={"noc": ("NOC Team",)},
    )
    cipher = full.around.cipher
    await set_provider(full.database, cipher, full.tenant, mine, secret="hush-hush", by="test")
    wanted = json.loads(json.dumps(await export_tenant(full.around)))
    assert "hush" not in json.dumps(wanted) and wanted["sso"]["domains"] == ["full.example"]
    assert await import_tenant(full.around, wanted, by="test") == []
    other = await bench("admin", SHED, TOOLS, slug="other")
    done = await import_tenant(other.around, wanted, by="test")
    assert any(one.startswith("~ sign-in: https://id.full.example; set its secret") for one in done)
    assert (await get_provider(other.database, other.tenant)) == mine
    changed = {**wanted, "sso": {**wanted["sso"], "domains": []}}
    assert await import_tenant(full.around, changed, by="test") == ["~ sign-in: https://id.full.example"]
    kept = await get_provider(full.database, full.tenant)
    assert open_secret(cipher, full.tenant, kept) == "hush-hush"
    for bad in ({"issuer": "http://x.example"}, {"role_groups": {"pilot": ["x"]}}, {"client_secret": "x"}):
        with pytest.raises(BadInput):
            await import_tenant(full.around, {**wanted, "sso": {**wanted["sso"], **bad}}, by="test")
