"""A service with a small plugin and people of its own, a provider on loopback, and browsers in front."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core import grants, sso
from bot.core.gate import Gate
from bot.core.people import add_person
from bot.core.platform import surround
from bot.core.surroundings import Surroundings
from bot.core.switch import found_tenant
from bot.db import tenants
from bot.db.database import Database
from bot.db.grants import NewGrant
from bot.db.sso import Provider
from bot.web.site import Probes, make_site
from bot.web.site_pages import make_pages
from tests.bot.core.gate_world import CIPHER, Desk, FakeDevice
from tests.databases import TestServer, Urls
from tests.oidcd import Oidcd

HERE = "http://127.0.0.1:8080"


@pytest.fixture(scope="session")
def web_urls(server: TestServer) -> Iterator[Urls]:
    taken = asyncio.run(server.take())
    yield taken
    server.give_back(taken)


@pytest.fixture
async def web_database(web_urls: Urls) -> AsyncIterator[Database]:
    opened = Database(runtime_url=web_urls.runtime, owner_url=web_urls.owner, pool_size=5)
    yield opened
    await opened.close()


class TestHouse:
    """What `App` is to the pages, with the desk plugin of the gate's tests."""

    __test__ = False

    def __init__(self, database: Database, **settings: Any) -> None:
        self.database = database
        self.config = SimpleNamespace(public_url="", port=8080, **settings)
        self.cipher = CIPHER
        self.registry = Desk(database, Tenant(id="0", slug="x", name="x")).registry
        self.shift = timedelta()
        self.device = FakeDevice()
        self._around: dict[str, Surroundings] = {}

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.shift

    async def tenant(self, slug_or_id: str) -> Tenant:
        async with self.database.system() as session:
            return await tenants.get_tenant(session, slug_or_id)

    def around(self, tenant: Tenant) -> Surroundings:
        if tenant.id not in self._around:
            made = surround(self.database, self.registry, tenant, self.cipher, self.clock)
            made.fix_port("device", self.device)
            self._around[tenant.id] = made
        return self._around[tenant.id]

    async def gate(self, tenant: Tenant) -> Gate:
        around = self.around(tenant)
        return Gate(
            database=self.database, view=await around.view(), around=around, plugins=self.registry.plugins
        )

    def public(self, url: str) -> None:
        self.config.public_url = url


@dataclass
class Browser:
    """A person's browser: keeps cookies, follows nothing by itself."""

    client: httpx2.AsyncClient
    tenant: Tenant
    provider: Oidcd
    seen: list[httpx2.Response] = field(default_factory=list)

    def path(self, rest: str) -> str:
        return f"/t/{self.tenant.slug}/{rest}"

    async def get(self, rest: str, **more: Any) -> httpx2.Response:
        return await self.client.get(rest if rest.startswith("/") else self.path(rest), **more)

    async def post(self, rest: str, form: Mapping[str, str], **more: Any) -> httpx2.Response:
        return await self.client.post(self.path(rest), data=dict(form), **more)

    async def leave(self, wanted: str = "") -> str:
        """Begin to sign in and return where the provider sends back to."""
        start = await self.get("sign-in/start", params={"next": wanted})
        assert start.status_code == 303, start.text
        async with httpx2.AsyncClient() as outside:
            back = await outside.get(start.headers["location"])
        assert back.status_code == 302, back.text
        return back.headers["location"]

    async def sign_in(self, wanted: str = "") -> httpx2.Response:
        return await self.client.get(await self.leave(wanted))

    async def csrf(self, rest: str = "you") -> str:
        return field_of((await self.get(rest)).text, "csrf")


def field_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


@pytest.fixture
async def provider() -> AsyncIterator[Oidcd]:
    async with Oidcd() as running:
        yield running


@pytest.fixture
async def house(web_database: Database) -> TestHouse:
    return TestHouse(web_database)


@dataclass
class Isp:
    """One tenant with its people, its provider and browsers."""

    house: TestHouse
    tenant: Tenant
    provider: Oidcd
    people: dict[str, User] = field(default_factory=dict)
    opened: list[httpx2.AsyncClient] = field(default_factory=list)

    def browser(self, base: str = HERE, **more: Any) -> Browser:
        where = {"client": (f"198.51.100.{len(self.opened)}", 4711), **more}
        transport = httpx2.ASGITransport(app=self.app, **where)
        client = httpx2.AsyncClient(transport=transport, base_url=base)
        self.opened.append(client)
        return Browser(client, self.tenant, self.provider)

    def __post_init__(self) -> None:
        async def ping() -> object:
            return True

        self.app = make_site(Probes(ping=ping), pages=lambda: make_pages(self.house))

    async def signed_in(self, name: str, **more: Any) -> Browser:
        browser = self.browser(**more)
        self.provider.person.sub = f"sub-{name}"
        self.provider.person.claims = {"email": f"{name}@acme.example", "email_verified": True}
        came = await browser.sign_in()
        assert came.status_code == 303, came.text
        return browser

    async def ask(self, name: str, action: str, **args: Any) -> Reply:
        gate = await self.house.gate(self.tenant)
        user = await self.house.around(self.tenant).user(self.people[name].id, fresh=True)
        return await gate.call(user, action, args)

    async def gate(self) -> Gate:
        return await self.house.gate(self.tenant)

    async def user(self, name: str) -> User:
        return await self.house.around(self.tenant).user(self.people[name].id, fresh=True)

    async def events(self) -> list[str]:
        from bot.core.audit import search

        return [one.event for one in reversed(await search(self.house.database, self.tenant.id, limit=1000))]

    async def set(self, **more: Any) -> None:
        wanted = {"issuer": self.provider.issuer, "client_id": self.provider.client_id, **more}
        secret = wanted.pop("secret", self.provider.secret)
        await sso.set_provider(
            self.house.database, CIPHER, self.tenant, Provider(**wanted), secret=secret, by="test"
        )


async def found(house: TestHouse, provider: Oidcd) -> Isp:
    """Found a tenant whose people are ann (support), ben (billing), cat (billing) and dan (nothing)."""
    async with house.database.system() as session:
        tenant = await tenants.do_create_tenant(
            session, slug=f"t{uuid4().hex[:10]}", name="Acme Fiber", timezone="Europe/Madrid", currency="EUR"
        )
    await found_tenant(house.around(tenant), with_plugins=["desk"])
    isp = Isp(house, tenant, provider)
    for name, roles in (
        ("ann", ["support", "billing"]),
        ("ben", ["billing"]),
        ("cat", ["billing"]),
        ("dan", []),
    ):
        person = await add_person(
            house.database, tenant, name=name.title(), email=f"{name}@acme.example", by="test"
        )
        for role in roles:
            new = NewGrant(user_id=person.id, role=role, by="test")
            await grants.grant(house.database, tenant, new, giver=None)
        isp.people[name] = User(id=person.id, name=person.name, email=person.email)
    provider.redirects |= {
        f"{base}/t/{tenant.slug}/sign-in/done" for base in (HERE, "https://bot.example.net")
    }
    await isp.set(domains=("acme.example",))
    return isp


@pytest.fixture
async def isp(house: TestHouse, provider: Oidcd) -> AsyncIterator[Isp]:
    made = await found(house, provider)
    yield made
    for client in made.opened:
        await client.aclose()


__all__ = ["Browser", "Isp", "TestHouse", "field_of", "found"]
