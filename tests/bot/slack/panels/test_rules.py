"""Channel rules, limits and approvals, health and the audit."""

from __future__ import annotations

from sqlalchemy import text

from bot.core import switch
from tests.bot.slack.panels.conftest import HOSTILE, Office, leading_to, pressable, shown


async def test_rule_is_set_for_a_channel_changed_and_removed(office: Office) -> None:
    ann = await office.open("channels")
    await office.press(ann, leading_to(ann, "channel-form", "new"))
    seen = await office.submit(ann, channel="CNOC00001", what="all")
    assert "holds without a rule" in str(seen.errors)
    await office.submit(ann, channel="CNOC00001", what="reads", only=["admin"], note="Only <!here> looking")
    await office.settled(ann)
    assert "only admin, looking things up, no changes" in shown(ann)
    await office.submit(ann)
    await office.settled(ann)
    assert "<#CNOC00001>" in shown(ann)
    assert "<!here>" not in str(ann.view.blocks)
    await office.press(ann, leading_to(ann, "channel-form", "CNOC00001"))
    assert "Only <!here> looking" in shown(ann).replace("\u2060", "")
    await office.press(ann, "panel:channel-clear")
    await office.submit(ann)
    await office.settled(ann)
    assert "<#CNOC00001>" not in shown(ann)


async def test_second_admin_at_the_same_rule_is_told(office: Office) -> None:
    ann, ben = await office.open("channels"), await office.open("channels", "UBEN")
    for seat in (ann, ben):
        await office.press(seat, leading_to(seat, "channel-form", "*shared"))
    await office.submit(ann, what="reads")
    await office.submit(ann)
    seen = await office.submit(ben, what="nothing")
    assert "Somebody else changed the rule of channels that guests" in str(seen.errors)


async def test_policy_is_added_and_its_end_needs_another(office: Office) -> None:
    await switch.enable(office.app.around(office.tenant), "billing")
    ann = await office.open("limits")
    assert "every action asks for what its author chose" in shown(ann)
    await office.press(ann, "panel:policy-form")
    offered = (await ann.view_options("panel:action:action", "billing credit")).options
    assert "billing_credit" in [one["value"] for one in offered]
    await ann.enter("panel:action:action", next(o for o in offered if o["value"] == "billing_credit"))
    await office.submit(ann, needs="two", amount="5000", note=HOSTILE)
    await office.settled(ann)
    await office.submit(ann)
    await office.settled(ann)
    assert "“Give a customer a credit note” needs a yes from two other people" in shown(ann)
    assert "<!channel>" not in str(ann.view.blocks)
    off = next(name for name in pressable(ann) if name.startswith("panel:policy-off"))
    await office.press(ann, off)
    assert ann.view.title in {"Waits for a yes", "Is this right?"}


async def test_limits_that_are_no_amount_are_said_in_the_form(office: Office) -> None:
    await switch.enable(office.app.around(office.tenant), "billing")
    ann = await office.open("limits")
    await office.press(ann, "panel:policy-form")
    offered = (await ann.view_options("panel:action:action", "billing_credit")).options
    await ann.enter("panel:action:action", offered[0])
    seen = await office.submit(ann, needs="two", amount="a lot")
    assert seen.errors
    assert ann.view.title == "More approval"


async def test_health_says_what_is_wrong_first(office: Office) -> None:
    ann = await office.open("health")
    assert "All is well" in shown(ann)
    await switch.enable(office.app.around(office.tenant), "smtp")
    await office.press(ann, "panel:health")
    assert "plugins on" in shown(ann)


async def test_audit_is_searched_paged_and_brought_as_a_file(office: Office) -> None:
    around = office.app.around(office.tenant)
    for at in range(12):
        name = ("visits", "smtp")[at % 2]
        await switch.enable(around, name)
        await switch.disable(around, name)
    async with office.app.database.tenant(office.tenant.id) as session:
        await session.execute(text("select 1"))
    ann = await office.open("audit")
    await office.submit(ann, words="turned")
    assert ann.view.title == "Audit"
    assert "plugin.enabled" in shown(ann)
    assert "admin plugins" not in shown(ann)
    first = shown(ann)
    await office.press(ann, "panel:audit-found:after")
    assert "Page 2 of" in shown(ann)
    assert shown(ann) != first
    await office.press(ann, "panel:audit")
    assert "turned" in shown(ann)
    await office.submit(ann, words="no such words anywhere")
    assert "Nothing fits" in shown(ann)
    await office.press(ann, "panel:audit")
    await office.submit(ann, words="turned")
    await office.press(ann, "panel:audit-file")
    told = await office.said("UANN")
    assert "audit.csv" in str(told)
    files = list(office.slack.world.home.files.values())
    [sheet] = [one for one in files if one.name == "audit.csv"]
    assert sheet.data.decode("utf-8-sig").startswith("number,when,who,action,event,whom,words")
    assert sheet.data.count(b"plugin.enabled") >= 12


async def test_audit_leaves_out_what_was_only_looked_up_unless_it_is_wanted(office: Office) -> None:
    await switch.enable(office.app.around(office.tenant), "visits")
    ann = await office.open("plugins")
    ann = await office.open("audit")
    await office.submit(ann, days="1")
    assert "plugin.enabled" in shown(ann)
    assert "admin plugins" not in shown(ann)
    await office.press(ann, "panel:audit")
    await office.submit(ann, days="1", looked=["yes"])
    assert "admin plugins" in shown(ann)


async def test_audit_links_to_the_thread(office: Office) -> None:
    ann = office.slack.seat("UANN")
    ts = await ann.say("CNOC", "<@UBOT> admin enable_plugin visits")
    await office.queue.idle()
    ann = await office.open("audit")
    await office.submit(ann, words="visits")
    assert f"/archives/CNOC/p{ts.replace('.', '')}" in shown(ann)
