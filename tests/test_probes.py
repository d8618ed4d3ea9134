"""No query, asked by one tenant, knows or changes anything of another; and no query is left unasked."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path

import asyncpg
import pytest

from bot.contract.people import Tenant
from bot.db import users
from bot.db.database import Database
from bot.db.urls import connect_kwargs
from plugins.connectors.local import queries_customers
from tests.databases import TestServer, Urls
from tests.plugins.building import Isp
from tests.probes import (
    core,
    doors,
    files,
    groups,
    isp,
    lines,
    mail,
    money,
    stock,
    streams,
    tabs,
    threads,
    work,
)
from tests.probes.asking import open_prober
from tests.probes.elsewhere import ELSEWHERE, NO_TENANT, SAME_FOR_OWNER

ROOT = Path(__file__).parent.parent
ASKS = {
    **core.ASKS,
    **doors.ASKS,
    **files.ASKS,
    **groups.ASKS,
    **isp.ASKS,
    **lines.ASKS,
    **mail.ASKS,
    **money.ASKS,
    **stock.ASKS,
    **streams.ASKS,
    **tabs.ASKS,
    **threads.ASKS,
    **work.ASKS,
}
FILES = [
    *ROOT.glob("bot/db/*.py"), *ROOT.glob("kb/**/store*.py"),
    *ROOT.glob("plugins/connectors/*/queries*.py"), *ROOT.glob("plugins/connectors/*/load*.py"),
]  # fmt: skip
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES if path.stem != "__init__"
)


def questions_of(name: str) -> list[str]:
    """Every coroutine function, and every class with coroutine methods, that a module offers others."""
    offered = []
    for at, item in vars(import_module(name)).items():
        if at.startswith("_") or getattr(item, "__module__", "") != name:
            continue
        parts = (
            [item]
            if not inspect.isclass(item)
            else [v for k, v in vars(item).items() if not k.startswith("_")]
        )
        if any(
            inspect.iscoroutinefunction(inspect.unwrap(part))
            or inspect.isasyncgenfunction(inspect.unwrap(part))
            for part in parts
            if callable(part)
        ):
            offered.append(f"{name}.{at}")
    return offered


def name_of(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


ASKED = {name_of(function) for function in ASKS}
PROBED = sorted({function.__module__ for function in ASKS})


@pytest.mark.parametrize("module", MODULES)
def test_every_question_of_a_query_module_is_probed_by_another_tenant(module: str) -> None:
    if module in NO_TENANT:
        return
    missing = set(questions_of(module)) - ASKED - set(ELSEWHERE) - set(NO_TENANT)
    assert not missing, (
        "ask it in tests/probes/ as another tenant (see core.py), or say in elsewhere.py why not"
    )


def test_what_is_probed_elsewhere_is_there() -> None:
    for question, (path, test) in ELSEWHERE.items():
        module, _, name = question.rpartition(".")
        assert hasattr(import_module(module), name), question
        found = re.search(rf"async def {test}\(([^)]*)\)", (ROOT / path).read_text())
        assert found, f"{path} has no {test}"
        assert "other_tenant" in found[1] or "other_isp" in found[1], f"{test} knows one tenant only"
    assert not (set(ELSEWHERE) | set(NO_TENANT)) & ASKED, "one way is enough"
    for name in NO_TENANT:
        assert name in MODULES or hasattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2]), (
            name
        )


async def fill(module: str, database: Database, tenant: Tenant) -> object:
    """Give the tenant what the questions of a module are about."""
    if not module.startswith("bot."):
        own = await isp.fill(Isp(database, tenant))
        more = next(
            (
                one
                for one in (lines, mail, money, stock, work)
                if any(f.__module__ == module for f in one.ASKS)
            ),
            None,
        )
        return await more.fill(own) if more else own
    things = await core.fill(database, tenant)
    await doors.fill(database, things)
    await groups.fill(database, things)
    await streams.fill(database, things)
    await tabs.fill(database, things)
    await threads.fill(database, things)
    return things


@pytest.mark.parametrize("module", PROBED)
async def test_another_tenant_learns_and_changes_nothing(
    module: str, database: Database, urls: Urls, server: TestServer, tenant: Tenant, other_tenant: Tenant
) -> None:
    asks = {name_of(f): ask for f, ask in ASKS.items() if f.__module__ == module}
    things = await fill(module, database, tenant)
    prober = await open_prober(database, tenant)
    await prober.learn(urls)
    at_rest = (await prober.ask(other_tenant, _nothing, things)).rows
    before = {}
    for name, ask in asks.items():
        mine = await prober.ask(tenant, ask, things)
        before[name] = theirs = await prober.ask(other_tenant, ask, things)
        if name not in SAME_FOR_OWNER:
            assert mine.said != theirs.said or mine.rows != at_rest, (
                f"{name}: ask about something the first tenant has"
            )
        assert theirs.rows == at_rest, f"{name} changed another tenant's rows"
    await prober.wipe(urls, server)
    for name, ask in asks.items():
        assert (await prober.ask(other_tenant, ask, things)).said == before[name].said, (
            f"{name} tells what another tenant has"
        )


@pytest.mark.parametrize(
    "question",
    [users.get_person, users.do_set_active, queries_customers.get_customer, queries_customers.do_add_note],
)
async def test_without_the_fence_a_probe_would_notice(
    question: Callable[..., Awaitable[object]],
    database: Database,
    urls: Urls,
    server: TestServer,
    tenant: Tenant,
    other_tenant: Tenant,
) -> None:
    things = await fill(question.__module__, database, tenant)
    prober = await open_prober(database, tenant)
    at_rest = (await prober.ask(other_tenant, _nothing, things)).rows
    for table in ("users", "isp_customers", "isp_notes"):
        await run_as_owner(urls, f"alter table {table} disable row level security")
    seen = await prober.ask(other_tenant, ASKS[question], things)
    await prober.wipe(urls, server)
    gone = await prober.ask(other_tenant, ASKS[question], things)
    assert seen.rows != at_rest or seen.said != gone.said


async def run_as_owner(urls: Urls, statement: str) -> None:
    connection = await asyncpg.connect(**connect_kwargs(urls.owner))
    await connection.execute(statement)
    await connection.close()


async def _nothing(_session: object, _things: object) -> None:
    """Ask nothing."""
