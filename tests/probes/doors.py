"""Who comes in where: channels, sign-in, sessions; what the first tenant has in each, and a question to every function."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from bot.contract.channel import ChannelRule
from bot.db import call_groups, call_lists, channels, links, slack_guests, sso, trials, users, web_sessions
from bot.db.channels import Known
from bot.db.database import Database
from bot.db.web_sessions import WebSession
from tests.probes.asking import Asks
from tests.probes.core import Things

AT = datetime(2026, 11, 20, tzinfo=UTC)
IDLE, LATER, LONG_AFTER = AT - timedelta(hours=1), AT + timedelta(hours=1), AT + timedelta(days=365)
TOKEN = b"t" * 32
SESSION = "4d2e4c1c-4a3a-4a0e-9d1b-1d6f0d8e2a10"
RULE = ChannelRule(surface="slack", channel="C1", reads_only=True)
PROVIDER = sso.Provider(
    issuer="https://id.acme.example", client_id="acme", client_secret="sealed", domains=("acme.example",)
)
MINE = sso.Provider(issuer="https://id.globex.example", client_id="mine", client_secret="mine")


def session_of(person: str, number: str = SESSION) -> WebSession:
    """Return a browser of a person."""
    return WebSession(
        id=number, user_id=person, account="https://id.acme.example|pia", created_at=AT, seen_at=AT, expires_at=LATER,
        roles=frozenset({"noc"}),
    )  # fmt: skip


def trial_of(person: str) -> trials.Trial:
    """Return a plugin on trial for one person."""
    return trials.Trial(
        plugin="network", users=frozenset({person}), roles=frozenset(), until=LATER, begun_by="x"
    )


async def fill(database: Database, things: Things) -> None:
    """Give the tenant a channel, a provider and somebody who is signed in."""
    async with database.tenant(things.tenant.id) as session:
        await channels.do_know(session, Known(surface="slack", channel="C1", name="noc", kind="public"))
        await channels.do_set_rule(session, RULE, by="x")
        await channels.do_know(session, Known(surface="slack", channel="C3", name="field", kind="public"))
        await slack_guests.do_list(session, "TSTR", ["U1"], news=0)
        await slack_guests.do_see(session, "C3", guests=True, news=0)
        await sso.do_set_provider(session, PROVIDER, by="x")
        await trials.do_begin_trial(session, trial_of(things.person))
        await sso.take_state(session, TOKEN, AT)
        await users.do_set_active(session, things.person, active=True)
        account = session_of(things.person).account
        await links.do_link(
            session, surface="web", external_id=account, user_id=things.person, how="email", by="x"
        )
        await web_sessions.do_open_session(session, TOKEN, session_of(things.person))


ASKS: Asks = {
    call_groups.find_groups: lambda s, a: call_groups.find_groups(s, AT - timedelta(days=9), 9),
    call_groups.find_asked: lambda s, a: call_groups.find_asked(s, [a.asked.id]),
    trials.find_trials: lambda s, a: trials.find_trials(s),
    trials.do_begin_trial: lambda s, a: trials.do_begin_trial(
        s, replace(trial_of(a.person), roles=frozenset({"noc"}))
    ),
    trials.do_end_trials: lambda s, a: trials.do_end_trials(s, ["network"]),
    call_lists.find_asked_by: lambda s, a: call_lists.find_asked_by(s, "u1", since=AT - timedelta(days=9)),
    channels.find_rules: lambda s, a: channels.find_rules(s),
    channels.get_rule: lambda s, a: channels.get_rule(s, "slack", "C1"),
    channels.do_set_rule: lambda s, a: channels.do_set_rule(
        s, ChannelRule(surface="slack", channel="C1"), by="y"
    ),
    channels.do_clear_rule: lambda s, a: channels.do_clear_rule(s, "slack", "C1"),
    channels.do_know: lambda s, a: channels.do_know(s, Known(surface="slack", channel="C1", name="mine")),
    channels.do_doubt: lambda s, a: channels.do_doubt(s, "slack", "C1"),
    channels.do_move: lambda s, a: channels.do_move(s, "slack", "C1", "C2"),
    channels.find_guarded: lambda s, a: channels.find_guarded(s),
    slack_guests.get_guests: lambda s, a: slack_guests.get_guests(s, "TSTR"),
    slack_guests.do_list: lambda s, a: slack_guests.do_list(s, "TSTR", ["U2"], news=0),
    slack_guests.do_tell: lambda s, a: slack_guests.do_tell(s, "TSTR", "U3", guest=True),
    slack_guests.do_relist: lambda s, a: slack_guests.do_relist(s, "TSTR"),
    slack_guests.do_see: lambda s, a: slack_guests.do_see(s, "C1", guests=False, news=0),
    slack_guests.do_doubt: lambda s, a: slack_guests.do_doubt(s, "C1"),
    channels.get_known: lambda s, a: channels.get_known(s, "slack", "C1"),
    channels.find_named: lambda s, a: channels.find_named(s, "noc"),
    sso.get_provider: lambda s, a: sso.get_provider(s),
    sso.do_set_provider: lambda s, a: sso.do_set_provider(s, MINE, by="y"),
    sso.do_drop_provider: lambda s, a: sso.do_drop_provider(s),
    sso.do_seal_anew: lambda s, a: sso.do_seal_anew(s, old="sealed", new="mine"),
    sso.take_state: lambda s, a: sso.take_state(s, TOKEN, AT),
    sso.do_forget_states: lambda s, a: sso.do_forget_states(s, LATER),
    web_sessions.do_open_session: lambda s, a: web_sessions.do_open_session(
        s, b"n" * 32, session_of(a.person, str(uuid4()))
    ),
    web_sessions.get_session: lambda s, a: web_sessions.get_session(s, TOKEN, now=AT, idle=IDLE),
    web_sessions.find_sessions: lambda s, a: web_sessions.find_sessions(s, now=AT, idle=IDLE),
    web_sessions.do_touch: lambda s, a: web_sessions.do_touch(s, SESSION, LATER),
    web_sessions.do_end_session: lambda s, a: web_sessions.do_end_session(s, SESSION, a.person),
    web_sessions.do_end_sessions: lambda s, a: web_sessions.do_end_sessions(s),
    web_sessions.do_forget_sessions: lambda s, a: web_sessions.do_forget_sessions(
        s, now=LONG_AFTER, idle=LATER
    ),
}
