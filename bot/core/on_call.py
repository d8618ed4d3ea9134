"""Calls that need a yes of whoever is on call: who that is now, whose yes counts, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.contract.action import Approval
from bot.contract.people import User
from bot.contract.roster import Duty
from bot.core.gate_rows import moment
from bot.core.gate_setup import Setup
from bot.core.rosters import OnCall, Rosters
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.errors import NotAllowed, NotFound

SETTLED = timedelta(days=1)
"""How long before a call is asked for somebody must have put themselves on call for their yes to count."""
NEEDED = {Approval.NONE: 0, Approval.SELF: 1, Approval.OTHER: 1, Approval.TWO: 2}
"""Yeses that each level takes."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Who is on call at one moment, for the teams that were asked about."""

    found: Mapping[str, OnCall] = field(default_factory=dict)

    def teams_of(self, user: User, call: Call) -> frozenset[str]:
        """Return the teams this person is on call for, as far as that counts for a call."""
        return frozenset(
            team
            for team, one in self.found.items()
            if any(duty.person == user.id and counts(duty, call) for duty in one.duties)
        )


def counts(duty: Duty, call: Call) -> bool:
    """Say whether a duty lets somebody agree to a call: nobody arranges for whose yes it is themselves.

    Not who would say yes, and not who asked; what stood a day before it was asked for counts all the same,
    and so does a turn of their own that the asker had given away by then.
    """
    if duty.made_at is None or duty.by not in (duty.person, call.asked_by):
        return True
    return duty.made_at < call.asked_at - (timedelta() if duty.given else SETTLED)


NO_WATCH = Watch()


def rosters_of(setup: Setup) -> Rosters:
    """Return the rosters of a gate's tenant."""
    return Rosters(view=setup.view, around=setup.around, database=setup.database, bulkheads=setup.bulkheads)


async def watch_of(setup: Setup, calls: Iterable[Call], at: datetime | None = None) -> Watch:
    """Return who is on call for the teams these calls name; each is asked about once, at most."""
    teams = sorted({team for call in calls for team in call.on_call})
    if not teams:
        return NO_WATCH
    rosters, moment = rosters_of(setup), at or setup.around.now()
    return Watch(found={team: await rosters.get_on_call(team, moment) for team in teams})


def missing(call: Call, yes: Iterable[Decision]) -> frozenset[str]:
    """Return the teams of which nobody who was on call has agreed yet."""
    return frozenset(call.on_call) - {team for one in yes for team in one.on_call}


def complete(call: Call, yes: Sequence[Decision]) -> bool:
    """Say whether enough people agreed, and for each team one who was on call when they did."""
    return len(yes) >= NEEDED[Approval(call.needs)] and not missing(call, yes)


def would_count(call: Call, yes: Sequence[Decision], teams: frozenset[str]) -> bool:
    """Say whether a yes of somebody on call for these teams brings the call nearer to being agreed."""
    lacking = missing(call, yes)
    return not lacking or bool(lacking & teams) or NEEDED[Approval(call.needs)] - len(yes) > 1


def check_on_call(
    setup: Setup, user: User, call: Call, yes: Sequence[Decision], watch: Watch
) -> tuple[str, ...]:
    """Return for which of the call's teams this person is on call; NotAllowed when it takes one who is."""
    teams = watch.teams_of(user, call)
    if would_count(call, yes, teams):
        return tuple(sorted(teams & set(call.on_call)))
    lacking = sorted(missing(call, yes))
    known = [watch.found[team] for team in lacking if team in watch.found]
    if own := next((one for one in known if user.id in {person.id for person in one.people}), None):
        raise NotAllowed(_self_made(setup, user, call, own))
    who = " ".join(dict.fromkeys(_whole(setup, one) for one in known))
    if not all(one.people for one in known):
        who += (
            " Nobody else's yes stands in for it: put somebody on call, or an admin removes the policy "
            "and it is asked for again."
        )
    until = f" It waits until {moment(setup, call.expires_at)}." if call.expires_at else ""
    raise NotAllowed(
        f"This needs the yes of whoever is on call for {' and for '.join(lacking)}, and you are not. "
        f"{who}{until}"
    )


def _self_made(setup: Setup, user: User, call: Call, one: OnCall) -> str:
    """Say that somebody's being on call does not count here, and what would."""
    own = any(duty.person == user.id == duty.by for duty in one.duties)
    until = f" It waits until {moment(setup, call.expires_at)}." if call.expires_at else ""
    return (
        f"You are on call for {one.team} because {'you' if own else call.asked_name} arranged it so, which "
        "does not count for this call: whose yes it takes is not for who asks or agrees to arrange. Somebody "
        f"else who may arrange turns has to put you on call, or another person.{until}"
    )


def _whole(setup: Setup, one: OnCall) -> str:
    """Say in a sentence who is on call, or why that is nobody."""
    if one.people:
        names = " and ".join(person.name for person in one.people)
        end = f" until {moment(setup, one.until)}" if one.until else ""
        verb = "is" if len(one.people) == 1 else "are"
        return f"On call for {one.team} {verb} {names}{end}."
    return one.trouble or f"Nobody is on call for {one.team} now{_left(one)}."


def on_call_words(setup: Setup, call: Call, watch: Watch, yes: Sequence[Decision] = ()) -> str:
    """Return the teams still needed and who is on call, to stand inside a sentence; empty for none."""
    parts = []
    for team in sorted(missing(call, yes)):
        one = watch.found.get(team)
        parts.append(f"for {team}" + (f" (now {_now(setup, call, one)})" if one else ""))
    return f"on call {' and '.join(parts)}" if parts else ""


def _now(setup: Setup, call: Call, one: OnCall) -> str:
    if not one.people:
        why = ": the roster does not answer" if one.silent else ": no roster has this team"
        return f"nobody{why if one.trouble else _left(one)}"
    end = f", until {moment(setup, one.until)}" if one.until else ""
    return (
        " and ".join(f"{person.name}{_but(setup, call, person, one.duties)}" for person in one.people) + end
    )


def _but(setup: Setup, call: Call, person: User, duties: Sequence[Duty]) -> str:
    """Say why this person's yes will not do, although they are on call."""
    if person.id == call.asked_by:
        return ", who asked for it"
    try:
        permission = setup.view.action(call.action_id).item.permission
    except NotFound:
        return ""
    if not person.may(permission):
        return f", who may not do this themselves (`{permission}`)"
    if lacking := sorted(set(call.approver_roles) - person.roles):
        return f", who does not have the role {' and '.join(lacking)}"
    there = [duty for duty in duties if duty.person == person.id]
    if any(counts(duty, call) for duty in there):
        return ""
    own = any(duty.by == person.id for duty in there)
    return f", put on call by {'themselves' if own else call.asked_name}, which does not count here"


def _left(one: OnCall) -> str:
    return " (whoever the roster names is not active here)" if one.gone else ""
