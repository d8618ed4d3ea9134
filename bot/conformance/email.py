"""The e-mail port: templates, the log, drafts, addresses not to write to; the rest is in `outbox.py`."""

from __future__ import annotations

import asyncio

import pytest

from bot.api import EVERYWHERE, NOWHERE, Conflict, LeaseLost, NotFound
from bot.conformance.outbox import OutboxConformance, letter
from bot.conformance.rig import Rig, a_stranger, a_world, effect, lost, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from plugins.email.port import Mail, MailQuery, MailStatus, Sender, Stop, Template

SENDER = Sender(address="care@acme.example", reply_to="help@acme.example")


class EmailConformance(OutboxConformance):
    """Whoever stands behind the e-mail port passes these."""

    async def test_templates_by_name_kept_changed_and_removed(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        assert list(await port.templates()) == sorted(world.templates, key=lambda t: t.name)
        changed = Template(name="reminder", subject="Invoice {invoice} again", body="Dear {name},\nplease.")
        assert await port.save_template(effect(world, "s"), changed) == changed
        await port.save_template(effect(world, "n"), Template(name="new", subject="x", body="y"))
        assert [t.name for t in await port.templates()] == ["apology", "new", "reminder"]
        assert changed in await port.templates()
        for _ in range(2):
            await port.remove_template(effect(world, "r"), "new")
        assert [t.name for t in await port.templates()] == ["apology", "reminder"]
        with pytest.raises(NotFound):
            await port.remove_template(effect(world, "r2"), "new")

    async def test_what_a_customer_was_told_newest_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        told = await port.sent(EVERYWHERE, world["amina"])
        assert [mail.subject for mail in told] == ["Technician tomorrow at 10:00", "Your invoice"]
        assert (told[0].customer, told[0].to, told[0].by) == (
            world["amina"],
            "amina.bello@mail.example",
            "Ada Obi",
        )
        assert len(await port.sent(EVERYWHERE, world["amina"], limit=1)) == 1
        assert not await port.sent(EVERYWHERE, "no-such-account")
        await port.draft(effect(world, "d"), letter(world))
        assert len(await port.sent(EVERYWHERE, world["amina"])) == 2, "a draft was not said to anybody"

    async def test_a_list_counts_all_that_fit_by_state(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        await port.draft(effect(world, "d"), letter(world))
        await port.queue(effect(world, "q"), letter(world))
        page = await port.find(EVERYWHERE, MailQuery(), limit=2)
        assert (len(page.emails), page.total, dict(page.counts)) == (2, 4, {"queued": 1, "sent": 3})
        assert page.emails[0].status == MailStatus.QUEUED, "newest first"
        drafts = await port.find(EVERYWHERE, MailQuery(statuses=(MailStatus.DRAFT,)))
        assert [mail.status for mail in drafts.emails] == [MailStatus.DRAFT]
        assert (await port.find(EVERYWHERE, MailQuery(since=world.now))).total == 1
        assert (await port.find(SOUTH, MailQuery())).total == 1
        assert (await port.find(NOWHERE, MailQuery())).total == 0

    async def test_a_draft_from_its_first_word_to_the_outbox(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        made = await port.draft(effect(world, "d"), letter(world, subject="Hello", template="apology"))
        number = there(made.number)
        assert (made.status, made.subject, made.by, made.template) == (
            "draft",
            "Hello",
            "Chipo Dube",
            "apology",
        )
        assert (made.customer, made.customer_name, made.area["region"]) == (
            world["amina"],
            "Amina Bello",
            "north",
        )
        assert (await port.draft(effect(world, "d"), letter(world))).number == number, "once"
        assert await port.get(EVERYWHERE, number.lower()) == made
        assert await port.get(SOUTH, number) is None
        assert await port.get(EVERYWHERE, "no-such-message") is None
        changed = await port.change_draft(effect(world, "c"), number, "Hello again", "Grüße 🙁")
        assert (changed.subject, changed.body, changed.status) == ("Hello again", "Grüße 🙁", "draft")
        queued = await port.queue_draft(effect(world, "q"), number, SENDER)
        assert (queued.number, queued.status, queued.sender) == (number, "queued", "care@acme.example")
        assert there(queued.message_id).startswith("<")
        assert there(await port.find_by_message_id(EVERYWHERE, there(queued.message_id))).number == number
        assert await port.find_by_message_id(SOUTH, there(queued.message_id)) is None
        with pytest.raises(Conflict):
            await port.change_draft(effect(world, "c2"), number, "x", "x")
        with pytest.raises(Conflict):
            await port.queue_draft(effect(world, "q2"), number, SENDER)
        for ask in (port.cancel, port.retry):
            with pytest.raises(NotFound):
                await ask(effect(world, f"no-{ask.__name__}"), "no-such-message")
        with pytest.raises(NotFound):
            await port.queue(effect(world, "nobody"), letter(world, customer="no-such-account"))

    async def test_a_draft_is_cancelled(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        number = there((await port.draft(effect(world, "d"), letter(world))).number)
        assert (await port.cancel(effect(world, "c"), number)).status == "cancelled"
        with pytest.raises(Conflict):
            await port.cancel(effect(world, "c2"), number)

    async def test_who_may_be_written_to(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        asked = [world["amina"], world["grace"], "no-such-account"]
        both = await port.recipients(EVERYWHERE, customers=asked)
        assert {(r.customer, r.name, r.email) for r in both} == {
            (world["amina"], "Amina Bello", "Amina.Bello@mail.example"),
            (world["grace"], "Grace Otieno", "grace@mail.example"),
        }
        assert [r.customer for r in await port.recipients(NORTH, customers=asked)] == [world["amina"]]
        on_plan = await port.recipients(EVERYWHERE, plan="F50")
        assert {r.customer for r in on_plan} == {world["zoe"], world["bola"]}, (
            "each once, whose line is active"
        )
        assert len(await port.recipients(EVERYWHERE, plan="F50", limit=1)) == 1
        assert not await port.recipients(SOUTH, plan="F50")
        assert not await port.recipients(EVERYWHERE, customers=[])

    async def test_addresses_that_are_not_written_to(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        address = "Grace@mail.example"
        stop = Stop(address=address, reason="unsubscribed", at=world.now, detail="by phone", by="Ada Obi")
        await port.stop(effect(world, "s"), stop)
        kept = (await port.stops([address.upper(), "other@mail.example"]))["grace@mail.example"]
        assert (kept.reason, kept.detail, kept.at, kept.by) == (
            "unsubscribed",
            "by phone",
            world.now,
            "Ada Obi",
        )
        bounced = Stop(
            address=address, reason="bounced", at=world.now, detail="no such user", by="mail server"
        )
        await port.stop(effect(world, "b"), bounced)
        assert (await port.stops([address]))["grace@mail.example"].reason == "bounced", "that one says more"
        shown = await port.find_stops(EVERYWHERE)
        assert {(one.address, one.reason, who) for one, who in shown} == {
            ("grace@mail.example", "unsubscribed", world["grace"]),
            ("grace@mail.example", "bounced", world["grace"]),
        }
        assert not await port.find_stops(NORTH)
        assert len(await port.find_stops(SOUTH, limit=1)) == 1
        await port.lift_stop(effect(world, "l"), address, "bounced")
        assert (await port.stops([address]))["grace@mail.example"].reason == "unsubscribed"
        with pytest.raises(NotFound):
            await port.lift_stop(effect(world, "l2"), address, "bounced")

    async def test_the_same_key_writes_one_message_and_a_lost_lease_none(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        made = await asyncio.gather(*(port.queue(effect(world, "one"), letter(world)) for _ in range(3)))
        assert len({mail.number for mail in made}) == 1
        with pytest.raises(LeaseLost):
            await port.queue(effect(world, "l", check=lost), letter(world))
        assert (await port.find(EVERYWHERE, MailQuery(statuses=(MailStatus.QUEUED,)))).total == 1
        assert await port.applied(effect(world, "one").key) is not False
        assert await port.applied(effect(world, "l").key) is not True

    async def test_nothing_crosses_into_another_tenant(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, stranger = opened(rig, world, Mail), await a_stranger(rig, Mail)
        queued = await port.queue(effect(world, "q"), letter(world))
        await port.stop(
            effect(world, "s"), Stop(address="grace@mail.example", reason="bounced", at=world.now)
        )
        assert not await stranger.templates()
        assert not await stranger.sent(EVERYWHERE, world["amina"])
        assert (await stranger.find(EVERYWHERE, MailQuery())).total == 0
        assert await stranger.get(EVERYWHERE, there(queued.number)) is None
        assert await stranger.find_by_message_id(EVERYWHERE, there(queued.message_id)) is None
        assert not await stranger.stops(["grace@mail.example"])
        assert not await stranger.recipients(EVERYWHERE, customers=[world["amina"]])
        assert not await stranger.mailings(EVERYWHERE)
        with pytest.raises(NotFound):
            await stranger.queue(effect(world, "x"), letter(world))
