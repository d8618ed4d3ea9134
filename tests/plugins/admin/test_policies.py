"""Policies are seen, added, removed and brought back; the gate obeys them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.api import Approval, BadInput, Conflict, NotAllowed, NotFound
from plugins.admin.wished import meant

NIGHT = {"applies_to": "admin_add_role", "needs": "other", "note": "four eyes"}


@pytest.fixture
async def desk(bench):
    return await bench("admin")


async def added(desk, **args):
    return await desk.approve(await desk.act("add_policy", **args), user=desk.ann)


async def test_there_is_none_at_first(desk):
    assert "no approval policy" in (await desk.act("policies")).text


async def test_a_policy_binds_the_next_call(desk):
    asked = await desk.act("add_policy", **NIGHT)
    assert (
        "“Add a custom role that may do nothing yet” needs a yes from one other person."
        in asked.waiting.preview
    )
    done = await desk.approve(asked, user=desk.ann)
    assert [row[1:] for row in (await desk.act("policies")).table.rows] == [
        ("“Add a custom role that may do nothing yet” needs a yes from one other person.", "four eyes")
    ]
    parked = await desk.act("add_role", name="night")
    assert "one other person" in parked.waiting.needs
    with pytest.raises(NotAllowed, match="someone else"):
        await desk.approve(parked, user=desk.ann)
    await desk.approve(parked, user=desk.bob)
    assert done.data.needs is Approval.OTHER


async def test_removed_by_two_and_brought_back_whole(desk):
    whole = {
        "applies_to": "admin_*",
        "needs": "two",
        "over_amount": "1,250.50 EUR",
        "over_customers": 7,
        "when": "name=night, day",
        "approver_role": "noc",
        "expires": "90 min",
        "remind": "15 min",
        "note": "nights",
    }
    made = (await added(desk, **whole)).data
    asked = await desk.act("remove_policy", policy_id=made.id)
    assert (
        "No longer: Every change of admin with name night or day needs a yes from two other people with the role noc"
        in asked.waiting.preview
    )
    with pytest.raises(NotAllowed, match="someone else"):
        await desk.approve(asked, user=desk.ann)
    gone = await desk.approve(asked, user=desk.bob)
    assert (await desk.act("policies")).table is None
    back = await desk.undo(gone)
    [again] = (await desk.act("policies")).data
    assert back.data.over_amount == 125_051
    assert (again.remind_after, again.expires_after) == (timedelta(minutes=15), timedelta(minutes=90))
    assert {**vars(again), "id": ""} == {**vars(made), "id": ""}
    assert [row.event for row in await desk.audit() if row.event.startswith("policy.")] == [
        "policy.added",
        "policy.removed",
        "policy.added",
    ]


async def test_a_policy_goes_by_the_value_of_an_argument(desk):
    asked = await desk.act("add_policy", applies_to="admin_add_role", when="name=night")
    assert (
        "“Add a custom role that may do nothing yet” with name night needs a yes from one other person."
        in asked.waiting.preview
    )
    await desk.approve(asked, user=desk.ann)
    assert (
        (await desk.act("policies"))
        .table.rows[0][1]
        .startswith("“Add a custom role that may do nothing yet” with name night needs")
    )
    assert "one other person" in (await desk.act("add_role", name="Night")).waiting.needs
    assert "one other person" not in (await desk.act("add_role", name="day")).waiting.needs
    [row] = [one for one in await desk.audit() if one.event == "policy.added"]
    assert "with name night" in row.text
    with pytest.raises(BadInput, match="no argument `nam`"):
        await desk.act("add_policy", applies_to="admin_add_role", when="nam=night")
    tried = await desk.act("try_policy", applies_to="admin_add_role", when="name=night")
    assert "with name night" in tried.text


async def test_over_an_amount_is_more_than_it(desk):
    asked = await desk.act("try_policy", applies_to="admin_grant", over_amount="1,000 EUR", over_customers=5)
    assert "over 1,000.00 EUR or from 6 customers on" in asked.text
    asked = await desk.act("try_policy", applies_to="admin_grant", over_amount="999.99 EUR")
    assert "from 1,000.00 EUR on" in asked.text


class Naming:
    """Knows two actions by what they are called."""

    def open_port(self, _name):
        return self

    async def find_action(self, words):
        known = {"mass mails": "email_mass", "suspend many": "billing_suspend_many"}
        return known.get(words, "_".join(words.split()))

    async def find_title(self, action):
        return f"“{action}”"


@pytest.mark.parametrize(
    ("words", "many", "action"),
    [
        ("mails", True, "email_mass"),
        ("suspend", True, "billing_suspend_many"),
        ("suspend", False, "suspend"),
        ("tickets_close", True, "tickets_close"),
    ],
)
async def test_of_many_customers_the_action_for_many_is_meant(words, many, action):
    assert await meant(Naming(), words, many=many) == action


async def test_where_there_is_one_admin_no_undo_is_promised(desk, monkeypatch):
    async def nobody(*_args):
        return []

    made = await added(desk, **NIGHT)
    assert made.undo
    assert "takes the yes of another admin" in made.text
    monkeypatch.setattr("plugins.admin.policies.others", nobody)
    monkeypatch.setattr("plugins.admin.may.others", nobody)
    parked = await desk.act("add_policy", **{**NIGHT, "needs": "two"})
    assert "It cannot be undone here" in parked.waiting.preview
    alone = await desk.approve(parked, user=desk.ann)
    assert alone.undo is None
    assert "It cannot be undone here" in alone.text


async def test_taking_an_added_one_back_needs_somebody_else(desk):
    parked = await desk.undo(await added(desk, **NIGHT))
    assert parked.waiting
    await desk.approve(parked, user=desk.bob)
    assert (await desk.act("policies")).table is None


async def test_a_policy_over_everything_says_that_it_binds_itself(desk):
    asked = await desk.act("add_policy", applies_to="*", needs="two")
    assert "Every change needs a yes from two other people." in asked.waiting.preview
    assert "removing policies" in asked.waiting.preview


@pytest.mark.parametrize(
    ("args", "error", "words"),
    [
        ({"applies_to": "admin_fly"}, NotFound, "no action “admin_fly”"),
        ({"applies_to": "admin_grants"}, BadInput, "changes nothing"),
        ({**NIGHT, "approver_role": "king"}, NotFound, "no role “king”"),
        ({**NIGHT, "over_amount": "5 USD"}, BadInput, "EUR here"),
        ({**NIGHT, "needs": "three"}, BadInput, "needs"),
        ({**NIGHT, "over_customers": 0}, BadInput, "over_customers"),
    ],
)
async def test_what_does_not_fit_is_said_before_anybody_is_asked(desk, args, error, words):
    with pytest.raises(error, match=words):
        await desk.act("add_policy", **args)


async def test_the_same_twice_is_said(desk):
    await added(desk, **NIGHT)
    with pytest.raises(Conflict, match="just like this"):
        await desk.act("add_policy", **NIGHT)


async def test_an_id_that_names_none(desk):
    made = (await added(desk, **NIGHT)).data
    for wrong in ("ffff0000", made.id[:3], "%"):
        with pytest.raises(NotFound, match="No single policy"):
            await desk.act("remove_policy", policy_id=wrong)


async def test_a_yes_to_one_policy_removes_no_other_that_begins_with_the_same_letters(desk):
    made = (await added(desk, **NIGHT)).data
    asked = await desk.act("remove_policy", policy_id=made.id)
    words = f"Policy {made.id}: “Add a custom role that may do nothing yet” needs a yes from one other person. four eyes → removed"
    assert words in asked.waiting.preview
    await desk.approve(await desk.act("remove_policy", policy_id=made.id), user=desk.bob)
    await added(desk, applies_to="admin_grant", needs="two")
    like = text("update approval_policies set id = cast(:start || substr(id::text, 9) as uuid)")
    async with desk.database.tenant(desk.tenant.id) as session:
        await session.execute(like, {"start": made.id})
    again = await desk.approve(asked, user=desk.bob)
    assert again.waiting is not None and "“Give a role to a person” needs" in again.waiting.preview
    assert len((await desk.act("policies")).data) == 1
    await desk.approve(again, user=desk.bob)
    assert not (await desk.act("policies")).data


async def test_who_lacks_the_permission_neither_sees_nor_sets_any(desk):
    lea = await desk.person("Lea Lead", ["admin:roles", "admin:self", "admin:people_read"])
    for name, args in (("policies", {}), ("add_policy", NIGHT), ("remove_policy", {"policy_id": "abcd"})):
        with pytest.raises(NotAllowed, match="admin:policies"):
            await desk.act(name, user=lea, **args)
    with pytest.raises(NotAllowed, match="do not hold"):
        await desk.act("allow", user=lea, role="noc", permission="admin:policies")


async def test_whoever_is_alone_is_told_what_to_do_instead(desk):
    made = await added(desk, applies_to="adding roles")
    assert made.data.action == "admin_add_role"
    asked = await desk.act("remove_policy", policy_id=made.data.id)
    assert "backhaul policies remove" not in asked.waiting.preview
    await desk.approve(await desk.act("deactivate", person=desk.bob.email), user=desk.ann)
    asked = await desk.act("remove_policy", policy_id=made.data.id)
    assert f"`backhaul policies remove {made.data.id}`" in asked.waiting.preview
    with pytest.raises(NotFound, match=made.data.id):
        await desk.act("remove_policy", policy_id="zzzz")


async def test_what_a_policy_cannot_say_is_said(desk):
    with pytest.raises(NotFound, match="not by who asks"):
        await desk.act("add_policy", applies_to="weather on sundays")


async def test_whose_yes_a_policy_wants_is_a_role_and_no_person(desk):
    with pytest.raises(BadInput, match=r"Bob Berry holds .*: name that role"):
        await desk.act("add_policy", applies_to="admin_deactivate", approver_role="bob")
    with pytest.raises(NotFound, match="There is no role “zorblax”"):
        await desk.act("add_policy", applies_to="admin_deactivate", approver_role="zorblax")
