"""The audit chain: whoever changes, removes, adds or moves anything is found; searching; what a row says."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import text as sql

from bot.core.audit import Head, Record, search, verify
from bot.core.audit_body import MASK, canonical, make_body
from bot.core.erasure import Erased, erase
from bot.db.audit import Entry, do_append
from bot.db.urls import connect_kwargs
from bot.errors import BadInput, NotFound
from tests.bot.core.conftest import new_tenant
from tests.bot.core.gate_world import Desk

AT = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
CALL = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


async def append(database, tenant_id: str, count: int = 1, **values) -> None:
    async with database.tenant(tenant_id) as session:
        for n in range(count):
            entry = {
                "at": AT + timedelta(seconds=n),
                "user_id": "u1",
                "action_id": "desk_note",
                "event": "ran",
                "body": canonical({"n": n, "text": "öäü – 网络"}),
                "call_id": CALL,
                "things": ["customer:1"],
            }
            await do_append(session, Entry(**{**entry, **values}))


async def tamper(server, urls, tenant, *statements: str) -> None:
    """What somebody who owns the server could do."""
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=urls.name)))
    try:
        await connection.execute("set session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement.format(t=f"tenant_id = '{tenant.id}'", id=tenant.id))
    finally:
        await connection.close()


async def test_an_untouched_chain_is_whole(gate_database, gate_tenant) -> None:
    assert (await verify(gate_database, gate_tenant.id)).rows == 0
    await append(gate_database, gate_tenant.id, 5)
    await append(gate_database, gate_tenant.id, 1, call_id=None, things=[], body="{}")
    verdict = await verify(gate_database, gate_tenant.id)
    assert verdict.whole and verdict.rows == 6 and verdict.head and verdict.head.seq == 6


@pytest.mark.parametrize(
    ("statement", "seq", "kind"),
    [
        ("update audit set at = at + interval '1 microsecond' where {t} and seq = 3", 3, "changed"),
        ("update audit set user_id = 'u2' where {t} and seq = 3", 3, "changed"),
        ("update audit set action_id = 'desk_card' where {t} and seq = 3", 3, "changed"),
        ("update audit set event = 'refused' where {t} and seq = 3", 3, "changed"),
        ("update audit set call_id = null where {t} and seq = 3", 3, "changed"),
        ("update audit set things = array['customer:2'] where {t} and seq = 3", 3, "changed"),
        ("update audit set things = '{{}}' where {t} and seq = 3", 3, "changed"),
        ("update audit set things = array['customer:1', null] where {t} and seq = 3", 3, "changed"),
        ("update audit set things = array[array['customer:1']] where {t} and seq = 3", 3, "changed"),
        ("update audit set body = replace(body, '2', '3') where {t} and seq = 3", 3, "changed"),
        ("update audit set user_id = 'u1d', action_id = 'esk_note' where {t} and seq = 3", 3, "changed"),
        ("update audit set hash = sha256('x') where {t} and seq = 3", 3, "changed"),
        ("update audit set prev = sha256('x') where {t} and seq = 3", 3, "broken"),
        ("delete from audit where {t} and seq = 3", 4, "missing"),
        ("delete from audit where {t} and seq = 1", 2, "missing"),
        ("delete from audit where {t} and seq = 5", 5, "cut"),
        ("delete from audit where {t} and seq > 2", 3, "cut"),
        ("delete from audit where {t}", 1, "cut"),
        ("delete from audit_heads where {t}", 5, "cut"),
        ("update audit_heads set seq = 4 where {t}", 4, "broken"),
        ("update audit_heads set hash = sha256('x') where {t}", 5, "broken"),
        (
            (
                "insert into audit select tenant_id, 6, at, user_id, action_id, event, call_id, things, body, hash, hash "
                "from audit where {t} and seq = 5"
            ),
            6,
            "extra",
        ),
        (
            (
                "update audit set seq = case seq when 2 then 103 else 102 end where {t} and seq in (2, 3);"
                "update audit set seq = seq - 100 where {t} and seq > 100"
            ),
            2,
            "broken",
        ),
    ],
)
async def test_every_change_is_found_and_named(
    server, gate_database, gate_urls, gate_tenant, statement, seq, kind
) -> None:
    await append(gate_database, gate_tenant.id, 5)
    await tamper(server, gate_urls, gate_tenant, statement)
    verdict = await verify(gate_database, gate_tenant.id)
    assert not verdict.whole
    assert (verdict.problems[0].seq, verdict.problems[0].kind) == (seq, kind), verdict.problems
    assert str(seq) in verdict.problems[0].text or kind == "cut" or "missing" in verdict.problems[0].text


async def test_two_things_made_one_are_found(server, gate_database, gate_urls, gate_tenant) -> None:
    await append(gate_database, gate_tenant.id, 2, things=["customer:1", "customer:2"])
    one = "update audit set things = array[array_to_string(things, chr(31))] where {t} and seq = 2"
    await tamper(server, gate_urls, gate_tenant, one)
    [problem] = (await verify(gate_database, gate_tenant.id)).problems
    assert (problem.seq, problem.kind) == (2, "changed")


async def test_a_whole_forged_chain_is_found_by_a_head_kept_elsewhere(
    server, gate_database, gate_urls, gate_tenant
) -> None:
    await append(gate_database, gate_tenant.id, 5)
    kept = (await verify(gate_database, gate_tenant.id)).head
    await tamper(
        server, gate_urls, gate_tenant, "delete from audit where {t}", "delete from audit_heads where {t}"
    )
    await append(gate_database, gate_tenant.id, 6, user_id="somebody else")
    assert (await verify(gate_database, gate_tenant.id)).whole, "by itself it holds"
    found = await verify(gate_database, gate_tenant.id, known=[kept])
    assert [problem.seq for problem in found.problems] == [5]
    assert not (await verify(gate_database, gate_tenant.id, known=[Head(seq=99, hash=b"x")])).whole


BOTH = ("update audit set body = '{}'", "delete from audit", "truncate audit", "delete from audit_heads")
RUNTIME_ONLY = (
    "update audit_heads set seq = 0",
    (
        "insert into audit (seq, at, user_id, action_id, event, things, body, prev, hash) "
        "values (9, now(), '', '', '', '{}', '', '', '')"
    ),
)


@pytest.mark.parametrize(
    ("role", "statement"),
    [("runtime", one) for one in BOTH + RUNTIME_ONLY] + [("owner", one) for one in BOTH],
)
async def test_the_bot_itself_can_only_append(gate_database, gate_urls, gate_tenant, role, statement) -> None:
    await append(gate_database, gate_tenant.id, 2)
    connection = await asyncpg.connect(**connect_kwargs(getattr(gate_urls, role)))
    try:
        await connection.execute(f"set app.tenant_id = '{gate_tenant.id}'")
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError)):
            await connection.execute(statement)
    finally:
        await connection.close()
    assert (await verify(gate_database, gate_tenant.id)).whole


async def test_chains_of_tenants_are_apart(gate_database, gate_tenant) -> None:
    other = await new_tenant(gate_database)
    await append(gate_database, gate_tenant.id, 3)
    await append(gate_database, other.id, 2)
    assert (await verify(gate_database, other.id)).rows == 2
    assert len(await search(gate_database, other.id)) == 2
    assert (await verify(gate_database, gate_tenant.id)).whole


async def test_many_at_once_make_one_chain(gate_database, gate_tenant) -> None:
    await asyncio.gather(*(append(gate_database, gate_tenant.id, 3) for _ in range(15)))
    verdict = await verify(gate_database, gate_tenant.id)
    assert verdict.whole and verdict.rows == 45


async def test_a_rolled_back_row_leaves_no_gap(gate_database, gate_tenant) -> None:
    await append(gate_database, gate_tenant.id)
    with pytest.raises(RuntimeError):
        async with gate_database.tenant(gate_tenant.id) as session:
            await do_append(session, Entry(at=AT, user_id="u", action_id="a", event="e", body="{}"))
            raise RuntimeError
    await append(gate_database, gate_tenant.id)
    assert (await verify(gate_database, gate_tenant.id)).rows == 2


async def test_search_narrows_by_everything(desk: Desk) -> None:
    database, tenant = desk.database, desk.tenant.id
    await desk.ask("desk_card", {"customer": "1001"})
    desk.world.at += timedelta(hours=1)
    noted = await desk.ask("desk_note", {"customer": "1002", "text": "modem reset 100%"}, desk.ben)

    async def found(**by) -> list[tuple[str, str]]:
        return [(row.action_id, row.event) for row in await search(database, tenant, **by)]

    both = [("desk_note", "ran"), ("desk_note", "asked")]
    assert await found() == [*both, ("desk_card", "ran")]
    assert await found(user="u-ben") == both
    assert await found(action="desk_card") == [("desk_card", "ran")]
    assert await found(action="desk") == [*both, ("desk_card", "ran")]
    assert await found(action="des") == []
    assert await found(event="asked") == [("desk_note", "asked")]
    assert await found(things=["customer:1002"]) == both
    assert await found(call=noted.call_id) == both
    assert await found(text="RESET 100%") == both
    assert await found(text="100_") == []
    assert await found(since=desk.world.at) == both
    assert await found(until=desk.world.at) == [("desk_card", "ran")]
    assert await found(limit=1) == [("desk_note", "ran")]
    [row] = await search(database, tenant, user="u-ann")
    assert isinstance(row, Record) and (row.by, row.text) == ("Ann", "Show a customer: Ann Lee (1001)")


def test_a_row_never_shows_a_secret() -> None:
    body = canonical(
        {
            "args": {
                "password": "a",
                "api_token": "b",
                "token": SecretStr("c"),
                "deep": [{"secret": "d"}],
                "snmp_community": "e",
                "note": SecretStr("f"),
                "passenger": "kept",
            }
        }
    )
    assert json.loads(body)["args"] == {
        "password": MASK,
        "api_token": MASK,
        "token": MASK,
        "deep": [{"secret": MASK}],
        "snmp_community": MASK,
        "note": MASK,
        "passenger": "kept",
    }


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(max_size=20)
            | st.datetimes()
            | st.binary(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=4,
    )
)
def test_any_facts_make_a_row_the_database_can_hold(facts) -> None:
    body = canonical({"args": facts})
    json.loads(body)
    assert "\x00" not in body and "\\u0000" not in body
    body.encode()


async def test_odd_texts_hash_the_same_on_both_sides(desk: Desk) -> None:
    for odd in ("", "3:abc", "\u2028", "🦄" * 50, "a\x1fb", "\ud800", "'; --", "\\", "é" * 300):
        with pytest.raises(NotFound):
            await desk.gate.call(desk.ann, odd, {"x": odd, odd: 1}, thread=odd)
    verdict = await verify(desk.database, desk.tenant.id)
    assert verdict.whole and verdict.rows == 9


async def _told(database, tenant, *texts: str, thing: str = "customer:1") -> None:
    for text in texts:
        body = make_body({"by": "Ann", "via": "person", "text": text, "args": {"note": text}})
        await append(
            database, tenant.id, 1, body=body.chained, told=body.told, salt=body.salt, things=[thing]
        )


def test_what_people_wrote_stands_beside_the_chain() -> None:
    body = make_body(
        {"by": "Ann", "text": "Amina owes 5", "args": {"customer": "4711"}, "ms": 3, "preview": None}
    )
    assert json.loads(body.told) == {"args": {"customer": "4711"}, "text": "Amina owes 5"}
    assert set(json.loads(body.chained)) == {"by", "ms", "told"}
    assert "Amina" not in body.chained and "4711" not in body.chained
    assert make_body({"text": "Amina owes 5"}).chained != make_body({"text": "Amina owes 5"}).chained, (
        "salted"
    )
    assert make_body({"by": "Ann"}).told is None


async def test_what_is_erased_leaves_a_whole_chain_that_says_so(gate_database, gate_tenant) -> None:
    await append(gate_database, gate_tenant.id, 2)  # rows of before: what they say is in the chain
    await _told(gate_database, gate_tenant, "Amina called", "Amina owes 5")
    await _told(gate_database, gate_tenant, "Bo called", thing="customer:2")
    assert [row.text for row in await search(gate_database, gate_tenant.id, text="amina")] == [
        "Amina owes 5",
        "Amina called",
    ]
    with pytest.raises(BadInput, match="why"):
        await erase(gate_database, gate_tenant, "customer:1", by="cli", reason=" ")
    with pytest.raises(BadInput, match="kind"):
        await erase(gate_database, gate_tenant, "1", by="cli", reason="asked for")
    wish = {"by": "cli", "reason": "asked for", "now": AT}
    assert await erase(gate_database, gate_tenant, "customer:1", **wish) == Erased(rows=2, calls=0, open=0)
    assert await erase(gate_database, gate_tenant, "customer:1", **wish) == Erased(rows=0, calls=0, open=0)
    verdict = await verify(gate_database, gate_tenant.id)
    assert (verdict.whole, verdict.rows, verdict.erased) == (True, 6, 2), verdict.problems
    assert await search(gate_database, gate_tenant.id, text="amina") == []
    assert [row.text for row in await search(gate_database, gate_tenant.id, text="bo c")] == ["Bo called"]
    newest, *others = await search(gate_database, gate_tenant.id, things=["customer:1"])
    assert (newest.event, newest.facts["rows"], newest.facts["why"]) == ("audit.erased", [3, 4], "asked for")
    assert [row.text for row in others[:2]] == ["(erased, see row 6)"] * 2
    assert [row.user_id for row in others[:2]] == ["u1", "u1"], "who did something about them stays"


@pytest.mark.parametrize(
    ("statement", "seq", "kind"),
    [
        ("update audit_texts set told = replace(told, 'Amina', 'Bo') where {t} and seq = 2", 2, "changed"),
        ("update audit_texts set salt = 'x' where {t} and seq = 2", 2, "changed"),
        (
            "update audit_texts set told = null, salt = null, erased_seq = 3 where {t} and seq = 2",
            2,
            "missing",
        ),
        (
            "update audit_texts set told = null, salt = null, erased_seq = 99 where {t} and seq = 2",
            2,
            "missing",
        ),
        ("delete from audit_texts where {t} and seq = 2", 2, "missing"),
        ("insert into audit_texts select '{id}', 4, 'x', 'y', null", 4, "extra"),
    ],
)
async def test_a_text_that_is_gone_without_a_record_is_found(
    server, gate_database, gate_urls, gate_tenant, statement, seq, kind
) -> None:
    await _told(gate_database, gate_tenant, "Amina called", "Amina owes 5", "Amina paid")
    await append(gate_database, gate_tenant.id, 1)
    await append(gate_database, gate_tenant.id, 1, event="audit.erased", body=canonical({"rows": [1]}))
    await tamper(
        server,
        gate_urls,
        gate_tenant,
        "update audit_texts set told = null, salt = null, erased_seq = 5 where {t} and seq = 1",
    )
    assert (await verify(gate_database, gate_tenant.id)).erased == 1
    await tamper(server, gate_urls, gate_tenant, statement)
    verdict = await verify(gate_database, gate_tenant.id)
    assert (verdict.problems[0].seq, verdict.problems[0].kind) == (seq, kind), verdict.problems


async def test_the_bots_role_changes_no_text(gate_database, gate_tenant) -> None:
    await _told(gate_database, gate_tenant, "Amina called")
    for statement in (
        "update audit_texts set told = 'x'",
        "delete from audit_texts",
        "truncate audit_texts",
        "insert into audit_texts (seq, told, salt) values (9, 'x', 'y')",
    ):  # fmt: skip - a list
        with pytest.raises(Exception, match="permission denied"):
            async with gate_database.tenant(gate_tenant.id) as session:
                await session.execute(sql(statement))


async def test_of_a_reply_only_what_it_was_about_and_its_hash_is_kept(desk: Desk) -> None:
    """Who looked at whom and who credited what can be answered; what the systems said stays in the systems."""
    said = await desk.ask("desk_card", {"customer": "1001"})
    (row,) = await search(desk.database, desk.tenant.id, event="ran")
    assert row.facts["args"]["customer"] == "1001" and row.text == "Show a customer: Ann Lee (1001)"
    assert row.facts["reply"] == {
        "characters": len(said.text),
        "sha256": hashlib.sha256(said.text.encode()).hexdigest(),
    }
    assert said.text not in json.dumps(row.facts)
