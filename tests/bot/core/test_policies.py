"""Setting policies: what makes no sense is refused in words, what is set is audited, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.contract.action import Approval
from bot.contract.platform import PolicyCard
from bot.core import policies
from bot.core.audit import search
from bot.core.policies import check_wish
from bot.core.roles import do_add_built_in
from bot.errors import BadInput, Conflict, NotFound
from tests.bot.core.conftest import new_tenant
from tests.bot.core.gate_world import Desk, registry

CREDIT = PolicyCard(action="desk_credit", needs=Approval.TWO, over_amount=100_000)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"action": "desk_cerdit"}, NotFound, "no action “desk_cerdit”.*Did you mean desk_credit"),
        ({"action": "nope_*"}, NotFound, "no plugin “nope”. There are: desk"),
        ({"action": ""}, NotFound, "`help` shows"),
        ({"action": "desk_card"}, BadInput, "desk_card changes nothing"),
        ({"needs": Approval.NONE}, BadInput, "never of nobody"),
        ({"needs": Approval.SELF, "approver_role": "noc"}, BadInput, "Use `other` or `two`"),
        ({"over_amount": -1}, BadInput, "below zero"),
        ({"action": "desk_note"}, BadInput, "moves no money"),
        ({"over_customers": 0}, BadInput, "at least 1"),
        ({"expires_after": timedelta()}, BadInput, "at least a minute"),
        ({"expires_after": timedelta(seconds=5)}, BadInput, "at least a minute"),
        ({"expires_after": timedelta(days=31)}, BadInput, "at most 30 days"),
        ({"expires_after": HOUR, "remind_after": HOUR}, BadInput, "after 1 hours"),
        ({"remind_after": timedelta(hours=24)}, BadInput, "after 24 hours"),
        ({"remind_after": timedelta()}, BadInput, "reminder"),
        ({"note": "x" * 501}, BadInput, "under 500"),
    ],
)
def test_what_makes_no_sense_is_said(change, error, words) -> None:
    with pytest.raises(error, match=words):
        check_wish(registry(), replace(CREDIT, **change))


@pytest.mark.parametrize("action", ["*", "desk_*", "desk_wipe", "desk_credit"])
def test_one_all_of_a_plugin_or_every_action(action) -> None:
    check_wish(registry(), replace(CREDIT, action=action))
    check_wish(registry(), PolicyCard(action=action, needs=Approval.SELF, over_customers=10))


def test_a_policy_in_words() -> None:
    whole = replace(
        CREDIT, over_customers=10, approver_role="noc", expires_after=4 * HOUR, remind_after=HOUR / 2
    )
    assert whole.words("EUR") == (
        "desk_credit needs a yes from two other people with the role noc, from 1,000.00 EUR or 10 customers "
        "on; nobody's yes within 4 h ends it; a reminder comes after 30 min."
    )
    assert PolicyCard(action="*", needs=Approval.SELF).words("EUR") == (
        "Every change needs a yes from the person who asks."
    )


async def test_added_obeyed_removed_and_audited(desk: Desk) -> None:
    database, tenant = desk.database, desk.tenant
    made = await policies.add(database, desk.registry, tenant, CREDIT, by="cli:root")
    assert await policies.find(database, tenant) == [made]
    below = await desk.ask("desk_credit", {"customer": "1001", "amount": "999.99"})
    above = await desk.ask("desk_credit", {"customer": "1001", "amount": "1000"})
    assert below.waiting and "one other person" in below.waiting.needs
    assert above.waiting and "two other people" in above.waiting.needs
    gone = await policies.remove(database, tenant, made.id.upper(), by="cli:root")
    assert gone == made and await policies.find(database, tenant) == []
    still = await desk.gate.decide(desk.ben, above.waiting.call_id, yes=True)
    assert still.waiting, "what waits already goes on waiting as it was asked for"
    rows = [one for one in await search(database, tenant.id, limit=20) if one.event.startswith("policy.")]
    assert [(one.event, one.by) for one in rows] == [
        ("policy.removed", "cli:root"),
        ("policy.added", "cli:root"),
    ]
    assert rows[1].text == f"added a policy: {CREDIT.words('EUR')}"


@pytest.mark.parametrize(
    ("action", "given", "kept", "words"),
    [
        ("desk_note", "level=High", "level=high", "with level high needs"),
        (
            "desk_note",
            "level = low, high and kind=visit",
            "level=low,high; kind=visit",
            "low or high and kind visit",
        ),
        ("desk_note", "customer=1001 or 1002", "customer=1001,1002", "with customer 1001 or 1002 needs"),
        ("desk_credit", "amount=1000", 'amount="1,000.00 EUR"', "with amount 1,000.00 EUR needs"),
        ("desk_note", 'text="a, b; c=d"', 'text="a, b; c=d"', "with text a, b; c=d needs"),
        ("desk_*", "kind=call", "kind=call", "desk_* with kind call needs"),
        ("*", "kind=call", "kind=call", "Every change with kind call needs"),
    ],
)
async def test_values_are_kept_as_a_call_has_them(desk: Desk, action, given, kept, words) -> None:
    wish = PolicyCard(action=action, needs=Approval.OTHER, given=given)
    made = await policies.add(desk.database, desk.registry, desk.tenant, wish, by="t")
    assert made.given == kept and words in made.words("EUR")
    assert await policies.find(desk.database, desk.tenant) == [made]
    with pytest.raises(Conflict, match="just like this"):
        await policies.check_new(desk.database, desk.registry, desk.tenant, replace(wish, given=kept))


@pytest.mark.parametrize(
    ("action", "given", "words"),
    [
        ("desk_note", "level=highest", "low.*high"),
        ("desk_note", "priority=high", "desk_note has no argument `priority`. It has: customer, kind, la"),
        ("desk_*", "priority=high", "desk_. has no argument `priority`. It has: .*amount.*level"),
        ("*", "amount=5; kind=call", "has no argument `amount` and `kind` together"),
        ("desk_note", "urgent", "`when` is not up to 8 of `name=value`. Write for example `priority=urgent`"),
        ("desk_note", "level=", "needs one to 30 values for `level`"),
        ("desk_note", "level=low; level=high", "names `level` twice"),
    ],
)
async def test_values_that_never_fit_are_refused(desk: Desk, action, given, words) -> None:
    wish = PolicyCard(action=action, needs=Approval.OTHER, given=given)
    with pytest.raises(BadInput, match=words):
        await policies.check_new(desk.database, desk.registry, desk.tenant, wish)
    with pytest.raises(BadInput, match=words):
        await policies.add(desk.database, desk.registry, desk.tenant, wish, by="t")


async def test_the_same_twice_and_unknown_roles(desk: Desk) -> None:
    database, tenant = desk.database, desk.tenant
    async with database.tenant(tenant.id) as session:
        await do_add_built_in(session)
    named = replace(CREDIT, approver_role="noc")
    await policies.add(database, desk.registry, tenant, named, by="t")
    with pytest.raises(Conflict, match="just like this"):
        await policies.add(database, desk.registry, tenant, replace(named, note="other words"), by="t")
    with pytest.raises(NotFound, match=r"no role “king”. There are: .*noc"):
        await policies.check_new(database, desk.registry, tenant, replace(CREDIT, approver_role="king"))
    assert len(await policies.find(database, tenant)) == 1


async def test_ids_are_unique_beginnings_of_ones_own(desk: Desk) -> None:
    database, tenant = desk.database, desk.tenant
    made = await policies.add(database, desk.registry, tenant, CREDIT, by="t")
    stranger = await new_tenant(database)
    assert await policies.find(database, stranger) == []
    with pytest.raises(NotFound):
        await policies.remove(database, stranger, made.id, by="t")
    with pytest.raises(BadInput, match="four letters"):
        await policies.remove(database, tenant, made.id[:3], by="t")
    with pytest.raises(NotFound, match="No policy begins with “%%%%”"):
        await policies.remove(database, tenant, "%%%%", by="t")
    await policies.remove(database, tenant, made.id[:4], by="t")
