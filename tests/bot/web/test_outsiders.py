"""Links for outsiders: opening shows, pressing does, and what is not ours is not there."""

from __future__ import annotations

import pytest

from bot.contract.context import Context
from bot.contract.link import PublicLink
from bot.contract.reply import Reply
from bot.core.seals import TenantSeals, link_address
from bot.core.switch import disable
from bot.errors import NotFound, Unavailable
from bot.host.registry import Owned, Registry
from tests.bot.core.gate_world import CIPHER
from tests.bot.web.conftest import Isp

PUBLIC = "https://bot.example.net"


class Pressed(list[str]):
    """What was done."""

    def link(self, name: str = "stop") -> PublicLink:
        async def show(ctx: Context, about: str) -> Reply:
            return Reply(f"No more about {about}, <b>really</b>?")

        async def run(ctx: Context, about: str) -> Reply:
            if about == "away":
                raise Unavailable("Our system does not answer. Try again later.")
            if about == "none":
                raise NotFound("We know no such thing as the secret 4711.")
            await ctx.effect.check()
            self.append(about)
            return Reply(f"No more about {about}.")

        return PublicLink(name=name, about="Stops", button="Stop it", show=show, run=run)


@pytest.fixture
def pressed(isp: Isp) -> Pressed:
    known, done = isp.house.registry, Pressed()
    isp.house.registry = Registry(known.plugins, [*known._owned, Owned("desk", done.link())])
    isp.house._around.clear()
    return done


def path(isp: Isp, about: str = "EM-1", *, name: str = "stop", plugin: str = "desk", tenant: str = "") -> str:
    seals = TenantSeals(cipher=CIPHER, tenant=tenant or isp.tenant.id, plugin=plugin)
    return link_address(PUBLIC, isp.tenant, seals, plugin, name, about).removeprefix(PUBLIC)


async def test_opening_shows_and_pressing_does(isp: Isp, pressed: Pressed) -> None:
    browser = isp.browser().client
    for ask in (browser.get, browser.get, browser.head):
        shown = await ask(path(isp))
        assert shown.status_code == 200 and not pressed
    shown = await browser.get(path(isp))
    assert "No more about EM-1, &lt;b&gt;really" in shown.text and "Stop it</button>" in shown.text
    assert "sign-in" not in shown.text and "/t/" not in shown.text, "no way into the staff's pages"
    assert "form-action 'self'" in shown.headers["content-security-policy"]
    done = await browser.post(path(isp))
    assert done.status_code == 200 and "No more about EM-1." in done.text and pressed == ["EM-1"]
    assert (await isp.events())[-1] == "link.pressed"


async def test_one_click_of_a_mail_program(isp: Isp, pressed: Pressed) -> None:
    """RFC 8058: a POST without cookies, from anywhere, in either form encoding; no redirect."""
    browser = isp.browser().client
    for how in (
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
    ):
        done = await browser.post(path(isp), headers={"sec-fetch-site": "cross-site"}, **how)
        assert done.status_code == 200
    assert pressed == ["EM-1", "EM-1"]


async def test_what_is_not_ours_is_not_there(isp: Isp, pressed: Pressed) -> None:
    browser, right = isp.browser().client, path(isp)
    wrong = [
        right[:-1],
        right.replace("EM-1", "EM-2"),
        right.replace("/stop/", "/start/"),
        path(isp, name="start"),
        path(isp, plugin="email"),
        path(isp, tenant="11111111-1111-4111-8111-111111111111"),
        right.replace(isp.tenant.slug, "nobody"),
        right.replace(isp.tenant.slug, isp.tenant.id),
    ]
    said = set()
    for one in wrong:
        for answer in (await browser.get(one), await browser.post(one)):
            assert answer.status_code == 404
            said.add(answer.text)
    assert len(said) == 1 and not pressed
    assert (await browser.post(path(isp, "none"))).text in said
    away = await browser.post(path(isp, "away"))
    assert away.status_code == 503 and "Try again later" in away.text
    assert "link.pressed" not in await isp.events()


async def test_one_link_does_not_fill_the_journal(isp: Isp, pressed: Pressed) -> None:
    browser = isp.browser().client
    for _ in range(10):
        assert (await browser.post(path(isp))).status_code == 200
    much = await browser.post(path(isp))
    assert much.status_code == 503 and "Too many presses" in much.text
    assert (await isp.events()).count("link.pressed") == len(pressed) == 10
    assert (await browser.post(path(isp, "EM-2"))).status_code == 200, "another link is another one's"


@pytest.mark.parametrize("part", ["%00", "%ff", "..%2f..", "a%0d%0aSet-Cookie:x", "x" * 3000])
async def test_no_part_of_an_address_breaks_anything(isp: Isp, pressed: Pressed, part: str) -> None:
    browser, right = isp.browser().client, path(isp).split("/")
    for at in range(2, len(right)):
        wrong = "/".join([*right[:at], part, *right[at + 1 :]])
        answer = await browser.get(wrong)
        assert answer.status_code == 404 and "set-cookie" not in answer.headers
    assert not pressed


async def test_off_is_off(isp: Isp, pressed: Pressed) -> None:
    around = isp.house.around(isp.tenant)
    await disable(around, "desk")
    around.forget()
    assert (await isp.browser().client.post(path(isp))).status_code == 404 and not pressed
