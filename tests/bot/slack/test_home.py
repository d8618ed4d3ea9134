"""The Home tab: drawn when opened and when something changes, once, for whoever may see it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.contract.people import User
from bot.contract.reply import Button, Column, Reply, Table, Tone, Waiting
from bot.core.home import Home, Part
from bot.errors import NotAllowed
from bot.slack.home import CALM
from tests.bot.slack.gated import Staff
from tests.bot.slack.office import HOW_TO_LINK, NOON, Office
from tests.bot.slack.test_pressing import CALL

ANN = User.with_permissions("1", "Ann", frozenset({"tickets:read"}))
TABLE = Table(
    columns=(Column("Ticket"), Column("What"), Column("Minutes")),
    rows=[(f"TT-{at}", "no *light* <!channel>", at) for at in range(7)],
    total=19,
)
TICKETS = Part(
    title="My tickets",
    reply=Reply("**19** tickets.", table=TABLE, buttons=(Button("TT-0", "tickets_show", {"ticket": "0"}),)),
    whole=Button("Show all 19", "tickets_my_queue"),
)
WAITING = Waiting(
    call_id=CALL,
    action_id="billing_credit",
    summary="Credit 100234 with KES 500",
    needs="a yes from somebody with the role billing",
    asked_by="Ben",
    preview="Balance: 0 -> 500",
    version="v1",
)
FULL = Home(user=ANN, at=NOON, to_decide=[WAITING], parts=[TICKETS], questions=["what is down"])


def seen(office: Office, user: str = "UANN") -> str:
    """All that stands on somebody's tab."""
    home = office.slack.seat(user).home
    return str(home.blocks) if home else ""


async def opened(office: Office, user: str = "UANN") -> str:
    assert await office.slack.seat(user).open_home()
    await office.queue.idle()
    return seen(office, user)


async def test_tab_shows_what_waits_the_work_and_questions(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = replace(FULL, asked=[replace(WAITING, asked_by="Ann", may_agree=False)])
    shown = await opened(office)
    for words in (
        "Ann at Acme",
        "Waiting for your yes",
        "Credit 100234 with KES 500",
        "What a yes does: Balance: 0 -&gt; 500",
        "Your requests, waiting for others",
        "*19* tickets.",
        "• *TT-4*",
        "Minutes 4",
        "_and 14 more_",
        "Show all",
        "what is down",
    ):
        assert words in shown, words
    assert "TT-5" not in shown
    assert "<!channel>" not in shown
    [question] = office.answers.looked
    assert (question.user.name, question.place.direct, question.place.channel) == ("Ann", True, "")
    assert office.slack.count("views.publish") == 1
    assert office.slack.violations == []


async def test_buttons_of_the_tab_do_what_they_say(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    await opened(office)
    ann = office.slack.seat("UANN")
    assert await ann.press("call:approve")
    assert await ann.press("do:1")
    await office.queue.idle()
    assert office.answers.did == [("yes", CALL, "", "v1"), ("tickets_show", {"ticket": "0"})]
    assert office.slack.violations == []


async def test_what_somebody_did_is_shown_on_their_tab_and_nothing_else_is_drawn(
    socket_office: Office,
) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    await opened(office)
    await opened(office, "UBEN")
    assert office.slack.count("views.publish") == 2
    office.answers.homes["1"] = replace(FULL, to_decide=[])
    assert await office.slack.seat("UANN").press("call:approve")
    await office.queue.idle()
    assert "Waiting for your yes" not in seen(office)
    assert office.slack.count("views.publish") == 3
    async with office.database.tenant(office.tenant.id) as session:
        await office.room.home.worked(session, office.tenant.id, "T1", "UANN")
    await office.queue.idle()
    assert len(office.answers.looked) == 4
    assert office.slack.count("views.publish") == 3  # drawn anew, and it says the same
    assert office.slack.violations == []


async def test_nobody_who_never_opened_the_tab_gets_one(socket_office: Office) -> None:
    office = socket_office
    await office.slack.seat("UANN").command("CNOC", "/backhaul help")
    await office.queue.idle()
    assert (office.slack.count("views.publish"), office.answers.looked) == (0, [])


async def test_many_changes_are_drawn_together(socket_office: Office) -> None:
    office = socket_office
    await opened(office)
    office.answers.homes["1"] = FULL
    for at in range(12):
        await office.slack.seat("UANN").command("CNOC", f"/backhaul {at}")
    await office.queue.idle()
    assert "Waiting for your yes" in seen(office)
    assert office.slack.count("views.publish") <= 3
    assert office.slack.violations == []


async def test_refresh_draws_anew_though_nothing_changed(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    await opened(office)
    assert await office.slack.seat("UANN").press("home:refresh")
    await office.queue.idle()
    assert office.slack.count("views.publish") == 2


async def test_stranger_and_refused_see_one_sentence_and_nothing_of_the_tenant(socket_office: Office) -> None:
    office = socket_office
    shown = await opened(office, "UNEW")
    assert HOW_TO_LINK in shown
    assert "Acme" not in shown
    assert office.answers.looked == []
    office.answers.homes["1"] = NotAllowed("The user Ann is deactivated.")
    shown = await opened(office)
    assert "The user Ann is deactivated." in shown
    assert "Acme" not in shown
    assert office.slack.violations == []


async def test_guest_sees_that_only_members_are_served(socket_office: Office) -> None:
    office = socket_office
    office.slack.world.home.people["UANN"].is_restricted = True
    shown = await opened(office)
    assert ("only for members" in shown, office.links.seen) == (True, [])


async def test_deactivated_person_gets_nothing(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    await opened(office)
    office.slack.world.home.people["UANN"].deleted = True
    office.room.people.forget("T1", "UANN")
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text("update slack_homes set due_at = now(), wanted = wanted + 1"))
    await office.room.sweep()
    assert office.slack.count("views.publish") == 1
    async with office.database.tenant(office.tenant.id) as session:
        assert (await session.execute(text("select 1 from slack_homes"))).first() is None


async def test_administration_has_the_buttons_of_those_who_may(socket_office: Office) -> None:
    office = socket_office
    office.room.home.panels.add("plugins", "Plugins", "admin:plugins")
    office.room.home.panels.add("roles", "Roles", "admin:roles")
    boss = User.with_permissions("2", "Ben", frozenset({"admin:plugins"}))
    office.answers.homes |= {"1": FULL, "2": Home(user=boss, at=NOON)}
    assert "Administration" not in await opened(office)
    shown = await opened(office, "UBEN")
    assert ("panel:plugins" in shown, "panel:roles" in shown) == (True, False)
    with pytest.raises(ValueError, match="taken"):
        office.room.home.panels.add("roles", "Roles", "admin:roles")
    assert office.slack.violations == []


async def test_other_tabs_are_not_home(socket_office: Office) -> None:
    office = socket_office
    assert await office.slack.seat("UANN").open_home("messages")
    await office.queue.idle()
    assert office.slack.count("views.publish") == 0


async def test_lost_job_is_found_by_the_sweep(socket_office: Office) -> None:
    office = socket_office
    office.queue.lose = True
    office.answers.homes["1"] = FULL
    assert await opened(office) == ""
    await office.room.sweep()
    assert "Ann at Acme" in seen(office)
    assert office.slack.count("views.publish") == 1


async def test_failures_of_slack_are_tried_again_and_limits_waited_for(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    office.slack.faults.plan("views.publish", "reset_after", "500")
    shown = await opened(office)
    assert "Ann at Acme" in shown
    assert office.slack.count("views.publish") == 3
    office.slack.faults.plan("views.publish", "429")
    await opened(office)
    [frozen] = await paused(office)
    assert frozen == "views.publish"
    assert office.slack.violations == []


async def paused(office: Office) -> list[str]:
    async with office.database.tenant(office.tenant.id) as session:
        rows = await session.execute(text("select what from slack_paces where what like 'views%'"))
        return [row.what for row in rows]


async def test_view_changed_elsewhere_is_drawn_over(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    await opened(office)
    client = office.room.calls.client(office.slack.world.bot_token)
    await client.views_publish(user_id="UANN", view={"type": "home", "blocks": [{"type": "divider"}]})
    with office.slack.expect("hash_conflict"):
        shown = await opened(office)
    assert "Ann at Acme" in shown
    assert office.slack.violations == []


async def test_view_that_slack_refuses_is_said_in_a_sentence(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    office.slack.faults.plan("views.publish", "error:invalid_arguments")
    assert "I cannot show this at the moment" in await opened(office)


async def test_workspace_without_the_tab_is_asked_once(socket_office: Office) -> None:
    office = socket_office
    office.slack.faults.plan("views.publish", "error:not_enabled")
    assert await opened(office) == ""
    await office.room.sweep()
    assert office.slack.count("views.publish") == 1


async def test_two_workers_draw_one_tab_once(socket_office: Office) -> None:
    office = socket_office
    office.queue.lose = True
    office.answers.homes["1"] = FULL
    await opened(office)
    job = {"team": "T1", "user": "UANN"}
    await asyncio.gather(*(office.room.home.handle(office.tenant.id, job) for _ in range(5)))
    assert office.slack.count("views.publish") == 1


async def test_too_much_of_it_ends_with_what_to_do(socket_office: Office) -> None:
    office = socket_office
    long = Part(title="List", reply=Reply("x" * 900, facts={f"f{at}": "y" * 1_800 for at in range(40)}))
    office.answers.homes["1"] = replace(FULL, parts=[TICKETS, *[long] * 40])
    office.room.home.panels.add("plugins", "Plugins", "tickets:read")
    shown = await opened(office)
    assert "There is more than fits here" in shown
    assert "panel:plugins" in shown
    assert office.slack.violations == []


async def test_bad_news_of_a_part_stands_in_it_alone(socket_office: Office) -> None:
    office = socket_office
    broken = Part(title="On call", reply=Reply("This takes too long.", tone=Tone.WARN, error="Unavailable"))
    office.answers.homes["1"] = replace(FULL, parts=[broken, TICKETS])
    shown = await opened(office)
    assert "This takes too long." in shown
    assert "TT-0" in shown
    assert CALM.total_seconds() > 0


async def test_recent_questions_lead_to_where_they_were_answered(socket_office: Office) -> None:
    office = socket_office
    ann = office.slack.seat("UANN")
    ts = await ann.say("CNOC", "<@UBOT> what is &lt;down&gt; | now")
    for line in ("/backhaul bills of 100234", "/backhaul link ABCDE-12345", "/backhaul bills of 100234"):
        await ann.command("CNOC", line)
    await office.slack.seat("UBEN").say("CNOC", "<@UBOT> who is ben")
    await office.queue.idle()
    office.answers.homes["1"] = FULL
    shown = await opened(office)
    link = f"/archives/CNOC/p{ts.replace('.', '')}"
    assert "You asked lately" in shown
    assert f"{link}?thread_ts={ts}&cid=CNOC|what is &lt;down&gt; ¦ now>" in shown
    assert shown.count("bills of 100234") == 1
    assert ("ABCDE" in shown, "who is ben" in shown) == (False, False)
    assert office.slack.count("chat.getPermalink") == 1
    await opened(office)
    assert office.slack.count("chat.getPermalink") == 1
    assert office.slack.violations == []


async def test_question_whose_message_is_gone_is_listed_without_a_way_to_it(socket_office: Office) -> None:
    office = socket_office
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> what is down")
    await office.queue.idle()
    office.answers.homes["1"] = FULL
    office.slack.faults.plan("chat.getPermalink", "error:message_not_found")
    assert "• what is down" in await opened(office)
    assert "• what is down" in await opened(office)
    assert office.slack.count("chat.getPermalink") == 1


async def told(staff: Staff, user: str) -> list[str]:
    """Open somebody's tab and return the calls that its row says it shows."""
    office = staff.office
    assert await office.slack.seat(user).open_home()
    await office.queue.idle()
    async with office.database.tenant(office.tenant.id) as session:
        rows = await session.execute(
            text("select calls from slack_homes where user_id = :user"), {"user": user}
        )
        return list(rows.scalar_one())


async def test_call_that_waits_is_drawn_for_those_whose_yes_counts_until_it_is_decided(staff: Staff) -> None:
    office = staff.office
    answers = staff.answers
    await staff.lose("dan")
    for user in ("UANN", "UBEN", "UDAN"):
        assert await told(staff, user) == []
    drawn = len(answers.looked)
    call = await staff.ask()
    looked = {question.user.name for question in answers.looked[drawn:]}
    assert looked == {"Ann", "Ben"}
    ben = staff.ben
    waiting = replace(WAITING, call_id=call)
    answers.homes[ben.id] = Home(user=ben, at=NOON, to_decide=[waiting])
    assert await told(staff, "UBEN") == [call]
    answers.homes[ben.id] = Home(user=ben, at=NOON)
    await staff.desk.gate.decide(staff.people["cem"], call, yes=True)
    await office.queue.idle()
    assert "Waiting for your yes" not in seen(office, "UBEN")
    assert office.slack.violations == []
