"""Erasing somebody who left takes their name out of every table but the audit's chain: who did what stays."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.core import people
from bot.core.audit import verify
from bot.core.erasure import Erased
from bot.core.erasure_people import erase_person
from bot.db import calls
from bot.db.call_words import ERASED
from bot.db.decisions import find_decisions
from bot.db.letter_words import BEGINS
from bot.db.links import find_links
from bot.errors import Conflict
from tests.bot.slack.gated import Staff

TABLES = "select table_name from information_schema.columns where column_name = 'tenant_id'"


async def naming(staff: Staff, name: str) -> set[str]:
    """Return the tables of which a row names somebody, by name or address."""
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        tables = [row.table_name for row in await session.execute(text(TABLES))]
        found = set()
        for table in tables:
            rows = await session.execute(
                text(f"select 1 from {table} t where t::text ~* :name limit 1"),
                {"name": rf"{BEGINS}{name}(?!\w)"},
            )
            r = rows.first()
            print("ROW", table, r)
            found |= {table} if r else set()
    return found - {"audit"}  # a chain of hashes: what it says can be altered by nobody


async def erased(staff: Staff, name: str) -> Erased:
    office = staff.office
    return await erase_person(
        office.database, office.tenant, staff.people[name].id, by="cli:ada", reason="left us"
    )


async def leave(staff: Staff, name: str) -> None:
    office = staff.office
    await people.set_active(office.database, office.tenant, staff.people[name].id, active=False, by="cli:ada")


async def test_no_table_names_who_was_erased(staff: Staff) -> None:
    office = staff.office
    call_id = await staff.ask(thread="terminal-1")
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    await office.slack.seat("UBEN").say("CNOC", "<@UBOT> tell ann:\nBen is back")
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> note\nBen left")
    await office.queue.idle()
    with pytest.raises(Conflict, match="deactivate"):
        await erased(staff, "ben")
    await leave(staff, "ben")
    assert {"users", "decisions", "slack_inbox", "audit_texts", "links"} - await naming(staff, "ben") <= {
        "links"
    }
    await erased(staff, "ben")
    assert await naming(staff, "ben") == set()
    async with office.database.tenant(office.tenant.id) as session:
        call = await calls.get_call(session, call_id)
        said = (await find_decisions(session, [call_id]))[call_id]
        assert await find_links(session, staff.ben.id) == []
    assert call and (call.state, call.asked_name) == ("done", "Ann"), "it is told still who else did what"
    assert [(one.user_id, one.name) for one in said] == [(staff.ben.id, ERASED)]
    assert (await verify(office.database, office.tenant.id)).whole
    assert await erased(staff, "ben") == Erased(rows=0, calls=0, open=0)


async def test_what_waits_keeps_the_name_until_it_ended(staff: Staff) -> None:
    call_id = await staff.ask(thread="terminal-1")
    await leave(staff, "ann")
    assert (await erased(staff, "ann")).open == 1
    assert {"users", "calls"} <= await naming(staff, "ann")
    await staff.desk.gate.decide(staff.ben, call_id, yes=False)
    await staff.office.queue.idle()
    assert (await erased(staff, "ann")).open == 0
    assert await naming(staff, "ann") == set()
