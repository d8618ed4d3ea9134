"""Files that go with a message: kept once, read by whoever handed them in, forgotten in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.contract.handed import LARGEST, MOST_AT_ONCE, NO_FILES, Upload
from bot.contract.people import Tenant, User
from bot.core.erasure import erase
from bot.core.handed import KEPT, MOST_KEPT, FilesOf, do_hand_in
from bot.core.question import Question
from bot.db import call_runs, calls, handed, users
from bot.db.calls import Call
from bot.db.database import Database
from bot.errors import BadInput, NotFound, Unavailable

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
async def asked(database: Database, tenant: Tenant) -> Question:
    async with database.tenant(tenant.id) as session:
        ann = await users.do_add_person(session, name="Ann", email="ann@acme.example")
    return Question(tenant=tenant, user=User(id=ann.id, name="Ann"), words="")


def with_files(asked: Question, *texts: str, key: str = "") -> Question:
    files = tuple(Upload(name=f"{nr}.txt", content=text.encode()) for nr, text in enumerate(texts))
    return replace(asked, files=files, key=key)


async def test_a_message_answered_twice_keeps_its_files_once(database: Database, asked: Question) -> None:
    said = with_files(asked, "same", "same", key="m-1")
    first = await do_hand_in(database, said, NOW)
    assert await do_hand_in(database, said, NOW) == first
    assert len({one.id for one in first}) == 2, "two alike are two"
    other = await do_hand_in(database, with_files(asked, "same", key="m-2"), NOW)
    assert other[0].id not in {one.id for one in first}
    async with database.tenant(asked.tenant.id) as session:
        assert (await handed.get_kept(session, asked.user.id)).files == 3


async def test_only_whoever_handed_a_file_in_can_read_it(
    database: Database, asked: Question, other_tenant: Tenant
) -> None:
    (kept,) = await do_hand_in(database, with_files(asked, "pole 14"), NOW)
    own = FilesOf(database=database, tenant_id=asked.tenant.id, user_id=asked.user.id)
    assert list(await own.about([kept.id, kept.id])) == [kept]
    assert await own.read(kept) == b"pole 14"
    async with database.tenant(asked.tenant.id) as session:
        bob = await users.do_add_person(session, name="Bob", email="bob@acme.example")
    for eyes in (
        replace(own, user_id=bob.id),
        replace(own, tenant_id=other_tenant.id),
    ):
        with pytest.raises(NotFound, match="I keep them for 2 days"):
            await eyes.about([kept.id])
        with pytest.raises(NotFound, match="Send it again"):
            await eyes.read(kept)
    with pytest.raises(NotFound):
        await own.about(["no-id"])
    with pytest.raises(Unavailable):
        await NO_FILES.about([kept.id])


async def test_one_that_is_refused_keeps_none(database: Database, asked: Question) -> None:
    bad = replace(asked, files=(Upload(name="a.txt", content=b"a"), Upload(name="b.jpg", content=b"MZ")))
    with pytest.raises(BadInput, match=r"b\.jpg is a Windows program.*Nothing of this message was done"):
        await do_hand_in(database, bad, NOW)
    with pytest.raises(BadInput, match=f"Up to {MOST_AT_ONCE} files"):
        await do_hand_in(database, with_files(asked, *"abcdefghijk"), NOW)
    large = tuple(Upload(name="a.txt", content=b"a" * LARGEST) for _ in range(6))
    with pytest.raises(BadInput, match=r"Up to 50\.0 MB go with one message"):
        await do_hand_in(database, replace(asked, files=large), NOW)
    async with database.tenant(asked.tenant.id) as session:
        assert (await handed.get_kept(session, asked.user.id)).files == 0


async def test_nobody_fills_the_table(database: Database, asked: Question) -> None:
    for nr in range(MOST_KEPT // 10):
        await do_hand_in(database, with_files(asked, *"abcdefghij", key=str(nr)), NOW)
    with pytest.raises(BadInput, match="more than I keep at once"):
        await do_hand_in(database, with_files(asked, "one more"), NOW)


def a_call(asked: Question, file_id: str, **more: object) -> Call:
    given = {
        "id": file_id, "key": f"k-{file_id}", "action_id": "tickets_attach", "args": {"files": [file_id]},
        "asked_by": asked.user.id, "asked_name": "Ann", "asked_at": NOW, "via": "model", "needs": 1,
        "state": "asked", "things": ("ticket:TCK-1",),
    }  # fmt: skip
    return Call(**{**given, **more})  # type: ignore[arg-type]  # as the fields are


async def test_a_file_stays_as_long_as_a_call_waits_and_goes_with_what_it_was_about(
    database: Database, asked: Question
) -> None:
    loose, waits, done = [
        (await do_hand_in(database, with_files(asked, text), NOW))[0] for text in ("a", "b", "c")
    ]
    late = NOW + KEPT + timedelta(minutes=1)
    async with database.tenant(asked.tenant.id) as session:
        await calls.do_ask(session, a_call(asked, waits.id))
        await calls.do_ask(session, a_call(asked, done.id, state="running", fence=1), timedelta(seconds=30))
        await call_runs.do_finish(
            session, done.id, 1, call_runs.Ending(state="done", at=NOW, reply={"text": "Done."})
        )
        assert await handed.do_forget(session, NOW + KEPT) == 0
    erased = await erase(database, asked.tenant, "ticket:TCK-1", by="ada", reason="asked for", now=NOW)
    assert (erased.calls, erased.open) == (1, 1)
    own = FilesOf(database=database, tenant_id=asked.tenant.id, user_id=asked.user.id)
    with pytest.raises(NotFound):
        await own.about([done.id])
    async with database.tenant(asked.tenant.id) as session:
        assert await handed.do_forget(session, late) == 1
    assert [one.id for one in await own.about([waits.id])] == [waits.id]
    with pytest.raises(NotFound):
        await own.about([loose.id])
