"""Which provider a tenant trusts: checked, sealed, audited, forgotten."""

from __future__ import annotations

import base64

import pytest

from bot.contract.people import Tenant
from bot.core import sso
from bot.core.audit import search
from bot.core.rotation import reseal
from bot.core.sso import Claims, check_address, check_provider, let_in, roles_of, set_provider
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.roles import do_add_role
from bot.db.sso import Provider
from bot.errors import BadInput, NotFound
from tests.bot.core.gate_world import CIPHER

OLD, NEW = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (0, 32))
BOTH = Cipher.parse(f"n:{NEW},t:{OLD}", where="test")
WANTED = Provider(issuer="https://id.acme.example", client_id="bot")


@pytest.mark.parametrize(
    "issuer",
    ["", "id.acme.example", "http://id.acme.example", "https://", "https://u:p@id.acme.example", "https://u@id.acme.example",
     "https://id.acme.example?x=1", "https://id.acme.example#x", "https://id.acme.example/ x", "ftp://127.0.0.1", "http://localhost.evil.example",
     "http://127.0.0.1.evil.example", "http://10.0.0.7", "https://id.acme.example:99999", "https://a\\b", "javascript:x", "file:///etc/passwd"],
)  # fmt: skip
def test_an_issuer_nobody_reads_on_the_way_to(issuer: str) -> None:
    with pytest.raises(BadInput):
        check_provider(Provider(issuer=issuer, client_id="bot"))


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.acme.example",
        "https://id.acme.example:8443/realms/isp",
        "http://127.0.0.1:9000",
        "http://[::1]:9000",
        "http://localhost:1/x",
    ],
)
def test_issuers_that_fit(issuer: str) -> None:
    assert check_address(issuer, "The issuer") == issuer


@pytest.mark.parametrize(
    "domain",
    ["acme", "*.acme.example", "acme.example/x", "a..b", "-a.example", "acme.example.", "ann@acme.example"],
)
def test_domains_that_are_none(domain: str) -> None:
    with pytest.raises(BadInput):
        check_provider(Provider(issuer="https://x.example", client_id="b", domains=(domain,)))


def test_who_is_let_in_by_address() -> None:
    wanted = check_provider(
        Provider(issuer="https://x.example", client_id="b", domains=(" @Acme.Example ", "acme.example", ""))
    )
    assert wanted.domains == ("acme.example",)
    assert let_in(wanted, "Ann@ACME.example")
    for address in (
        "ann@sub.acme.example",
        "ann@evil.example",
        "ann",
        "@acme.example",
        "acme.example",
        "ann@acme.example.evil.example",
    ):
        assert not let_in(wanted, address)


def test_groups_that_give_roles() -> None:
    provider = Provider(
        issuer="i", client_id="b", groups_claim="g", role_groups={"noc": ("A", "B"), "admin": ("C",)}
    )
    assert roles_of(provider, Claims(issuer="i", subject="s", groups=frozenset({"B", "x"}))) == {"noc"}
    assert roles_of(provider, Claims(issuer="i", subject="s")) == frozenset()


async def test_the_secret_is_sealed_kept_and_resealed(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    await set_provider(database, CIPHER, tenant, WANTED, secret="hush-hush", by="test")
    await set_provider(
        database,
        CIPHER,
        tenant,
        Provider(issuer=WANTED.issuer, client_id="bot", domains=("acme.example",)),
        secret=None,
        by="test",
    )
    kept = await sso.get_provider(database, tenant)
    assert kept.client_secret is not None and "hush" not in kept.client_secret
    assert "hush" not in repr(kept)
    assert sso.open_secret(CIPHER, tenant, kept) == "hush-hush"
    with pytest.raises(Exception, match="moved from another row"):
        sso.open_secret(CIPHER, other_tenant, kept)
    assert await reseal(database, BOTH, tenant) == 1
    assert await reseal(database, BOTH, tenant) == 0
    only_new = Cipher.parse(f"n:{NEW}", where="test")
    assert sso.open_secret(only_new, tenant, await sso.get_provider(database, tenant)) == "hush-hush"
    rows = await search(database, tenant.id, limit=10)
    assert "hush" not in str(rows) and {row.event for row in rows} == {"sso.set"}


async def test_another_client_never_gets_the_old_secret(database: Database, tenant: Tenant) -> None:
    await set_provider(database, CIPHER, tenant, WANTED, secret="hush-hush", by="test")
    for other in (
        Provider(issuer="https://evil.example", client_id="bot"),
        Provider(issuer=WANTED.issuer, client_id="other"),
    ):
        await set_provider(database, CIPHER, tenant, other, secret=None, by="test")
        assert (await sso.get_provider(database, tenant)).client_secret is None
        await set_provider(database, CIPHER, tenant, WANTED, secret="hush-hush", by="test")
    await sso.drop_provider(database, tenant, by="test")
    with pytest.raises(NotFound):
        await sso.get_provider(database, tenant)
    with pytest.raises(NotFound, match="nothing to turn off"):
        await sso.drop_provider(database, tenant, by="test")


async def test_roles_have_to_exist(database: Database, tenant: Tenant) -> None:
    wanted = Provider(issuer=WANTED.issuer, client_id="bot", groups_claim="g", role_groups={"night": ("N",)})
    with pytest.raises(BadInput, match="no role “night”"):
        await set_provider(database, CIPHER, tenant, wanted, secret=None, by="test")
    async with database.tenant(tenant.id) as session:
        await do_add_role(session, name="night")
    await set_provider(database, CIPHER, tenant, wanted, secret=None, by="test")
    with pytest.raises(BadInput, match="--groups-claim"):
        check_provider(Provider(issuer=WANTED.issuer, client_id="b", role_groups={"night": ("N",)}))
