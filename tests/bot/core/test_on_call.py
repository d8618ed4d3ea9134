"""A yes only whoever is on call can give: at the moment of the yes, never anybody else's, never by default."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.contract.action import Approval
from bot.contract.platform import PolicyCard
from bot.core import policies
from bot.core.export import export_tenant, import_tenant
from bot.core.on_call_policies import find_broken, on_call_warnings
from bot.core.people import set_active
from bot.core.policy_trial import replay
from bot.core.rosters import rosters_around
from bot.core.switch import disable
from bot.db import nudges
from bot.errors import BadInput, Conflict, NotAllowed, NotFound, UserError
from bot.testing import Bench
from tests.bot.core import duties
from tests.bot.core.duties import BOARD, PAY

HOUR = timedelta(hours=1)
NOC = PolicyCard(action="duties_pay", needs=Approval.OTHER, over_amount=500_000, on_call="noc")


@pytest.fixture
async def kit(bench):
    kit = await bench(duties, "admin")
    kit.cat = await kit.person("Cat Cole", [PAY])
    kit.dan = await kit.person("Dan Dell", [PAY])
    BOARD.duties.clear()
    BOARD.how, BOARD.asked = "well", 0
    return kit


async def rule(kit: Bench, wish: PolicyCard = NOC, **changes) -> PolicyCard:
    wish = replace(wish, **changes)
    return await policies.add(kit.database, kit.registry, kit.tenant, wish, by="x")


def put(kit: Bench, *people, team: str = "noc", hours: int = 8) -> None:
    BOARD.put(team, *(one.id for one in people), since=kit.now - HOUR, until=kit.now + hours * HOUR)


async def ask(kit: Bench, amount: str = "6000", **options):
    return await kit.act("pay", amount=amount, **options)


async def paid(kit: Bench) -> int:
    return len(await kit.store().items())


async def test_below_the_amount_nothing_changes(kit):
    await rule(kit)
    asked = await ask(kit, "4999")
    assert asked.waiting.needs == "a yes from Ann Apple"
    assert (await kit.approve(asked, user=kit.ann)).text.startswith("Paid")
    assert BOARD.asked == 0, "rosters are not asked where no policy wants it"


async def test_the_card_names_who_is_on_call_and_only_they_may_agree(kit):
    await rule(kit)
    put(kit, kit.bob)
    asked = await ask(kit)
    assert asked.waiting.needs == (
        "a yes from one other person who may do this and is on call for noc (now Bob Berry, until 21:00)"
    )
    with pytest.raises(NotAllowed) as refused:
        await kit.approve(asked, user=kit.cat)
    assert str(refused.value).startswith(
        "This needs the yes of whoever is on call for noc, and you are not. "
        "On call for noc is Bob Berry until 21:00. It waits until "
    )
    with pytest.raises(NotAllowed, match="asked for this yourself"):
        await kit.approve(asked, user=kit.ann)
    assert (await kit.approve(asked, user=kit.bob)).text == "Paid 6,000.00 EUR."
    assert await paid(kit) == 1
    row = (await kit.audit(action="duties_pay"))[-2]
    assert row.event == "approved" and row.facts["on_call"] == ["noc"]


async def test_what_can_be_done_is_said_once_for_two_teams(kit):
    for team in ("noc", "desk"):
        put(kit, kit.bob, team=team)
        await rule(kit, on_call=team)
    asked = await ask(kit)
    BOARD.how = "raise"
    with pytest.raises(NotAllowed) as refused:
        await kit.approve(asked, user=kit.bob)
    said = str(refused.value)
    assert "on call for desk and for noc, and you are not." in said
    assert [said.count(words) for words in ("Nobody else's yes", "It waits until")] == [1, 1]


async def test_who_asked_is_not_told_to_agree(kit):
    await rule(kit)
    put(kit, kit.bob)
    await ask(kit)
    gate = await kit.gate()
    [own] = await gate.waiting(kit.ann)
    [others] = await gate.waiting(kit.bob)
    assert not own.may_agree and others.may_agree
    await ask(kit, "4999")
    assert sorted(one.may_agree for one in await gate.waiting(kit.ann)) == [False, True]


async def test_turning_rosters_off_says_what_it_holds_up(kit):
    boss = await kit.person("Flo Fox", ["admin:plugins"])
    asked = await kit.call("admin_disable_plugin", {"name": "duties"}, user=boss)
    assert "goes by who is on call" not in asked.waiting.preview
    await rule(kit)
    asked = await kit.call("admin_disable_plugin", {"name": "duties"}, user=boss)
    assert "An approval policy goes by who is on call" in asked.waiting.preview
    assert "“Pay an amount” needs a yes from one other person" in asked.waiting.preview


async def test_a_handover_between_the_question_and_the_yes(kit):
    await rule(kit)
    put(kit, kit.bob, hours=1)
    asked = await ask(kit)
    kit.now += 2 * HOUR
    put(kit, kit.cat)
    with pytest.raises(NotAllowed, match="On call for noc is Cat Cole"):
        await kit.approve(asked, user=kit.bob)
    assert (await kit.approve(asked, user=kit.cat)).text.startswith("Paid")


@pytest.mark.parametrize(
    ("by", "ago", "given", "counts"),
    [
        ("bob", 1, False, False),  # put themselves on call
        ("bob", 23, False, False),
        ("bob", 25, False, True),  # a day before it was asked for: their usual turn
        ("bob", -1, False, False),  # after it was asked for
        ("ann", 1, False, False),  # the asker picks who agrees
        ("ann", 25, False, True),
        ("ann", 1, True, True),  # the asker had given away a turn of their own
        ("ann", -1, True, False),  # and did so only once it waited
        ("cat", -1, False, True),  # somebody else
        ("", -1, False, True),  # a roster that does not know
    ],
)
async def test_nobody_arranges_for_whose_yes_it_takes(kit, by, ago, given, counts):
    await rule(kit)
    put(kit, kit.cat)
    asked = await ask(kit)
    who = getattr(kit, by).id if by else ""
    put(kit, kit.bob)
    made_at = kit.now - ago * HOUR
    BOARD.duties["noc"] = [replace(one, by=who, made_at=made_at, given=given) for one in BOARD.duties["noc"]]
    kit.now += 2 * HOUR
    bob = await kit.around.user(kit.bob.id, fresh=True)
    gate = await kit.gate()
    assert bool(await gate.waiting(bob)) is counts
    if counts:
        assert (await kit.approve(asked, user=kit.bob)).text.startswith("Paid")
        return
    name = "you" if by == "bob" else "Ann Apple"
    with pytest.raises(NotAllowed, match=f"because {name} arranged it so") as refused:
        await kit.approve(asked, user=kit.bob)
    assert "It waits until" in str(refused.value)
    whose = "themselves" if by == "bob" else "Ann Apple"
    assert (
        f"put on call by {whose}, which does not count here"
        in (await gate.show(bob, asked.call_id)).waiting.needs
    )
    assert await paid(kit) == 0
    BOARD.duties["noc"] += [replace(one, by=kit.cat.id) for one in BOARD.duties["noc"]]
    assert (await kit.approve(asked, user=kit.bob)).text.startswith("Paid"), "by somebody else's word too"


async def test_the_lists_show_it_to_whoever_is_on_call(kit):
    await rule(kit)
    put(kit, kit.bob)
    asked = await ask(kit)
    gate = await kit.gate()
    for person, sees in ((kit.bob, True), (kit.cat, False), (kit.ann, True)):
        fresh = await kit.around.user(person.id, fresh=True)
        assert bool(await gate.waiting(fresh)) is sees
        assert bool(await gate.show_waiting(fresh)) is sees
        shown = await gate.show(fresh, asked.call_id)
        assert shown.may_agree is (person is kit.bob)
        assert "now Bob Berry, until 21:00" in shown.waiting.needs
    assert "now Bob Berry" in (await kit.act("pay", amount="7000")).text
    assert await gate.remind(asked.call_id)
    assert "is on call for noc (now Bob Berry" in (await kit.audit(action="duties_pay"))[-1].text


async def told(kit: Bench, *people) -> list[list[str]]:
    async with kit.database.tenant(kit.tenant.id) as session:
        return [
            [one["text"] for one in await nudges.do_take(session, person.id, "terminal", kit.now)]
            for person in people
        ]


async def test_whoever_is_on_call_is_told_that_it_waits_for_them(kit):
    await rule(kit)
    put(kit, kit.bob, kit.eve, kit.ann)
    asked = await ask(kit)
    assert await told(kit, kit.cat, kit.eve, kit.ann) == [[], [], []], "not those whose yes would not count"
    ((text,),) = await told(kit, kit.bob)
    assert text.startswith("You are on call for noc, so a call of Ann Apple waits for your yes, until ")
    put(kit, kit.cat)
    gate = await kit.gate()
    await gate.remind(asked.call_id)
    assert [len(one) for one in await told(kit, kit.bob, kit.cat)] == [0, 1], "who took over hears of it too"
    await ask(kit, "7000")
    await kit.deny(await ask(kit, "8000"), user=kit.bob)
    done = await ask(kit, "9000")
    await kit.approve(done, user=kit.cat)
    ((text,),) = await told(kit, kit.cat)
    assert "7,000.00" in text, "of what is decided nothing more is said"


async def test_who_is_relieved_before_the_word_reached_them_hears_nothing_of_it(kit):
    await rule(kit)
    put(kit, kit.bob)
    await ask(kit)
    put(kit, kit.cat)
    small = await ask(kit, "5")  # any change by the plugin that keeps the roster
    await kit.approve(small, user=kit.ann)
    assert [len(one) for one in await told(kit, kit.bob, kit.cat)] == [0, 1]
    await ask(kit, "7000")
    BOARD.how = "raise"
    small = await ask(kit, "6")
    await kit.approve(small, user=kit.ann)
    BOARD.how = "well"
    ((text,),) = await told(kit, kit.cat)
    assert "7,000.00" in text, "a roster that does not answer has relieved nobody"
    await ask(kit, "8000")
    await disable(kit.around, "duties")
    assert await told(kit, kit.cat) == [[]], "with the rosters off nobody is on call"


async def test_who_knows_of_it_and_cannot_agree_hears_why_by_its_first_letters(kit):
    await rule(kit)
    put(kit, kit.bob)
    asked = await ask(kit)
    gate, start = await kit.gate(), asked.call_id[:8]
    assert await gate.find_known(kit.cat, start) == asked.call_id
    assert await gate.find_known(kit.eve, start) == "", "nobody else hears even that there is one"
    assert await gate.find_known(kit.cat, "zzzz") == ""
    await kit.approve(asked, user=kit.bob)
    assert await gate.find_known(kit.cat, start) == ""


@pytest.mark.parametrize(
    ("how", "team", "why", "short"),
    [
        ("well", "noc", "Nobody is on call for noc now.", ""),
        ("well", "gone", "No roster knows a team “noc”. There are: gone.", ": no roster has this team"),
        ("raise", "noc", "The roster of duties does not answer", ": the roster does not answer"),
        ("hang", "noc", "The roster of duties does not answer", ": the roster does not answer"),
        ("nonsense", "noc", "The roster of duties does not answer", ": the roster does not answer"),
    ],
)
async def test_when_nobody_can_be_named_nobody_may_agree(kit, how, team, why, short):
    await rule(kit)
    put(kit, kit.bob, team=team)
    asked = await ask(kit)
    if how == "well" and team == "noc":
        BOARD.duties["noc"] = []
    BOARD.how = how
    for person in (kit.bob, kit.cat):
        with pytest.raises(NotAllowed) as refused:
            await kit.approve(asked, user=person)
        said = str(refused.value)
        assert why in said and "Nobody else's yes stands in for it: put somebody on call" in said
        assert "RuntimeError" not in said
    again = await ask(kit, "8000")
    assert f"(now nobody{short})" in again.waiting.needs
    assert await paid(kit) == 0
    assert (await kit.deny(asked, user=kit.cat)).text.startswith("Denied")


async def test_with_the_plugin_off_nobody_is_on_call(kit, bench):
    other = await bench(duties, "oncall", "admin")
    await other.disable("oncall")
    with pytest.raises(NotFound, match="No roster knows"):
        await (await rosters_around(other.around)).check_team("support")


async def test_who_is_deactivated_or_unknown_is_not_on_call(kit):
    await rule(kit)
    put(kit, kit.bob)
    asked = await ask(kit)
    await set_active(kit.database, kit.tenant, kit.bob.id, active=False, by="x")
    kit.around.forget()
    with pytest.raises(NotAllowed, match="whoever the roster names is not active here"):
        await kit.approve(asked, user=kit.cat)
    BOARD.put("noc", "nobody@else.example", since=kit.now - HOUR)
    with pytest.raises(NotAllowed, match="Nobody is on call"):
        await kit.approve(asked, user=kit.cat)


async def test_a_roster_may_name_people_by_address(kit):
    await rule(kit)
    BOARD.put("noc", kit.cat.email.upper(), since=kit.now - HOUR)
    asked = await ask(kit)
    assert "now Cat Cole" in asked.waiting.needs
    await kit.approve(asked, user=kit.cat)
    assert await paid(kit) == 1


async def test_the_asker_on_call_and_those_who_may_not_are_said_so(kit):
    await rule(kit)
    put(kit, kit.ann)
    assert "now Ann Apple, who asked for it" in (await ask(kit)).waiting.needs
    put(kit, kit.eve)
    asked = await ask(kit, "7000")
    assert "now Eve Elder, who may not do this themselves (`duties:pay`)" in asked.waiting.needs
    with pytest.raises(NotFound):
        await kit.approve(asked, user=kit.eve)


async def test_role_and_on_call_both_hold(kit):
    lead = next(iter(kit.cat.roles))
    await rule(kit, approver_role=lead)
    put(kit, kit.bob)
    asked = await ask(kit)
    assert f"now Bob Berry, who does not have the role {lead}" in asked.waiting.needs
    with pytest.raises(NotAllowed, match="with the role"):
        await kit.approve(asked, user=kit.bob)
    with pytest.raises(NotAllowed, match="on call for noc"):
        await kit.approve(asked, user=kit.cat)
    put(kit, kit.cat)
    await kit.approve(asked, user=kit.cat)
    assert await paid(kit) == 1


async def test_of_two_one_is_on_call_when_they_agree(kit):
    await rule(kit, needs=Approval.TWO)
    put(kit, kit.bob)
    asked = await ask(kit)
    assert "two other people who may do this, one of them on call for noc (now Bob" in asked.waiting.needs
    first = await kit.approve(asked, user=kit.cat)
    assert "one more person who may do this and is on call for noc" in first.waiting.needs
    with pytest.raises(NotAllowed, match="On call for noc is Bob Berry"):
        await kit.approve(asked, user=kit.dan)
    await kit.approve(asked, user=kit.bob)
    assert await paid(kit) == 1


async def test_of_two_the_first_on_call_is_enough_whoever_is_later(kit):
    await rule(kit, needs=Approval.TWO)
    put(kit, kit.bob)
    asked = await ask(kit)
    first = await kit.approve(asked, user=kit.bob)
    assert first.waiting.needs == "a yes from two other people who may do this (1 of 2 so far)"
    BOARD.duties["noc"] = []
    await kit.approve(asked, user=kit.cat)
    assert await paid(kit) == 1


async def test_two_first_yeses_at_once_do_not_run_it_without_the_one_on_call(kit):
    await rule(kit, needs=Approval.TWO)
    put(kit, kit.bob)
    asked = await ask(kit)
    ends = await asyncio.gather(
        kit.approve(asked, user=kit.cat), kit.approve(asked, user=kit.dan), return_exceptions=True
    )
    assert await paid(kit) == 0
    assert all(isinstance(one, UserError) or one.waiting for one in ends)
    await kit.approve(asked, user=kit.bob)
    assert await paid(kit) == 1


async def test_two_policies_with_two_teams_need_somebody_of_each(kit):
    await rule(kit)
    await rule(kit, on_call="support")
    put(kit, kit.bob)
    put(kit, kit.cat, team="support")
    asked = await ask(kit)
    assert "on call for noc (now Bob Berry, until 21:00) and for support (now Cat Cole" in asked.waiting.needs
    with pytest.raises(NotAllowed, match="for noc and for support"):
        await kit.approve(asked, user=kit.dan)
    assert (await kit.approve(asked, user=kit.bob)).waiting
    await kit.approve(asked, user=kit.cat)
    assert await paid(kit) == 1


async def test_a_policy_that_came_meanwhile_counts_and_is_shown_first(kit):
    await rule(kit, on_call=None)
    asked = await ask(kit)
    await rule(kit)
    put(kit, kit.bob)
    again = await kit.approve(asked, user=kit.cat)
    assert "a rule came that wants more agreement" in again.text and "now Bob Berry" in again.text
    with pytest.raises(NotAllowed):
        await kit.approve(again, user=kit.cat)
    await kit.approve(again, user=kit.bob)
    assert await paid(kit) == 1


async def test_a_laxer_policy_takes_nobody_s_duty_away(kit):
    await rule(kit, needs=Approval.TWO, on_call=None)
    await rule(kit)
    put(kit, kit.bob)
    assert "one of them on call for noc" in (await ask(kit)).waiting.needs


async def test_policies_that_make_no_sense(kit):
    check = policies.check_new
    with pytest.raises(BadInput, match="whoever is on call"):
        await check(kit.database, kit.registry, kit.tenant, replace(NOC, needs=Approval.SELF))
    await rule(kit)
    with pytest.raises(Conflict, match="just like this"):
        await check(kit.database, kit.registry, kit.tenant, NOC)
    await check(kit.database, kit.registry, kit.tenant, replace(NOC, on_call="support"))


async def test_an_admin_is_told_what_to_mind(kit):
    put(kit, kit.eve)
    (minds,) = await on_call_warnings(kit.around, NOC)
    assert "Eve Elder is on call for noc now and lacks `duties:pay`" in minds
    BOARD.duties["noc"] = []
    empty, own = await on_call_warnings(kit.around, replace(NOC, action="*"))
    assert "can be agreed to by anybody" in empty and "backhaul policies remove" in own
    assert await on_call_warnings(kit.around, replace(NOC, on_call=None)) == ()


async def test_check_names_policies_whose_team_is_gone(kit):
    put(kit, kit.bob)
    await rule(kit)
    assert await find_broken(kit.around) == []
    BOARD.duties.clear()
    ((what, why),) = await find_broken(kit.around)
    assert "who is on call for noc" in what and "No roster knows a team “noc”" in why


async def test_words_of_a_policy(kit):
    assert NOC.words("EUR") == (
        "duties_pay needs a yes from one other person, who is on call for noc, from 5,000.00 EUR on."
    )
    two = replace(NOC, needs=Approval.TWO, approver_role="lead", over_amount=None)
    assert two.words("EUR") == (
        "duties_pay needs a yes from two other people with the role lead, one of them on call for noc."
    )


async def test_it_goes_out_and_in_with_the_configuration(kit, bench):
    await rule(kit)
    told = await export_tenant(kit.around)
    assert told["policies"][0]["on_call"] == "noc"
    other = await bench(duties, "admin")
    lines = await import_tenant(other.around, {"form": told["form"], "policies": told["policies"]}, by="x")
    assert any("policy duties_pay" in line for line in lines)
    (kept,) = await policies.find(other.database, other.tenant)
    assert kept.on_call == "noc"
    assert (
        await import_tenant(other.around, {"form": told["form"], "policies": told["policies"]}, by="x") == []
    )


async def test_trying_it_says_when_nobody_was_on_call(kit):
    BOARD.put("noc", kit.bob.id, since=kit.now, until=kit.now + 2 * HOUR)
    await ask(kit)
    kit.now += HOUR
    await ask(kit)
    kit.now += 2 * HOUR
    await ask(kit)
    await ask(kit, "10")
    kit.now += HOUR
    rosters = await rosters_around(kit.around)
    tried = await replay(kit.database, kit.registry, kit.tenant, now=kit.now, wish=NOC, rosters=rosters)
    assert (tried.calls, tried.held, tried.on_call, tried.off_call, tried.unread) == (4, 3, 3, 1, "")
    assert "3 would have needed the yes of whoever was on call." in tried.words
    assert "Of 1 nobody was on call when it was asked who could have said it." in tried.words
    assert tried.examples[0].on_call == ("noc",)
    BOARD.how = "raise"
    unread = await replay(kit.database, kit.registry, kit.tenant, now=kit.now, wish=NOC, rosters=rosters)
    assert unread.off_call == 0 and "does not answer" in unread.words


steps = st.lists(
    st.one_of(
        st.tuples(st.just("yes"), st.sampled_from(["bob", "cat", "dan", "ann"])),
        st.tuples(st.just("duty"), st.sets(st.sampled_from(["bob", "cat", "dan", "ann"]), max_size=2)),
        st.tuples(st.just("how"), st.sampled_from(["well", "well", "raise"])),
        st.tuples(st.just("left"), st.sampled_from(["bob", "cat"])),
    ),
    min_size=3,
    max_size=9,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.booleans())
async def test_whatever_happens_it_runs_only_with_a_yes_of_whoever_was_on_call(kit, walk, two):
    people = {"ann": kit.ann, "bob": kit.bob, "cat": kit.cat, "dan": kit.dan}
    BOARD.duties.clear()
    BOARD.how, BOARD.duties["noc"] = "well", []
    if not await policies.find(kit.database, kit.tenant):
        await rule(kit)
        await rule(kit, needs=Approval.TWO, over_amount=5_000_000)
    for one in (kit.bob, kit.cat):
        await set_active(kit.database, kit.tenant, one.id, active=True, by="x")
    before, asked = await paid(kit), await ask(kit, "60000" if two else "6000")
    duty: set[str] = set()
    said: dict[str, bool] = {}
    here = set(people)
    ran = False
    for what, value in walk:
        if what == "duty":
            duty = set(value)
            put(kit, *(people[one] for one in value))
        elif what == "how":
            BOARD.how = value
        elif what == "left":
            await set_active(kit.database, kit.tenant, people[value].id, active=False, by="x")
            kit.around.forget()
            here.discard(value)
        else:
            on = value in duty and BOARD.how == "well" and value in here
            kept = {one: was for one, was in said.items() if one in here}
            counts = value != "ann" and value in here and value not in said and not ran
            needed = 2 if two else 1
            counts = counts and (any(kept.values()) or on or needed - len(kept) > 1)
            try:
                reply = await kit.approve(asked, user=people[value])
            except UserError:
                assert not counts
                continue
            assert counts
            said = kept | {value: on}
            ran = len(said) >= needed and any(said.values())
            assert bool(reply.waiting) is not ran
    assert await paid(kit) - before == ran
