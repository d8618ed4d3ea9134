"""The tables of the bot itself: what the first tenant has in each, and a question about it to every function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.handed import Handed
from bot.contract.people import Tenant
from bot.db import (
    audit,
    call_groups,
    call_runs,
    call_words,
    calls,
    cards,
    decisions,
    demo,
    grants,
    habits,
    handed,
    inbox,
    inbox_many,
    inbox_twins,
    jobs,
    letter_words,
    links,
    nudges,
    origins,
    outbox,
    paces,
    person_words,
    plugins,
    policies,
    presses,
    rates,
    reach,
    roles,
    schedules,
    settings,
    shown_once,
    slack_teams,
    tenants,
    threads,
    trials,
    unanswered,
    users,
)
from bot.db.call_runs import Ending
from bot.db.calls import Call
from bot.db.database import Database
from tests.probes.asking import Asks

AT = datetime(2026, 11, 20, tzinfo=UTC)
SOON, LATER = AT + timedelta(hours=1), AT + timedelta(days=365)
LEASE, SPAN = timedelta(seconds=30), timedelta(days=1)
RATE = rates.Rate(times=1, within=timedelta(days=1))
HASH = b"h" * 32
TEAM = "T0ACME"
FILE = Handed(id=str(uuid4()), name="a.txt", media_type="text/plain", size=1, sha256="ab" * 32)


@dataclass(frozen=True)
class Things:
    """What the first tenant has."""

    tenant: Tenant
    person: str
    nudge: str
    grant: str
    policy: str
    asked: Call
    running: Call
    lost: Call
    done: Call
    arrival: inbox.Taken
    dead_arrival: str
    letter: outbox.Taken
    answer: str
    dead_letter: str
    dead_job: int
    team: slack_teams.TeamRow


def call(**values: object) -> Call:
    """Return a call that is asked for."""
    given = {
        "id": str(uuid4()), "key": uuid4().hex, "action_id": "desk_note", "args": {"a": 1}, "asked_by": "u1",
        "asked_name": "Ann", "asked_at": AT, "via": "person", "needs": 2, "state": "asked", "version": "v",
        "expires_at": SOON, "things": ("customer:1",),
    }  # fmt: skip
    return Call(**{**given, **values})  # type: ignore[arg-type]  # as the fields are


def team_of(tenant: Tenant, token: str = "sealed") -> slack_teams.TeamRow:
    """Return a workspace of a tenant."""
    return slack_teams.TeamRow(
        team_id=TEAM, tenant_id=tenant.id, name="Acme", bot_token=token, bot_user_id="UBOT", bot_id="BBOT",
        refresh_token="sealed too", expires_at=AT,
    )  # fmt: skip


CARD = "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"


BUTTON = presses.Pressed(team_id=TEAM, channel="C1", message="1.1", button="b")


def letter(lane: str = "lane") -> outbox.Letter:
    """Return a letter to post."""
    return outbox.Letter(lane=lane, team_id=TEAM, channel="C1", payload={"text": "Amina owes 40"}, card=CARD)


HEARD = {"user": "U1", "text": "hi"}


def arrival(lane: str = "lane", key: str = "Ev1") -> inbox.Arrival:
    """Return something new from Slack."""
    return inbox.Arrival(
        event_key=key, message_key=f"{key}.m", lane=lane, team_id=TEAM, said_at="1.0", payload=HEARD
    )


def twin() -> inbox.Arrival:
    """Return the other event of what waits, which brings a file."""
    told = {**HEARD, "told": {"files": [{"id": "F1"}]}}
    return replace(arrival("waits", "Ev-twin"), message_key="Ev-waits.m", payload=told)


async def _come(session: AsyncSession, asked: Any) -> bool:
    """Ask after others came to where the letter goes."""
    await outbox.do_divert(session, asked.letter.channel)
    return await outbox.have_come(session, asked.letter)


async def fill(database: Database, tenant: Tenant) -> Things:
    """Give the tenant one of everything."""
    async with database.tenant(tenant.id) as session:
        person = await users.do_add_person(session, name="Pia Acme", email="pia@acme.example")
        await roles.do_add_role(session, name="seller")
        await roles.do_allow(session, "seller", roles.RolePermission(permission="billing:read"))
        grant = await grants.do_grant(
            session, grants.NewGrant(user_id=person.id, role="seller", by="x", effect_key="grant-1")
        )
        for _ in range(habits.FEWEST):
            await audit.do_append(session, replace(ENTRY, user_id=person.id))
        await links.do_link(
            session, surface="slack", external_id="U1", user_id=person.id, how="grant", by="x"
        )
        await links.do_issue_code(session, user_id=person.id, code_hash=HASH, by="x", now=AT, until=LATER)
        await links.do_count_attempt(session, "slack", "U9", AT, AT)
        await links.do_cut(session, "slack", "U7", cut=True, at=AT)
        await trials.do_begin_trial(session, replace(TRIAL, plugin="dotmac"))
        await nudges.do_put(session, [person.id], "reminders:1", {"text": "Call Amina"})
        nudge = (await nudges.find_waiting(session, "slack"))[0].id
        await handed.do_keep(session, person.id, FILE, b"a", AT, AT)
        policy = await policies.do_add_policy(session, policies.Policy(action="billing_*", needs=2), by="x")
        await settings.do_save_settings(session, "network", body={"a": 1}, sealed={"token": "s"}, by="x")
        await plugins.do_switch(session, "network", enabled=True, offered=["network:read"], by="x")
        await plugins.do_choose(session, "billing", "splynx", by="x")
        await schedules.do_save_schedule(
            session, schedules.Schedule(name="digest", kind="digest", cron="0 7 * * *", timezone="UTC")
        )
        await schedules.do_claim_slot(session, "digest", "2026-11-18", AT - 2 * SPAN)
        await schedules.do_claim_slot(session, "digest", "2026-11-19", AT - SPAN)
        await threads.do_save_thread(session, "slack", "th", "u1", {"focus": "100234"})
        await threads.do_save_thread(session, "slack", "old", "u1", {"focus": "100234"})
        await session.execute(
            text("update threads set updated_at = now() - interval '1 year' where thread = 'old'")
        )
        await unanswered.do_count_unanswered(session, "how many cows")
        await rates.do_take(session, "codes", RATE)
        await rates.do_take(session, "old", rates.Rate(times=1, within=timedelta(microseconds=1)))
        await paces.do_take_turn(session, TEAM, "chat.postMessage", every=timedelta(hours=1))
        await paces.do_freeze(session, TEAM, "users.info", timedelta(hours=1))
        await slack_teams.do_install(session, team_of(tenant))
        await tenants.do_set_tenant_setting(session, tenant.id, "ladder", '"x"')
        await _fill_demo(session)
        return Things(
            tenant=tenant, person=person.id, nudge=nudge, grant=grant, policy=policy, team=team_of(tenant),
            **await _fill_calls(session), **await _fill_queues(session, tenant),
        )  # fmt: skip


async def _fill_demo(session: AsyncSession) -> None:
    mine = "cast(current_setting('app.tenant_id') as uuid)"
    await session.execute(
        text(
            f"insert into isp_effects (tenant_id, key, at, result) values ({mine}, '{demo.KEY}', now(), '{{}}')"
        )
    )
    await session.execute(
        text(f"insert into isp_customers (tenant_id, number, name) values ({mine}, '100234', 'Amina Bello')")
    )


async def _fill_calls(session: AsyncSession) -> dict[str, Call]:
    made = {
        "asked": call(key="asked-key", sealed="secret"),
        "running": call(state="running", fence=1),
        "lost": call(state="running", fence=1),
        "done": call(state="running", fence=1, args={"files": [FILE.id]}),
    }
    await calls.do_ask(session, made["asked"])
    await calls.do_ask(session, made["running"], SPAN)
    await calls.do_ask(session, made["lost"], -LEASE)
    await calls.do_ask(session, made["done"], LEASE)
    await call_runs.do_finish(
        session, made["done"].id, 1, Ending(state="done", at=AT, reply={"text": "Amina owes 40"})
    )
    await calls.do_ask(session, call(key=f"{made['done'].id}/1", undo_of=made["done"].id))
    await decisions.do_decide(
        session, made["asked"].id, decisions.Decision(user_id="u2", name="Bob", yes=True, at=AT)
    )
    await audit.do_append(session, ENTRY)
    return made


async def _fill_queues(session: AsyncSession, tenant: Tenant) -> dict[str, object]:
    await inbox.do_receive(session, arrival())
    taken = await inbox.do_take(session, "lane", SPAN)
    for lane, error in (("done", ""), ("dead", "broken")):
        await inbox.do_receive(session, arrival(lane, f"Ev-{lane}"))
        gone = await inbox.do_take(session, lane, SPAN)
        assert gone
        await inbox.do_finish(session, gone, error=error)
        buried = gone.id
    await inbox.do_receive(session, arrival("waits", "Ev-waits"))
    await session.execute(text("update slack_inbox set done_at = done_at - interval '1 year'"))
    await outbox.do_put(session, [letter()])
    await outbox.do_put_once(session, replace(letter("waits"), user="U1"), "notice-1")
    await presses.do_claim(session, BUTTON, "first")
    assert taken
    alone = replace(letter("alone"), inbox_id=taken.id, kind=outbox.Kind.RESPOND, user="U1", card=None)
    [answer] = await outbox.do_put(session, [alone])
    sending = await outbox.do_take(session, "lane", SPAN)
    for lane in ("dead", "sent"):
        (number,) = await outbox.do_put(session, [letter(lane)])
        other = await outbox.do_take(session, lane, SPAN)
        assert other
        await (
            outbox.do_bury(session, other, "channel_not_found")
            if lane == "dead"
            else outbox.do_mark_sent(session, [(other, "1.1")])
        )
        dead = number if lane == "dead" else dead  # noqa: F821 - the first round sets it
    await session.execute(text("update slack_outbox set sent_at = sent_at - interval '1 year'"))
    await jobs.enqueue(session, "digest", {"id": 1}, tenant=tenant.id, dedupe="d")
    await jobs.enqueue(session, "dead", {"id": 2}, tenant=tenant.id)
    died = await session.execute(
        text(
            "update jobs set status = 'failed' where entrypoint = 'dead' and headers->>'tenant' = :t returning id"
        ),
        {"t": tenant.id},
    )
    assert taken
    assert sending
    return {
        "arrival": taken,
        "dead_arrival": buried,
        "letter": sending,
        "answer": answer,
        "dead_letter": dead,
        "dead_job": died.scalar_one(),
    }


ENTRY = audit.Entry(
    at=AT,
    user_id="u1",
    action_id="billing_balance",
    event="ran",
    body='{"text": "Amina owes 40"}',
    call_id=None,
    things=("customer:1",),
    told='{"text": "Amina owes 40"}',
    salt=b"salt",
)
ENDING = Ending(state="done", at=AT, reply={"text": "taken over"})
VOTE = decisions.Decision(user_id="u3", name="Eve", yes=True, at=AT)
TRIAL = trials.Trial(plugin="email", users=frozenset(), roles=frozenset({"admin"}), until=LATER, begun_by="x")
POLICY = policies.Policy(action="*", needs=1)
SCHEDULE = schedules.Schedule(name="digest", kind="other", cron="0 8 * * *", timezone="UTC")

CALLS: Asks = {
    calls.do_ask: lambda s, a: calls.do_ask(s, replace(a.asked, action_id="other_thing")),
    call_groups.find_groups: lambda s, a: call_groups.find_groups(s, AT - SPAN, 100),
    call_groups.find_asked: lambda s, a: call_groups.find_asked(s, [a.asked.id]),
    calls.get_call: lambda s, a: calls.get_call(s, a.asked.id),
    calls.get_call_beginning: lambda s, a: calls.get_call_beginning(s, a.asked.id[:8]),
    calls.get_call_by_key: lambda s, a: calls.get_call_by_key(s, a.asked.key),
    calls.get_undoing: lambda s, a: calls.get_undoing(s, a.done.id),
    calls.find_child_states: lambda s, a: calls.find_child_states(s, a.done.id),
    calls.find_sealed: lambda s, a: calls.find_sealed(s),
    calls.do_seal_anew: lambda s, a: calls.do_seal_anew(s, a.asked.id, old="secret", new="mine"),
    calls.find_waiting: lambda s, a: calls.find_waiting(s),
    calls.find_due: lambda s, a: calls.find_due(s, LATER),
    calls.do_close: lambda s, a: calls.do_close(s, a.asked.id, state="cancelled", at=AT, by="x"),
    calls.do_show_again: lambda s, a: calls.do_show_again(s, a.asked, args={}, preview={}, version="v2"),
    calls.do_mark_undone: lambda s, a: calls.do_mark_undone(s, a.done.id, at=AT, by="x"),
    call_words.do_erase_words: lambda s, a: call_words.do_erase_words(s, "customer:1", 10),
    call_words.do_erase_these: lambda s, a: call_words.do_erase_these(s, [a.done.id]),
    person_words.do_take_name: lambda s, a: person_words.do_take_name(s, a.person, whole=True),
    person_words.find_calls: lambda s, a: person_words.find_calls(s, ".", 10),
    person_words.get_open_count: lambda s, a: person_words.get_open_count(s, a.person, "."),
    call_words.get_open_count: lambda s, a: call_words.get_open_count(s, "customer:1"),
    call_runs.find_lost: lambda s, a: call_runs.find_lost(s),
    call_runs.do_take: lambda s, a: call_runs.do_take(s, a.asked.id, was="asked", version="v", lease=LEASE),
    call_runs.do_claim_lost: lambda s, a: call_runs.do_claim_lost(s, a.lost, LEASE),
    call_runs.do_renew: lambda s, a: call_runs.do_renew(s, a.running.id, 1, LEASE),
    call_runs.do_begin_effect: lambda s, a: call_runs.do_begin_effect(
        s, a.running.id, 1, key="k", ports=["p"], lease=LEASE
    ),
    call_runs.do_finish: lambda s, a: call_runs.do_finish(s, a.running.id, 1, ENDING),
    decisions.do_decide: lambda s, a: decisions.do_decide(s, a.asked.id, VOTE),
    decisions.find_decisions: lambda s, a: decisions.find_decisions(s, [a.asked.id]),
    decisions.do_forget: lambda s, a: decisions.do_forget(s, a.asked.id),
    audit.do_append: lambda s, a: audit.do_append(s, ENTRY),
    audit.get_head: lambda s, a: audit.get_head(s),
    audit.find_told: lambda s, a: audit.find_told(s, "customer:1"),
    audit.find_naming: lambda s, a: audit.find_naming(s, "."),
    audit.do_erase: lambda s, a: audit.do_erase(
        s, audit.Entry(at=AT, user_id="x", action_id="", event="audit.erased", body="{}"), [1]
    ),
    audit.find_after: lambda s, a: audit.find_after(s, 0),
    audit.find_rows: lambda s, a: audit.find_rows(s, words="amina"),
    policies.find_policies: lambda s, a: policies.find_policies(s, "billing_balance", "billing"),
    policies.find_all_policies: lambda s, a: policies.find_all_policies(s),
    policies.do_add_policy: lambda s, a: policies.do_add_policy(s, POLICY, by="x"),
    policies.do_drop_policy: lambda s, a: policies.do_drop_policy(s, a.policy),
}

PEOPLE: Asks = {
    users.get_person: lambda s, a: users.get_person(s, a.person),
    users.get_person_by_email: lambda s, a: users.get_person_by_email(s, "pia@acme.example"),
    users.find_people: lambda s, a: users.find_people(s, "pia"),
    users.find_by_ids: lambda s, a: users.find_by_ids(s, [a.person]),
    users.do_add_person: lambda s, a: users.do_add_person(s, name="Pia", email="pia@acme.example"),
    users.do_set_active: lambda s, a: users.do_set_active(s, a.person, active=False),
    roles.find_roles: lambda s, a: roles.find_roles(s),
    roles.find_permissions: lambda s, a: roles.find_permissions(s, ["seller"]),
    roles.do_add_role: lambda s, a: roles.do_add_role(s, name="seller"),
    roles.do_add_built_in: lambda s, a: roles.do_add_built_in(s, {"seller": "Sells"}),
    roles.do_remove_role: lambda s, a: roles.do_remove_role(s, "seller"),
    roles.do_allow: lambda s, a: roles.do_allow(
        s, "seller", roles.RolePermission(permission="billing:write")
    ),
    roles.do_allow_all: lambda s, a: roles.do_allow_all(
        s, "seller", [roles.RolePermission(permission="billing:refund")]
    ),
    roles.do_offer: lambda s, a: roles.do_offer(s, [("seller", "tickets:read")]),
    roles.do_forbid: lambda s, a: roles.do_forbid(s, "seller", "billing:read"),
    grants.find_rights: lambda s, a: grants.find_rights(s, a.person, AT),
    grants.find_grants: lambda s, a: grants.find_grants(s, AT),
    grants.do_grant: lambda s, a: grants.do_grant(
        s, grants.NewGrant(user_id=a.person, role="seller", by="x")
    ),
    grants.was_granted: lambda s, a: grants.was_granted(s, "grant-1"),
    habits.find_used: lambda s, a: habits.find_used(s, ["seller"], since=AT - SPAN, now=AT + SPAN, limit=5),
    grants.do_revoke: lambda s, a: grants.do_revoke(s, a.grant, by="x", now=AT),
    links.get_account: lambda s, a: accounts(s),
    links.find_links: lambda s, a: links.find_links(s),
    links.do_link: lambda s, a: links.do_link(
        s, surface="slack", external_id="U1", user_id=a.person, how="grant", by="y"
    ),
    links.do_unlink: lambda s, a: links.do_unlink(s, "slack", "U1"),
    trials.find_trials: lambda s, a: trials.find_trials(s),
    trials.do_begin_trial: lambda s, a: trials.do_begin_trial(s, TRIAL),
    trials.do_end_trials: lambda s, a: trials.do_end_trials(s, ["dotmac"]),
    links.do_cut: lambda s, a: links.do_cut(s, "slack", "U7", cut=False, at=LATER),
    links.do_issue_code: lambda s, a: links.do_issue_code(
        s, user_id=a.person, code_hash=b"n" * 32, by="x", now=AT, until=LATER
    ),
    links.take_code: lambda s, a: links.take_code(s, HASH, AT),
    links.do_count_attempt: lambda s, a: links.do_count_attempt(s, "slack", "U9", AT, AT),
    links.do_clear_attempts: lambda s, a: links.do_clear_attempts(s, "slack", "U9"),
    tenants.get_tenant: lambda s, a: tenants.get_tenant(s, a.tenant.slug),
    tenants.find_tenants: lambda s, a: tenants.find_tenants(s),
    tenants.do_create_tenant: lambda s, a: tenants.do_create_tenant(
        s, slug=a.tenant.slug, name="Mine", id=a.tenant.id
    ),
    tenants.get_tenant_settings: lambda s, a: tenants.get_tenant_settings(s, a.tenant.id),
    tenants.do_set_tenant_setting: lambda s, a: tenants.do_set_tenant_setting(
        s, a.tenant.id, "ladder", '"y"'
    ),
    plugins.lock_switches: lambda s, a: plugins.lock_switches(s),
    plugins.find_switches: lambda s, a: plugins.find_switches(s),
    plugins.do_switch: lambda s, a: plugins.do_switch(s, "network", enabled=False, offered=[], by="y"),
    plugins.do_switch_all: lambda s, a: plugins.do_switch_all(s, {"network": []}, enabled=False, by="y"),
    plugins.find_choices: lambda s, a: plugins.find_choices(s),
    plugins.do_choose: lambda s, a: plugins.do_choose(s, "billing", None, by="y"),
    settings.find_settings: lambda s, a: settings.find_settings(s),
    settings.lock_settings: lambda s, a: settings.lock_settings(s, "network"),
    settings.lock_renewal: lambda s, a: settings.lock_renewal(s, "email", "token"),
    settings.do_save_settings: lambda s, a: settings.do_save_settings(
        s, "network", body={}, sealed={}, by="y"
    ),
}

TRAFFIC: Asks = {
    demo.get_loaded: lambda s, a: demo.get_loaded(s),
    demo.has_customers: lambda s, a: demo.has_customers(s),
    demo.do_clear: lambda s, a: demo.do_clear(s),
    paces.do_take_turn: lambda s, a: paces.do_take_turn(
        s, TEAM, "chat.postMessage", every=timedelta(hours=1)
    ),
    paces.do_freeze: lambda s, a: paces.do_freeze(s, TEAM, "users.info", timedelta(hours=9)),
    paces.get_frozen: lambda s, a: paces.get_frozen(s, TEAM, "users.info"),
    rates.do_take: lambda s, a: rates.do_take(s, "codes", RATE),
    rates.do_forget_rates: lambda s, a: rates.do_forget_rates(s),
    schedules.find_schedules: lambda s, a: schedules.find_schedules(s),
    schedules.get_schedule: lambda s, a: schedules.get_schedule(s, "digest"),
    schedules.do_save_schedule: lambda s, a: schedules.do_save_schedule(s, SCHEDULE),
    schedules.do_delete_schedule: lambda s, a: schedules.do_delete_schedule(s, "digest"),
    schedules.do_claim_slot: lambda s, a: schedules.do_claim_slot(s, "digest", "2026-11-20", AT),
    schedules.find_runs: lambda s, a: schedules.find_runs(s, "digest"),
    schedules.do_forget_runs: lambda s, a: schedules.do_forget_runs(s, older=-SPAN),
    threads.get_thread: lambda s, a: threads.get_thread(s, "slack", "th", "u1"),
    threads.do_save_thread: lambda s, a: threads.do_save_thread(s, "slack", "th", "u1", {}),
    threads.do_forget_threads: lambda s, a: threads.do_forget_threads(s),
    unanswered.do_count_unanswered: lambda s, a: unanswered.do_count_unanswered(s, "how many cows"),
    unanswered.find_unanswered: lambda s, a: unanswered.find_unanswered(s),
    slack_teams.get_team: lambda s, a: slack_teams.get_team(s, TEAM),
    slack_teams.find_teams: lambda s, a: slack_teams.find_teams(s),
    slack_teams.do_install: lambda s, a: slack_teams.do_install(s, replace(a.team, bot_token="mine")),
    slack_teams.do_seal_anew: lambda s, a: slack_teams.do_seal_anew(s, a.team, "mine", "mine too"),
    slack_teams.do_claim_renewal: lambda s, a: slack_teams.do_claim_renewal(s, ahead=SPAN, pause=-SPAN),
    slack_teams.do_renew: lambda s, a: slack_teams.do_renew(
        s, a.team, token="mine", refresh="mine too", expires_at=AT
    ),
    slack_teams.do_refuse_renewal: lambda s, a: slack_teams.do_refuse_renewal(s, a.team, "no", -SPAN),
    slack_teams.do_delete: lambda s, a: slack_teams.do_delete(s, TEAM),
    slack_teams.do_remove: lambda s, a: slack_teams.do_remove(s, TEAM),
    inbox.do_receive: lambda s, a: inbox.do_receive(s, arrival("new", "Ev-new")),
    inbox_twins.do_add_files: lambda s, a: inbox_twins.do_add_files(s, twin()),
    inbox_many.do_receive_all: lambda s, a: inbox_many.do_receive_all(
        s, [arrival("new", "Ev-many"), arrival("waits", "Ev-waiting")], most=2, lease=SPAN
    ),
    inbox.do_take: lambda s, a: inbox.do_take(s, "waits", LEASE),
    inbox.do_renew: lambda s, a: inbox.do_renew(s, a.arrival, LEASE),
    inbox.do_finish: lambda s, a: inbox.do_finish(s, a.arrival),
    inbox.do_release: lambda s, a: inbox.do_release(s, a.arrival, LEASE),
    inbox.find_asked: lambda s, a: inbox.find_asked(s, TEAM, "U1", 9),
    inbox.find_due_lanes: lambda s, a: inbox.find_due_lanes(s),
    inbox.find_dead: lambda s, a: inbox.find_dead(s),
    inbox.do_revive: lambda s, a: inbox.do_revive(s, a.dead_arrival),
    inbox.do_drop: lambda s, a: inbox.do_drop(s, a.dead_arrival),
    inbox.do_forget: lambda s, a: inbox.do_forget(s, SPAN),
    handed.do_keep: lambda s, a: handed.do_keep(s, a.person, replace(FILE, id=str(uuid4())), b"a", AT, AT),
    handed.find_kept: lambda s, a: handed.find_kept(s, a.person, [FILE.id]),
    handed.get_content: lambda s, a: handed.get_content(s, a.person, FILE.id),
    handed.get_kept: lambda s, a: handed.get_kept(s, a.person),
    handed.do_forget: lambda s, a: handed.do_forget(s, AT + SPAN),
    handed.do_erase: lambda s, a: handed.do_erase(s, "customer:1"),
    nudges.do_put: lambda s, a: nudges.do_put(s, [a.person], "reminders:2", {"text": "Call Amina"}),
    nudges.do_take: lambda s, a: nudges.do_take(s, a.person, "terminal", AT),
    nudges.find_waiting: lambda s, a: nudges.find_waiting(s, "slack"),
    nudges.do_mark_told: lambda s, a: nudges.do_mark_told(s, a.nudge, "slack"),
    nudges.do_drop: lambda s, a: nudges.do_drop(s, "reminders:"),
    nudges.do_forget: lambda s, a: nudges.do_forget(s, -SPAN),
    outbox.do_put: lambda s, a: outbox.do_put(s, [letter()]),
    outbox.do_put_once: lambda s, a: outbox.do_put_once(s, letter(), "notice-1"),
    outbox.do_take: lambda s, a: outbox.do_take(s, "waits", LEASE),
    outbox.do_renew: lambda s, a: outbox.do_renew(s, a.letter, LEASE),
    outbox.do_hold: lambda s, a: outbox.do_hold(s, "waits"),
    outbox.do_mark_sent: lambda s, a: outbox.do_mark_sent(s, [(a.letter, "1.2")]),
    outbox.do_hold_free: lambda s, a: outbox.do_hold_free(s, ["waits"]),
    outbox.do_retry: lambda s, a: outbox.do_retry(s, a.letter, after=LEASE, maybe_sent=False),
    outbox.do_postpone: lambda s, a: outbox.do_postpone(s, a.letter, LEASE, has_turn=True),
    outbox.do_simplify: lambda s, a: outbox.do_simplify(s, a.letter, {}, ""),
    outbox.do_note_file: lambda s, a: outbox.do_note_file(s, a.letter, "F1"),
    letter_words.do_fade: lambda s, a: letter_words.do_fade(s, SPAN, later=SPAN),
    letter_words.do_erase_words: lambda s, a: letter_words.do_erase_words(s, "customer:owes"),
    outbox.do_address: lambda s, a: outbox.do_address(s, a.letter, "D1"),
    outbox.do_post_instead: lambda s, a: outbox.do_post_instead(s, a.letter, {}, "", channel="D1"),
    outbox.do_divert: lambda s, a: outbox.do_divert(s, "C1"),
    outbox.do_bury: lambda s, a: outbox.do_bury(s, a.letter, "x"),
    outbox.find_due_lanes: lambda s, a: outbox.find_due_lanes(s),
    outbox.have_come: _come,
    cards.do_hold: lambda s, a: cards.do_hold(s, "card"),
    cards.find_cards: lambda s, a: cards.find_cards(s, CARD),
    cards.was_sent: lambda s, a: cards.was_sent(s, "notice-1", "U1", SPAN),
    reach.find_reached: lambda s, a: reach.find_reached(s, "slack"),
    reach.get_account: lambda s, a: reach.get_account(s, "slack", a.person),
    outbox.find_dead: lambda s, a: outbox.find_dead(s),
    outbox.do_revive: lambda s, a: outbox.do_revive(s, a.dead_letter),
    outbox.do_drop: lambda s, a: outbox.do_drop(s, a.dead_letter),
    outbox.do_forget: lambda s, a: outbox.do_forget(s, SPAN),
    origins.get_origin: lambda s, a: origins.get_origin(s, a.answer),
    origins.get_answer: lambda s, a: origins.get_answer(s, a.arrival.id, team_id=TEAM, ts="1.1"),
    presses.do_claim: lambda s, a: presses.do_claim(s, BUTTON, "mine"),
    presses.do_replace: lambda s, a: presses.do_replace(s, BUTTON, old="first", new="mine"),
    presses.do_forget: lambda s, a: presses.do_forget(s, -SPAN),
    shown_once.find_shown: lambda s, a: shown_once.find_shown(
        s, a.arrival.id, team_id=TEAM, channel="C1", user="U1"
    ),
    jobs.enqueue: lambda s, a: jobs.enqueue(s, "digest", {"id": 1}, tenant=a.tenant.id),
    jobs.enqueue_many: lambda s, a: jobs.enqueue_many(s, "digest", [{"id": 1}], tenant=a.tenant.id),
    jobs.find_dead: lambda s, a: jobs.find_dead(s),
    jobs.do_requeue: lambda s, a: jobs.do_requeue(s, a.dead_job),
    jobs.do_drop: lambda s, a: jobs.do_drop(s, a.dead_job),
}


async def accounts(session: AsyncSession) -> list[object]:
    """Return a linked account, one that was cut off, and one that nobody knows."""
    return [await links.get_account(session, "slack", who) for who in ("U1", "U7", "nobody")]


ASKS: Asks = {**CALLS, **PEOPLE, **TRAFFIC}
