"""What the bot says by itself: kept once per person and key, and told once, to nobody else and nowhere else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.job import Job
from bot.contract.nudge import Nudge
from bot.contract.people import Right, Tenant, User
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Choice, Reply
from bot.contract.scope import Area, Scope
from bot.core.background import run_before_answer
from bot.core.nudging import PluginNudges, with_nudges
from bot.core.question import Question
from bot.db import grants, links, roles, users
from bot.db.database import Database
from bot.errors import Unavailable
from tests.bot.core.answer_world import NOW

CALL = Reply("Call Amina.", choices=(Choice(label="Done", words="reminders done REM-1"),))
DIRECT = Place(surface="terminal", kind=PlaceKind.DIRECT)


class Here:
    """Stands where a desk is: only what telling needs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.around = self

    def now(self) -> Any:
        return NOW


@pytest.fixture
async def ann(database: Database, tenant: Tenant) -> str:
    async with database.tenant(tenant.id) as session:
        await roles.do_add_role(session, name="lead")
        person = await users.do_add_person(session, name="Ann", email="ann@acme.example")
        await grants.do_grant(session, grants.NewGrant(user_id=person.id, role="lead", by="x"))
        return person.id


def nudges_of(database: Database, tenant: Tenant, **rights: Right) -> PluginNudges:
    async def person(user_id: str) -> User:
        return User(id=user_id, name="Ann", rights=rights)

    return PluginNudges(database=database, tenant_id=tenant.id, plugin="reminders", person=person, now=NOW)


async def put(database: Database, tenant: Tenant, key: str = "1", **more: Any) -> int:
    nudge = Nudge(key=key, reply=CALL, **({"to": "Ann@acme.example"} if "role" not in more else {}) | more)
    return await nudges_of(database, tenant).put(nudge)


async def ask(database: Database, tenant: Tenant, user: str, place: Place = DIRECT, **rights: Right) -> str:
    question = Question(
        tenant=tenant,
        user=User(id=user, name="Ann", rights=rights),
        words="hi",
        thread="t",
        surface=place.surface,
        place=place,
    )
    desk: Any = Here(database)
    return (await with_nudges(desk, question, Reply("Hello."))).text


async def test_it_goes_along_with_the_next_answer_once(database: Database, tenant: Tenant, ann: str) -> None:
    assert await put(database, tenant) == 1
    assert await put(database, tenant) == 0, "the same key is the same thing"
    told = await asyncio.gather(*(ask(database, tenant, ann) for _ in range(5)))
    assert sorted(told) == [*["Hello."] * 4, "Hello.\n\n⏰ Call Amina. Say `reminders done REM-1`."]
    assert await put(database, tenant) == 0, "told is told"


async def test_a_role_is_told_each_person_once(database: Database, tenant: Tenant, ann: str) -> None:
    assert await put(database, tenant, role="lead") == 1
    assert await put(database, tenant, role="lead") == 0
    assert await put(database, tenant, role="nobody_holds_this") == 0
    assert await put(database, tenant, to=ann) == 0, "by id it is the same person"


async def test_only_those_whose_right_reaches_the_row_are_told(
    database: Database, tenant: Tenant, ann: str
) -> None:
    coast = Right(scope=Scope(frozenset({Area(region=frozenset({"coast"}))})))
    nudges = nudges_of(database, tenant, **{"reminders:team": coast})
    for key, area, told in (("1", "coast", 1), ("2", "north", 0)):
        nudge = Nudge(key=key, reply=CALL, role="lead", permission="reminders:team", area={"region": area})
        assert await nudges.reaches(nudge) == told
        assert await nudges.put(nudge) == told
    assert await nudges.put(Nudge(key="3", reply=CALL, role="lead", permission="other")) == 0


async def test_who_lost_the_right_meanwhile_is_not_told_any_more(
    database: Database, tenant: Tenant, ann: str
) -> None:
    coast = Right(scope=Scope(frozenset({Area(region=frozenset({"coast"}))})))
    held = nudges_of(database, tenant, **{"reminders:team": coast})
    needs = {"role": "lead", "permission": "reminders:team", "area": {"region": "coast"}}
    await held.put(Nudge(key="1", reply=CALL, **needs))
    assert await ask(database, tenant, ann) == "Hello.", "no rights are left when it is said"
    await held.put(Nudge(key="2", reply=CALL, **needs))
    assert "Call Amina" in await ask(database, tenant, ann, **{"reminders:team": coast})


async def test_what_is_newer_is_said_instead_and_what_is_over_is_not_said(
    database: Database, tenant: Tenant, ann: str
) -> None:
    await put(database, tenant, "REM-1:0", instead_of="REM-1:")
    await put(database, tenant, "REM-10:0")
    await put(database, tenant, "REM-1:1", instead_of="REM-1:")
    async with database.tenant(tenant.id) as session:
        rows = await session.execute(text("select key from nudges order by key"))
        assert [row.key for row in rows] == ["reminders:REM-10:0", "reminders:REM-1:1"]
    assert await nudges_of(database, tenant).withdraw("REM-1:") == 1
    assert (await ask(database, tenant, ann)).count("Call Amina") == 1


async def test_who_left_is_told_nothing(database: Database, tenant: Tenant, ann: str) -> None:
    async with database.tenant(tenant.id) as session:
        await users.do_set_active(session, ann, active=False)
    assert await put(database, tenant) == 0
    assert await put(database, tenant, to="stranger@acme.example") == 0


async def test_nothing_is_told_where_others_read_or_to_others(
    database: Database, tenant: Tenant, other_tenant: Tenant, ann: str
) -> None:
    await put(database, tenant)
    assert await ask(database, tenant, ann, Place(surface="terminal", kind=PlaceKind.PUBLIC)) == "Hello."
    assert await ask(database, tenant, ann, Place(surface="slack", kind=PlaceKind.DIRECT)) == "Hello."
    assert await ask(database, other_tenant, ann) == "Hello."
    assert await ask(database, tenant, "no id at all") == "Hello."
    assert "Call Amina" in await ask(database, tenant, ann)


async def test_a_reading_context_tells_nobody(bench: Any) -> None:
    kit = await bench("shifts")
    with pytest.raises(Unavailable):
        await (await kit.context()).nudge(Nudge(key="1", reply=CALL, to=kit.ann.email))
    assert await (await kit.context(writes=True)).nudge(Nudge(key="1", reply=CALL, to=kit.ann.email)) == 1


async def test_a_job_may_run_before_an_answer_and_may_fail(bench: Any) -> None:
    ran: list[str] = []

    async def look(ctx: Any, payload: Any) -> timedelta | None:
        ran.append(ctx.tenant.slug)
        raise RuntimeError("broken")

    kit = await bench("email")
    job = await kit.find(Job, "send")
    kept = job.run, job.before_answers
    try:  # it is the plugin's own declaration, which other tests go by
        object.__setattr__(job, "run", look)
        await run_before_answer(kit.around)
        assert ran == [], "only those that ask for it"
        object.__setattr__(job, "before_answers", True)
        await run_before_answer(kit.around)
    finally:
        for name, value in zip(("run", "before_answers"), kept, strict=True):
            object.__setattr__(job, name, value)
    assert ran == [kit.tenant.slug]


async def test_a_linked_account_is_where_it_waits(database: Database, tenant: Tenant, ann: str) -> None:
    await put(database, tenant)
    async with database.tenant(tenant.id) as session:
        await links.do_link(session, surface="slack", external_id="T1:UANN", user_id=ann, how="code", by="x")
    assert "Call Amina" in await ask(database, tenant, ann), "whoever meets them first"


@pytest.mark.parametrize("about", ["id", "ANN@acme.example", "ann", "nobody@acme.example"])
async def test_whom_it_is_about_is_never_told(
    database: Database, tenant: Tenant, ann: str, about: str
) -> None:
    async def person(user_id: str) -> User:
        return User(id=user_id, name="Ann", email="ann@acme.example")

    nudges = PluginNudges(database=database, tenant_id=tenant.id, plugin="billing", person=person, now=NOW)
    told = await nudges.put(Nudge(key="1", reply=CALL, role="lead", but_not=ann if about == "id" else about))
    assert told == (about == "nobody@acme.example")
