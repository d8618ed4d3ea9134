"""Signing in against a real provider on loopback: who comes in, and everybody who must not."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from bot.core import links, people, web_sessions
from bot.core.sso import drop_provider
from bot.db.links import find_links
from bot.web import door
from tests.bot.web.conftest import Isp, TestHouse, found
from tests.oidcd import Oidcd
from tests.oidcd.provider import b64, rsa_key


async def test_a_verified_address_comes_in_and_is_linked(isp: Isp) -> None:
    browser = isp.browser()
    front = await browser.get("sign-in")
    assert (front.status_code, "127.0.0.1" in front.text) == (200, True)
    came = await browser.sign_in()
    assert (came.status_code, came.headers["location"]) == (303, browser.path("waiting"))
    you = await browser.get("you")
    assert "ann@acme.example" in you.text and "Change customers" in you.text
    async with isp.house.database.tenant(isp.tenant.id) as session:
        [link] = await find_links(session, isp.people["ann"].id)
    assert (link.surface, link.external_id, link.how) == ("web", f"{isp.provider.issuer}|u-1", "email")
    assert (await isp.events())[-1] == "web.signed_in"
    assert isp.provider.faults == []


async def test_a_token_for_several_of_which_we_are_the_one_that_asked(isp: Isp) -> None:
    isp.provider.bend = lambda claims: claims.update(aud=["another", "backhaul"], azp="backhaul")
    assert (await isp.browser().sign_in()).status_code == 303


async def test_a_link_is_enough_without_any_address(isp: Isp) -> None:
    isp.provider.person.claims = {}
    account = f"{isp.provider.issuer}|u-1"
    await links.link(isp.house.database, isp.tenant, "web", account, isp.people["ben"].id, by="test")
    browser = isp.browser()
    assert (await browser.sign_in()).status_code == 303
    assert "ben@acme.example" in (await browser.get("you")).text
    assert "userinfo" in isp.provider.asked


async def test_the_address_may_come_from_userinfo_of_the_same_subject(isp: Isp) -> None:
    isp.provider.person.claims = {}
    isp.provider.person.userinfo = {"email": "ann@acme.example", "email_verified": True}
    assert (await isp.browser().sign_in()).status_code == 303
    isp.provider.person.sub = "u-2"
    isp.provider.person.userinfo = {"email": "ann@acme.example", "email_verified": True, "sub": "u-9"}
    assert (await isp.browser().sign_in()).status_code == 403


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"email": "ann@acme.example"}, "does not vouch that ann@acme.example is yours"),
        ({"email": "ann@acme.example", "email_verified": False}, "does not vouch"),
        ({"email": "ann@acme.example", "email_verified": "no"}, "does not vouch"),
        ({"email": "ann@acme.example", "xms_edov": True}, "does not vouch"),
        ({"email": "ann@evil.example", "email_verified": True}, "nobody in by an address at evil.example"),
        ({"email": "ann@evil.example@acme.example", "email_verified": True}, "add you as a user"),
        (
            {"email": "new@acme.example", "email_verified": True},
            "add you as a user with the e-mail address new@acme.example",
        ),
        ({}, "web account"),
    ],
)
async def test_a_stranger_is_told_whom_to_ask_and_nobody_is_made(isp: Isp, claims: dict, says: str) -> None:
    isp.provider.person.claims = claims
    browser = isp.browser()
    came = await browser.sign_in()
    assert came.status_code == 403
    assert says in came.text and "Ask an admin of Acme Fiber" in came.text
    assert not [one for one in came.headers.get_list("set-cookie") if "session" in one]
    assert (await browser.get("you")).status_code == 303
    async with isp.house.database.tenant(isp.tenant.id) as session:
        assert await find_links(session) == []
    assert (await isp.events())[-1] == "web.refused"


async def test_a_deactivated_person_stays_out_and_a_session_ends_at_once(isp: Isp) -> None:
    browser = await isp.signed_in("ben")
    await people.set_active(isp.house.database, isp.tenant, isp.people["ben"].id, active=False, by="test")
    assert (await browser.get("waiting")).status_code == 303
    came = await browser.sign_in()
    assert came.status_code == 403 and "deactivated" in came.text
    await people.set_active(isp.house.database, isp.tenant, isp.people["ben"].id, active=True, by="test")
    assert (await browser.get("waiting")).status_code == 303, "the old session must not come back"


async def refused(isp: Isp, what: object = "") -> None:
    browser = isp.browser()
    came = await browser.sign_in()
    assert came.status_code == 403, (what, came.text)
    assert "could not be verified" in came.text
    assert (await browser.get("you")).status_code == 303
    async with isp.house.database.tenant(isp.tenant.id) as session:
        assert await find_links(session) == []


MISFITS: list[dict] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": "another", "azp": "backhaul"},
    {"aud": ["backhaul", "another"]},
    {"aud": ["backhaul", "another"], "azp": "another"},
    {"aud": None},
    {"iss": "http://127.0.0.1:1"},
    {"iss": None},
    {"exp": int(time.time()) - 120},
    {"exp": None},
    {"exp": "soon"},
    {"nbf": int(time.time()) + 600},
    {"iat": None},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 501},
    {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
]


async def test_claims_that_do_not_fit(isp: Isp) -> None:
    for bent in MISFITS:
        isp.provider.bend = bending(bent)
        await refused(isp, bent)


def bending(bent: dict):
    def bend(claims: dict) -> None:
        claims.update(bent)
        for name, value in bent.items():
            if value is None:
                del claims[name]

    return bend


def none_signed(claims: dict) -> str:
    return f"{b64({'alg': 'none', 'typ': 'JWT'})}.{b64(claims)}."


def hmac_signed(isp: Isp, secret: bytes):
    def sign(claims: dict) -> str:
        head = f"{b64({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{b64(claims)}"
        return f"{head}.{b64(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"

    return sign


async def test_unsigned_and_shared_secret_signatures(isp: Isp) -> None:
    isp.provider.sign = none_signed
    await refused(isp)
    isp.provider.sign = hmac_signed(isp, isp.provider.key.as_pem(private=False))
    await refused(isp)
    isp.provider.sign = hmac_signed(isp, json.dumps(isp.provider.key.as_dict(private=False)).encode())
    await refused(isp)
    isp.provider.sign = hmac_signed(isp, (isp.provider.secret or "").encode())
    await refused(isp)
    oct_key = OctKey.import_key("k" * 32, {"kid": "shared"})
    isp.provider.jwks_extra = [oct_key.as_dict(private=True)]
    isp.provider.sign = lambda claims: jwt.encode({"alg": "HS256", "kid": "shared"}, claims, oct_key)
    await refused(isp)


async def test_a_key_the_provider_does_not_publish(isp: Isp) -> None:
    other = rsa_key("two")
    isp.provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, other)
    await refused(isp)
    isp.provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, other)
    await refused(isp)
    isp.provider.sign = lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "one", "jwk": other.as_dict(private=False)}, claims, other
    )
    await refused(isp)
    isp.provider.sign = lambda claims: isp.provider.signed(claims)[:-4] + "AAAA"
    await refused(isp)
    isp.provider.sign = lambda claims: "nothing of the kind"
    await refused(isp)


async def test_a_new_key_is_fetched_when_it_signs(isp: Isp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.discovery.AGAIN", 0.0)
    await isp.signed_in("ben")
    isp.provider.key = rsa_key("two")
    isp.provider.published = [isp.provider.key]
    await isp.signed_in("ben")
    assert isp.provider.asked.count("discovery") == 1
    assert isp.provider.asked.count("keys") == 2


async def test_an_answer_counts_once_and_only_in_the_browser_that_began(isp: Isp) -> None:
    mine, theirs = isp.browser(), isp.browser()
    back = await mine.leave()
    assert (await theirs.client.get(back)).status_code == 400, "no cookie: login csrf"
    await theirs.leave()
    assert (await theirs.client.get(back)).status_code == 400, "another attempt's state"
    kept = dict(mine.client.cookies)
    assert (await mine.client.get(back)).status_code == 303
    mine.client.cookies.update(kept)
    again = await mine.client.get(back)
    assert again.status_code == 400 and "used already" in again.text


async def test_a_state_is_used_up_even_when_the_code_is_not(isp: Isp) -> None:
    browser = isp.browser()
    back = await browser.leave()
    kept = dict(browser.client.cookies)
    where, state = back.partition("?")[0], parse_qs(urlsplit(back).query)["state"][0]
    iss = isp.provider.issuer
    denied = await browser.client.get(
        f"{where}?{urlencode({'state': state, 'error': 'access_denied', 'iss': iss})}"
    )
    assert denied.status_code == 403 and "access denied" in denied.text
    browser.client.cookies.update(kept)
    assert (await browser.client.get(back)).status_code == 400


async def test_a_code_from_elsewhere_does_not_fit_this_browser(isp: Isp) -> None:
    """PKCE: a stolen code is worth nothing with another verifier."""
    mine, thief = isp.browser(), isp.browser()
    stolen = parse_qs(urlsplit(await mine.leave()).query)["code"][0]
    back = await thief.leave()
    own = parse_qs(urlsplit(back).query)
    bent = {"state": own["state"][0], "iss": own["iss"][0], "code": stolen}
    came = await thief.client.get(f"{back.partition('?')[0]}?{urlencode(bent)}")
    assert came.status_code == 403
    assert isp.provider.faults == ["grant"]


async def test_ten_minutes_are_enough(isp: Isp) -> None:
    browser = isp.browser()
    back = await browser.leave()
    isp.house.shift = timedelta(minutes=11)
    assert (await browser.client.get(back)).status_code == 400


@pytest.mark.parametrize("iss", ["https://evil.example", ""])
async def test_another_issuer_in_the_answer(isp: Isp, iss: str) -> None:
    browser = isp.browser()
    back = await browser.leave()
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    query["iss"] = iss
    came = await browser.client.get(f"{back.partition('?')[0]}?{urlencode(query)}")
    assert came.status_code == 403


async def test_a_provider_that_was_changed_meanwhile(isp: Isp) -> None:
    browser = isp.browser()
    back = await browser.leave()
    await isp.set(client_id="another")
    assert (await browser.client.get(back)).status_code == 400


async def test_settings_that_change_while_the_code_is_redeemed(isp: Isp) -> None:
    """What the groups of the old settings gave must not outlive them."""
    await isp.set(groups_claim="groups", role_groups={"support": ("Ops",)})
    isp.provider.person.claims |= {"groups": ["Ops"]}
    browser = isp.browser()
    back = await browser.leave()
    redeem = door.redeem

    async def change_first(*args: object, **more: object) -> object:
        claims = await redeem(*args, **more)
        await isp.set(groups_claim="groups", role_groups={})
        return claims

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "redeem", change_first)
        came = await browser.client.get(back)
    assert came.status_code == 409 and "was changed while you did" in came.text
    assert await web_sessions.find(isp.house.database, isp.tenant, now=isp.house.clock()) == []
    assert (await browser.sign_in()).status_code == 303


async def test_another_tenants_provider_session_and_attempt(house: TestHouse, isp: Isp) -> None:
    async with Oidcd() as elsewhere:
        other = await found(house, elsewhere)
        stranger = await other.signed_in("ann")
        token = stranger.client.cookies[f"backhaul-session-{other.tenant.slug}"]
        mine = isp.browser()
        mine.client.cookies.set(f"backhaul-session-{isp.tenant.slug}", token)
        assert (await mine.get("you")).status_code == 303
        back = await stranger.leave()
        attempt = stranger.client.cookies[f"backhaul-sign-in-{other.tenant.slug}"]
        mine.client.cookies.set(f"backhaul-sign-in-{isp.tenant.slug}", attempt)
        came = await mine.client.get(back.replace(other.tenant.slug, isp.tenant.slug))
        assert came.status_code == 400
        for client in other.opened:
            await client.aclose()


async def test_a_session_is_new_after_signing_in(isp: Isp) -> None:
    browser = isp.browser()
    name = f"backhaul-session-{isp.tenant.slug}"
    browser.client.cookies.set(name, "planted", domain="127.0.0.1")
    came = await browser.sign_in()
    first = came.cookies[name]
    assert first != "planted"
    again = await browser.sign_in()
    assert again.cookies[name] != first
    thief = isp.browser()
    for old in ("planted", first):
        thief.client.cookies.set(name, old)
        assert (await thief.get("you")).status_code == 303


async def test_cookies_by_https_and_on_this_machine(isp: Isp) -> None:
    plain = (await isp.browser().sign_in()).headers["set-cookie"]
    assert "HttpOnly" in plain and "SameSite=lax" in plain and "Secure" not in plain
    isp.house.public("https://bot.example.net")
    browser = isp.browser("https://bot.example.net")
    came = await browser.sign_in()
    assert came.status_code == 303, came.text
    [cookie] = [c for c in came.headers.get_list("set-cookie") if "session" in c]
    assert cookie.startswith(f"__Host-backhaul-session-{isp.tenant.slug}=")
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=86400"))
    assert "Domain" not in cookie
    assert (await browser.get("you")).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "evil.example:80#127.0.0.1", ""],
)
async def test_the_host_header_is_not_believed(isp: Isp, host: str) -> None:
    browser = isp.browser()
    for path in ("sign-in", "sign-in/start"):
        told = await browser.get(path, headers={"host": host})
        assert told.status_code == 403 and "BACKHAUL_PUBLIC_URL" in told.text
    isp.house.public("https://bot.example.net")
    start = await browser.get(
        "sign-in/start", headers={"host": host or "x", "x-forwarded-host": "evil.example"}
    )
    sent = parse_qs(urlsplit(start.headers["location"]).query)["redirect_uri"][0]
    assert sent == f"https://bot.example.net/t/{isp.tenant.slug}/sign-in/done"


ELSEWHERE = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/t/other/waiting",
    "javascript:alert(1)",
    "/t/{slug}/../../x",
    "/t/{slug}/calls/..%2f..",
    "/t/{slug}/waiting\n",
    "/t/{slug}/waiting?x=//evil",
    "/healthz",
    "/t/{slug}@evil.example/waiting",
]


async def test_next_stays_here(isp: Isp) -> None:
    for wanted in ELSEWHERE:
        browser = isp.browser()
        came = await browser.sign_in(wanted.replace("{slug}", isp.tenant.slug))
        assert came.headers["location"] == browser.path("waiting"), wanted


async def test_next_leads_to_the_call_a_notice_spoke_of(isp: Isp) -> None:
    asked = await isp.ask("ann", "desk_credit", customer="1001", amount="5")
    browser = isp.browser()
    isp.provider.person.claims["email"] = "ben@acme.example"
    first = await browser.get(f"calls/{asked.call_id}")
    wanted = parse_qs(urlsplit(first.headers["location"]).query)["next"][0]
    came = await browser.sign_in(wanted)
    assert came.headers["location"] == browser.path(f"calls/{asked.call_id}")


async def test_nobody_is_told_which_tenants_there_are(isp: Isp) -> None:
    assert (await isp.browser().get(f"/t/{isp.tenant.id}/sign-in")).status_code == 404
    await drop_provider(isp.house.database, isp.tenant, by="test")
    browser = isp.browser()
    off = await browser.get("sign-in")
    none = await browser.get("/t/nobody-here/sign-in")
    by_id = await browser.get(f"/t/{isp.tenant.id}/sign-in")
    assert off.status_code == none.status_code == by_id.status_code == 404
    assert "backhaul sso set" in off.text and off.text == none.text.replace(none.url.path, off.url.path)
    assert "no sign-in at this address" in off.text and "no sign-in at this address" in none.text
    for path in ("sign-in", "sign-in/start", "sign-in/done", "waiting", "you", "calls/1"):
        there, nowhere = await browser.get(path), await browser.get(f"/t/nobody-here/{path}")
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text), path
    out = await browser.post("sign-out", {})
    assert out.status_code == 404 and isp.tenant.name not in out.text


async def test_off_ends_every_session(isp: Isp) -> None:
    browser = await isp.signed_in("ann")
    assert await drop_provider(isp.house.database, isp.tenant, by="test") == 1
    assert (await browser.get("you")).status_code == 404


async def test_a_provider_that_does_not_answer_or_talks_nonsense(isp: Isp) -> None:
    isp.provider.metadata = {"token_endpoint": f"{isp.provider.issuer}/nowhere"}
    lost = await isp.browser().sign_in()
    assert lost.status_code == 503 and "127.0.0.1" in lost.text
    await isp.set(issuer="http://127.0.0.1:1")
    assert (await isp.browser().get("sign-in/start")).status_code == 503


async def test_tries_are_counted(isp: Isp) -> None:
    browser = isp.browser(client=("203.0.113.9", 1))
    answers = [await browser.get("sign-in/start") for _ in range(31)]
    assert [one.status_code for one in answers[:30]] == [303] * 30
    assert answers[30].status_code == 429 and "Too many tries to sign in" in answers[30].text
    assert (await isp.browser(client=("203.0.113.10", 1)).get("sign-in/start")).status_code == 303


@pytest.mark.parametrize(
    ("secret", "auth"), [(None, "none"), ("abc", "client_secret_post"), ("a b:%/", "client_secret_basic")]
)
async def test_the_ways_to_say_which_client_this_is(house: TestHouse, secret: str | None, auth: str) -> None:
    async with Oidcd(secret=secret, auth=auth) as provider:
        isp = await found(house, provider)
        await isp.signed_in("ann")
        assert provider.faults == []
        for client in isp.opened:
            await client.aclose()


async def test_groups_give_roles_while_the_session_lives(isp: Isp) -> None:
    await isp.set(groups_claim="groups", role_groups={"billing": ("Money people",)}, domains=())
    isp.provider.person.claims = {
        "email": "dan@acme.example",
        "email_verified": True,
        "groups": ["Money people", 7],
    }
    browser = isp.browser()
    assert (await isp.user("dan")).roles == frozenset()
    assert (await browser.sign_in()).status_code == 303
    assert (await isp.user("dan")).roles == {"billing"}
    assert (await isp.user("dan")).may("desk:money")
    assert "groups" in next(one for one in isp.provider.asked if one.startswith("/authorize"))
    isp.house.shift = timedelta(hours=8, minutes=1)
    assert (await isp.user("dan")).roles == frozenset()
    assert (await browser.get("you")).status_code == 303


async def test_sessions_end_when_idle_and_after_a_day(isp: Isp) -> None:
    browser = await isp.signed_in("ann")
    for hours in (7, 14, 21):
        isp.house.shift = timedelta(hours=hours)
        assert (await browser.get("you")).status_code == 200
    isp.house.shift = timedelta(hours=24, seconds=1)
    assert (await browser.get("you")).status_code == 303


async def test_an_account_that_is_unlinked_is_out_at_once_with_its_roles(isp: Isp) -> None:
    await isp.set(groups_claim="groups", role_groups={"billing": ("Money people",)}, domains=())
    isp.provider.person.claims |= {"email": "dan@acme.example", "groups": ["Money people"]}
    browser = isp.browser()
    assert (await browser.sign_in()).status_code == 303
    assert (await isp.user("dan")).roles == {"billing"}
    await links.unlink(isp.house.database, isp.tenant, "web", f"{isp.provider.issuer}|u-1", by="test")
    assert (await browser.get("you")).status_code == 303
    assert (await isp.user("dan")).roles == frozenset()


async def test_signing_out_here_and_elsewhere(isp: Isp) -> None:
    here, there = await isp.signed_in("ann"), await isp.signed_in("ann")
    token = here.client.cookies[f"backhaul-session-{isp.tenant.slug}"]
    assert len(await web_sessions.find(isp.house.database, isp.tenant, now=isp.house.clock())) == 2
    out = await here.post("sign-out", {"csrf": await here.csrf()})
    assert out.status_code == 200 and "signed out" in out.text
    here.client.cookies.set(f"backhaul-session-{isp.tenant.slug}", token)
    assert (await here.get("you")).status_code == 303
    again = await isp.signed_in("ann")
    [other] = list(await web_sessions.find(isp.house.database, isp.tenant, now=isp.house.clock()))[1:]
    ended = await again.post(f"you/sessions/{other.id}", {"csrf": await again.csrf()})
    assert ended.status_code == 303
    assert (await there.get("you")).status_code == 303
    ben = await isp.signed_in("ben")
    [anns] = await web_sessions.find(
        isp.house.database, isp.tenant, now=isp.house.clock(), user_id=isp.people["ann"].id
    )
    assert (await ben.post(f"you/sessions/{anns.id}", {"csrf": await ben.csrf()})).status_code == 404
    assert (
        await web_sessions.end_all(
            isp.house.database, isp.tenant, isp.people["ann"].id, name="Ann", by="test"
        )
        == 1
    )
    assert (await again.get("you")).status_code == 303


async def test_no_token_lies_in_the_database(isp: Isp) -> None:
    from sqlalchemy import text

    browser = await isp.signed_in("ann")
    token = browser.client.cookies[f"backhaul-session-{isp.tenant.slug}"]
    async with isp.house.database.tenant(isp.tenant.id) as session:
        rows = (await session.execute(text("select s::text from web_sessions s"))).scalars().all()
        secret = (await session.execute(text("select p::text from sso_providers p"))).scalar_one()
        audit = " ".join((await session.execute(text("select a::text from audit a"))).scalars())
    assert rows and all(token not in row for row in rows)
    assert isp.provider.secret not in secret and isp.provider.secret not in audit and token not in audit
