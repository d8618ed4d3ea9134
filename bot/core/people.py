"""People of a tenant: added, found, activated and deactivated, each written down."""

from __future__ import annotations

from bot.contract.people import Tenant
from bot.core.journal import note
from bot.db import users, web_sessions
from bot.db.database import Database
from bot.db.users import Person
from bot.errors import BadInput, Conflict, NotFound

LONGEST = 200


def check_new_person(name: str, email: str) -> None:
    """Raise BadInput unless this can be a person's name and (if any) address."""
    if not name.strip() or len(name) > LONGEST:
        raise BadInput("A person needs a name of at most 200 characters.")
    local, _, domain = email.partition("@")
    if email and (not local or "." not in domain or len(email) > LONGEST or any(c.isspace() for c in email)):
        raise BadInput(f"“{email[:60]}” is not an e-mail address.")


async def add_person(database: Database, tenant: Tenant, *, name: str, email: str, by: str) -> Person:
    """Add a person who holds no role yet; Conflict when the address is somebody's."""
    check_new_person(name, email)
    async with database.tenant(tenant.id) as session:
        person = await users.do_add_person(session, name=name.strip(), email=email)
        text = f"added {person.name}"
        await note(session, event="user.added", by=by, text=text, facts={"user": person.id})
    return person


async def set_active(database: Database, tenant: Tenant, user_id: str, *, active: bool, by: str) -> Person:
    """Let a person in again, or shut them out at once; nobody locks themselves out."""
    if by == user_id and not active:
        raise Conflict("You cannot deactivate yourself. Ask another admin.")
    async with database.tenant(tenant.id) as session:
        person = await users.do_set_active(session, user_id, active=active)
        if not active:
            await web_sessions.do_end_sessions(session, person.id)
        event = "user.activated" if active else "user.deactivated"
        text = f"{'activated' if active else 'deactivated'} {person.name}"
        await note(session, event=event, by=by, text=text, facts={"user": person.id})
    return person


async def get_person_by_words(database: Database, tenant: Tenant, words: str) -> Person:
    """Return the one person these words name: an id, an e-mail address, or enough of a name."""
    async with database.tenant(tenant.id) as session:
        found = await users.find_people(session, words, limit=10)
    whole = [p for p in found if words.strip().lower() in {p.id, p.email.lower(), p.name.lower()}]
    if len(whole) == 1 or (not whole and len(found) == 1):
        return (whole or found)[0]
    if not found:
        raise NotFound(f"Nobody here is called “{words[:80]}”.")
    names = ", ".join(f"{p.name} ({p.email or p.id})" for p in found[:5])
    raise NotFound(f"Several people fit “{words[:80]}”: {names}. Use the e-mail address.")
