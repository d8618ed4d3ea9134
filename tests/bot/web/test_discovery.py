"""What a provider may say of itself, and how little of it is believed."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
import pytest
from aiohttp import web

from bot.db.sso import Provider
from bot.errors import Unavailable
from bot.web.discovery import BadProviderError, Directory, check_endpoint, read_metadata
from bot.web.fetch import MOST_BYTES, fetch_json
from bot.web.oidc import claims_of, is_verified, together
from bot.web.provider_check import examine
from tests.oidcd import Oidcd

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_no_more_is_read_than_a_provider_needs() -> None:
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(headers={"content-type": "application/json"})
        await answer.prepare(request)
        try:
            while sent < 64 << 20:
                await answer.write(b" " * (64 << 10))
                sent += 64 << 10
        except ConnectionError:
            pass
        return answer

    async with answering(flood) as url:
        with pytest.raises(httpx2.TransportError, match="too large"):
            await fetch_json(url)
    assert MOST_BYTES <= sent < 32 << 20


async def test_packed_answers_redirects_and_other_things_are_refused() -> None:
    async def packed(_request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"{}"), headers={"content-encoding": "gzip"})

    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/inside")

    async def a_list(_request: web.Request) -> web.Response:
        return web.json_response([])

    async def a_page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    for answer, error in (
        (packed, httpx2.TransportError),
        (elsewhere, ValueError),
        (a_list, ValueError),
        (a_page, ValueError),
    ):
        async with answering(answer) as url:
            with pytest.raises(error):
                await fetch_json(url)
            with pytest.raises(Unavailable):
                await Directory().metadata(url)


async def test_a_provider_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr("bot.web.discovery.DEADLINE", 0.05)
    gone = asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        await gone.wait()
        return web.Response()

    async with answering(hang) as url:
        with pytest.raises(Unavailable, match="does not answer right now"):
            await Directory().metadata(url)
        gone.set()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"issuer": "https://id.evil.example"}, "calls itself https://id.evil.example"),
        ({"issuer": None}, "issuer"),
        ({"token_endpoint": None}, "token_endpoint"),
        ({"token_endpoint": "http://id.acme.example/token"}, "token_endpoint does not fit"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri does not fit"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint does not fit"),
        ({"authorization_endpoint": "https://" + "a" * 600}, "authorization_endpoint"),
    ],
)
async def test_documents_that_cannot_be_used(said: dict, wrong: str) -> None:
    async with Oidcd() as provider:
        provider.metadata = said
        with pytest.raises(BadProviderError, match=wrong):
            await read_metadata(provider.issuer)
        [found] = await examine(Provider(issuer=provider.issuer, client_id="backhaul"))
        assert found.fatal and wrong in found.mend


def test_a_public_provider_cannot_point_into_this_machine() -> None:
    for url in ("https://127.0.0.1/x", "http://localhost:6379/", "https://[::1]/"):
        with pytest.raises(BadProviderError, match="this machine"):
            check_endpoint("https://id.acme.example", "jwks_uri", url)
    check_endpoint("https://id.acme.example", "jwks_uri", "https://keys.acme.example/x?y=1")
    check_endpoint("http://127.0.0.1:1", "jwks_uri", "http://127.0.0.1:1/x")


async def test_examining_says_how_to_mend() -> None:
    async with Oidcd() as provider:
        mine = Provider(
            issuer=provider.issuer, client_id="backhaul", client_secret="sealed", domains=("acme.example",)
        )
        assert [one.mend for one in await examine(mine)] == [""]
        open_to_all = await examine(replace(mine, domains=()))
        assert "--domains" in open_to_all[-1].mend and not open_to_all[-1].fatal
        provider.metadata = {"id_token_signing_alg_values_supported": ["HS256"], "code_challenge_methods_supported": ["plain"],
                             "token_endpoint_auth_methods_supported": ["private_key_jwt"]}  # fmt: skip
        assert [one.fatal for one in await examine(mine) if one.mend] == [True, False, True]
        provider.metadata = {"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}
        assert "DIRECTORY-ID" in (await examine(mine))[0].mend
        provider.published = []
        provider.metadata = {}
        assert "no signing key" in (await examine(mine))[0].mend
        slash = await examine(replace(mine, issuer=provider.issuer + "/"))
        assert f"calls itself {provider.issuer}" in slash[0].mend
    gone = await examine(mine)
    assert "does not answer" in gone[0].mend


@pytest.mark.parametrize(
    ("issuer", "claims", "verified"),
    [
        ("https://id.example", {"email_verified": True}, True),
        ("https://id.example", {"email_verified": "true"}, True),
        ("https://id.example", {"email_verified": "false"}, False),
        ("https://id.example", {"email_verified": 1}, False),
        ("https://id.example", {"email_verified": None, "xms_edov": True}, False),
        ("https://id.example", {"xms_edov": True}, False),
        ("https://login.microsoftonline.com/x/v2.0", {"xms_edov": True}, True),
        ("https://login.microsoftonline.com/x/v2.0", {"xms_edov": "1"}, True),
        ("https://login.microsoftonline.com/x/v2.0", {"xms_edov": 0}, False),
        ("https://login.microsoftonline.com/x/v2.0", {}, False),
        ("https://login.microsoftonline.com/x/v2.0", {"email_verified": False, "xms_edov": True}, False),
        (
            "https://accounts.google.com",
            {"email": "a@acme.example", "email_verified": True, "hd": "Acme.example"},
            True,
        ),
        ("https://accounts.google.com", {"email": "a@acme.example", "email_verified": True}, False),
        (
            "https://accounts.google.com",
            {"email": "a@acme.example", "email_verified": True, "hd": "evil.example"},
            False,
        ),
        (
            "https://accounts.google.com",
            {"email": "a@acme.example", "email_verified": False, "hd": "acme.example"},
            False,
        ),
        ("https://accounts.google.com", {"email": "ann@gmail.com", "email_verified": True}, True),
        ("https://accounts.google.com", {"email_verified": True}, False),
        ("https://login.microsoftonline.com.evil.example/x", {"xms_edov": True}, False),
    ],
)
def test_whose_word_counts_for_an_address(issuer: str, claims: dict, verified: bool) -> None:
    assert is_verified(issuer, claims) is verified


def test_an_address_and_its_proof_come_from_one_place() -> None:
    assert "email_verified" not in together(
        {"email": "a@x.example"}, {"email": "b@x.example", "email_verified": True, "groups": []}
    )
    assert together({"email_verified": True, "sub": "1"}, {"email": "b@x.example"}) == {
        "sub": "1",
        "email": "b@x.example",
    }


@pytest.mark.parametrize(
    "email", ["x" * 500 + "@acme.example", "no-at", 7, None, "a@b\n.example", ["ann@acme.example"]]
)
def test_addresses_that_are_none(email: object) -> None:
    claims = claims_of(
        Provider(issuer="i", client_id="c"), {"iss": "i", "sub": "s", "email": email, "email_verified": True}
    )
    assert (claims.email, claims.email_verified) == ("", False)


@pytest.mark.parametrize("groups", [7, None, {"a": 1}, True])
def test_groups_of_a_strange_kind(groups: object) -> None:
    found = {"iss": "i", "sub": "s", "groups": groups}
    claims = claims_of(Provider(issuer="i", client_id="c", groups_claim="groups"), found)
    assert claims.groups <= {"a"}
