"""A link code lets in whoever just signed in at the provider, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.links import issue_code
from bot.db.links import find_links
from bot.web.browsers import browser_name
from tests.bot.web.conftest import Browser, Isp, field_of


async def turned_away(isp: Isp) -> tuple[Browser, dict[str, str]]:
    isp.provider.person.claims = {"email": "dan@home.example", "email_verified": True}
    isp.provider.person.sub = "sub-dan"
    browser = isp.browser()
    came = await browser.sign_in()
    assert came.status_code == 403 and "Ask an admin" in came.text
    code, _until = await issue_code(
        isp.house.database, isp.tenant, isp.people["dan"].id, by="test", now=isp.house.clock()
    )
    return browser, {"csrf": field_of(came.text, "csrf"), "code": code}


async def links_of(isp: Isp) -> list[tuple[str, str]]:
    async with isp.house.database.tenant(isp.tenant.id) as session:
        return [(one.external_id, one.how) for one in await find_links(session)]


async def test_a_code_makes_an_account_known(isp: Isp) -> None:
    browser, form = await turned_away(isp)
    told = await browser.post("sign-in/code", {**form, "code": form["code"].lower()})
    assert told.status_code == 303, told.text
    assert "dan@acme.example" in (await browser.get("you")).text
    assert await links_of(isp) == [(f"{isp.provider.issuer}|sub-dan", "code")]
    assert (await isp.browser().sign_in()).status_code == 303, "known from now on"


async def test_a_wrong_code_is_counted_and_a_good_one_counts_once(isp: Isp) -> None:
    browser, form = await turned_away(isp)
    again = isp.browser()
    again.client.cookies.update(browser.client.cookies)
    assert (await browser.post("sign-in/code", {**form, "code": "AAAAA-AAAAA"})).status_code == 400
    browser.client.cookies.update(again.client.cookies)
    assert (await browser.post("sign-in/code", form)).status_code == 303
    assert (await again.post("sign-in/code", form)).status_code == 400
    for _ in range(5):
        last = await again.post("sign-in/code", form)
    assert last.status_code == 403 and "Too many wrong codes" in last.text


@pytest.mark.parametrize("bent", [{"csrf": ""}, {"csrf": "0" * 64}])
async def test_a_form_of_somebody_else(isp: Isp, bent: dict[str, str]) -> None:
    browser, form = await turned_away(isp)
    assert (await browser.post("sign-in/code", {**form, **bent})).status_code == 403
    assert await links_of(isp) == []


async def test_an_account_is_remembered_for_this_tenant_this_provider_and_a_while(isp: Isp) -> None:
    browser, form = await turned_away(isp)
    bare = await isp.browser().post("sign-in/code", form)
    assert bare.status_code == 400 and "too long ago" in bare.text
    isp.house.shift = timedelta(minutes=16)
    assert (await browser.post("sign-in/code", form)).status_code == 400
    isp.house.shift = timedelta()
    await isp.set(issuer="https://id.other.example")
    assert (await browser.post("sign-in/code", form)).status_code == 400
    assert await links_of(isp) == []


async def test_what_a_group_gave_is_gone_once_the_settings_say_otherwise(isp: Isp) -> None:
    await isp.set(groups_claim="groups", role_groups={"admin": ("ops",)})
    isp.provider.person.claims["groups"] = ["ops"]
    browser, form = await turned_away(isp)
    await isp.set(groups_claim="groups", role_groups={"support": ("ops",)})
    late = await browser.post("sign-in/code", form)
    assert late.status_code == 400 and "too long ago" in late.text
    assert await links_of(isp) == []


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("<script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_by_their_common_names(named: str, said: str) -> None:
    assert browser_name(named) == said
