"""A call as a row and as people see it: summary, preview, who has to say yes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.contract.action import Approval, Via
from bot.contract.people import Tenant, User
from bot.contract.place import Place
from bot.contract.reply import Waiting
from bot.contract.spoken import day, plural
from bot.core.audit_body import MASK
from bot.core.cells import cell
from bot.core.gate_check import Checked
from bot.core.gate_setup import Asked, Setup
from bot.core.policy import Terms, deed
from bot.db.calls import Call
from bot.errors import Conflict
from bot.understand.arguments import Kind, arguments_of

LONGEST_VALUE = 80
SHOWN_CHANGES = 12
OPEN_STATES = frozenset({"asked", "approved", "running"})


def in_words(call: Call) -> str:
    """Return a call in one line."""
    return str(call.preview.get("summary", call.action_id))


def new_call(setup: Setup, checked: Checked, asked: Asked, terms: Terms) -> Call:
    """Return the row of a call that is about to be asked for, or to run at once."""
    now, call_id = setup.around.now(), str(uuid4())
    waits = terms.needs > Approval.NONE
    expires_after = terms.expires_after or setup.expires
    return Call(
        id=call_id,
        key=asked.key or f"call:{call_id}",
        action_id=checked.owned.id,
        args=checked.args,
        sealed=sealed(setup, call_id, checked.secrets),
        things=checked.things,
        rows=checked.resolved.rows,
        asked_by=checked.user.id,
        asked_name=checked.user.name,
        asked_at=now,
        via=str(asked.via),
        thread=asked.thread,
        place=asked.place.wire(),
        given=asked.given,
        needs=int(terms.needs),
        approver_roles=terms.roles,
        on_call=terms.on_call,
        state="asked" if waits else "running",
        preview=kept_preview(checked, setup.tenant.zone),
        version=checked.version,
        expires_at=now + expires_after if waits else None,
        remind_at=now + remind_after(terms, expires_after) if waits else None,
        undo_of=asked.undo_of,
        fence=0 if waits else 1,
    )


def remind_after(terms: Terms, expires_after: timedelta) -> timedelta:
    """Return when to remind: as the policy says, else after half the time."""
    return min(terms.remind_after or expires_after / 2, expires_after)


def sealed(setup: Setup, call_id: str, secrets: Mapping[str, str]) -> str | None:
    """Return the secret arguments encrypted for this row."""
    if not secrets:
        return None
    return setup.around.cipher.seal(json.dumps(dict(secrets)), row=row_of(setup.tenant, call_id))


def full_args(setup: Setup, call: Call) -> dict[str, Any]:
    """Return a stored call's arguments with its secrets in clear."""
    args = dict(call.args)
    if call.sealed is not None:
        args |= json.loads(setup.around.cipher.open(call.sealed, row=row_of(setup.tenant, call.id)))
    return args


def row_of(tenant: Tenant, call_id: str) -> str:
    """Return what a call's sealed secrets are bound to."""
    return f"{tenant.id}|calls|sealed|{call_id}"


def kept_preview(checked: Checked, zone: ZoneInfo) -> dict[str, Any]:
    """Return what is shown before yes, as stored with the call."""
    shown = checked.preview
    return {
        "summary": summary(checked, zone),
        "text": shown.text if shown else "",
        "changes": [[c.what, c.before, c.after] for c in shown.changes] if shown else [],
        "warnings": [*(shown.warnings if shown else ()), *(ask.reason for ask in checked.asks)],
        "hits": checked.hits,
        "amount": str(checked.amount) if checked.amount else "",
    }


def summary(checked: Checked, zone: ZoneInfo) -> str:
    """Return the call in one line: what it does, to what, with what."""
    head = deed(checked.owned.item)
    parts = []
    files = {a.name for a in arguments_of(checked.owned.item) if a.kind is Kind.FILES}
    for name, value in checked.args.items():
        if match := checked.matches.get(name):
            parts.append(match.label if match.key in match.label else f"{match.label} ({match.key})")
        elif name in files and value:
            parts.append(plural(len(value), "file"))
        elif value not in (None, "", [], MASK) and value != _default(checked, name):
            given = checked.amount if name == checked.owned.item.amount else checked.values.get(name, value)
            shown = cell(value if isinstance(given, set | frozenset) else given, zone)
            short = f"{shown[:LONGEST_VALUE]}{'…' if len(shown) > LONGEST_VALUE else ''}"
            parts.append(f"{name.replace('_', ' ')} “{short}”")
    return f"{head}: {', '.join(parts)}" if parts else head


def _default(checked: Checked, name: str) -> Any:
    return checked.owned.item.args.model_fields[name].get_default()


def preview_text(kept: Mapping[str, Any]) -> str:
    """Return the preview for people: what will change, what it costs, what to mind."""
    lines = [str(kept.get("text", ""))] if kept.get("text") else []
    changes = kept.get("changes", [])
    for what, before, after in changes[:SHOWN_CHANGES]:
        arrow = f"{before} → {after}" if before and after else before or after
        lines.append(f"• {what}: {arrow}" if arrow else f"• {what}")
    if len(changes) > SHOWN_CHANGES:
        lines.append(f"• … and {len(changes) - SHOWN_CHANGES} more")
    if kept.get("amount"):
        lines.append(f"Amount: {kept['amount']}")
    if int(kept.get("hits", 1)) > 1:
        lines.append(f"Customers affected: {int(kept['hits']):,}")
    lines += [f"⚠ {warning}" for warning in kept.get("warnings", [])]
    return "\n".join(lines)


def waiting_of(call: Call, yes: int = 0, on_call: str = "") -> Waiting:
    """Return a parked call as people see it; `yes` and `on_call` are as for `needs_text`."""
    return Waiting(
        call_id=call.id,
        action_id=call.action_id,
        summary=in_words(call),
        needs=needs_text(call, yes, on_call),
        asked_by=call.asked_name,
        expires_at=call.expires_at,
        preview=preview_text(call.preview),
        version=call.version,
    )


def needs_text(call: Call, yes: int = 0, on_call: str = "") -> str:
    """Return who has to say yes, when `yes` people have; `on_call` says of whom else it takes one.

    Without a look at the rosters it only names the teams.
    """
    who = f" with the role {' and '.join(call.approver_roles)}" if call.approver_roles else ""
    if call.on_call and not yes:
        on_call = on_call or f"on call for {' and for '.join(call.on_call)}"
    match Approval(call.needs):
        case Approval.SELF:
            return f"a yes from {call.asked_name}"
        case Approval.TWO if yes and on_call:
            so_far = f" ({yes} of 2 so far)" if yes == 1 else ""
            return f"a yes from one more person{who} who may do this and is {on_call}{so_far}"
        case Approval.TWO:
            so_far = f" ({yes} of 2 so far)" if yes else ""
            one = f", one of them {on_call}" if on_call else ""
            return f"a yes from two other people{who} who may do this{one}{so_far}"
        case _:
            duty = f" and is {on_call}" if on_call else ""
            return f"a yes from one other person{who} who may do this{duty}"


def ended_text(setup: Setup, call: Call, names: Mapping[str, str]) -> str:
    """Return how a call ended that can no longer be decided: what, by whom, when."""
    at = moment(setup, call.ended_at) if call.ended_at else ""
    when = f" at {at}" if at else ""
    who = names.get(call.ended_by or "", "")
    by = f" by {who}" if who else ""
    why = f": {call.reason}" if call.reason else ""
    match call.state:
        case "expired":
            return f"Nobody said yes in time, so this expired{when}. Ask again if it is still needed."
        case "cancelled":
            return f"This was cancelled{by}{when}{why}."
        case "denied":
            return f"This was denied{by}{when}{why}."
        case "undone":
            return f"This was done and then taken back{by}{when}."
    yes = ", ".join(names.values())
    agreed = f"already approved by {yes}" if yes else "already confirmed"
    state = {"running": "is running right now", "approved": "is about to run", "done": f"was done{when}"}
    ends = {"failed": f"failed{when}", "unknown": f"ended{when} without anyone knowing whether it happened"}
    return f"This was {agreed} and {({**state, **ends}).get(call.state, call.state)}."


def already(setup: Setup, call: Call, names: Mapping[str, str]) -> Conflict:
    """Return what is said when a call was decided before."""
    return Conflict(ended_text(setup, call, names))


def moment(setup: Setup, at: datetime) -> str:
    """Return an instant in the tenant's zone; with its day when that is not today."""
    now, zone = setup.around.now(), setup.tenant.zone
    clock = f"{at.astimezone(zone):%H:%M}"
    on, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    return clock if on == today else f"{day(on, today)} {clock}"


def asked_of(call: Call) -> Asked:
    """Return how and where a stored call came in."""
    return Asked(
        via=Via(call.via),
        key=call.key,
        thread=call.thread,
        place=Place.of(call.place),
        undo_of=call.undo_of,
    )


def of_user(call: Call) -> User:
    """Return the asker without any right: enough to name them in the audit."""
    return User(id=call.asked_by, name=call.asked_name)
