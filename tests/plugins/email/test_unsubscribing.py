"""News: who wants no more is left out, up to the last moment; each letter says how, and one click is enough."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from bot.api import NotAllowed
from bot.web.site import Probes, make_site
from bot.web.site_pages import make_pages
from plugins.email.chosen import Wanted
from plugins.email.port import MailingKind
from tests.plugins.building import ago
from tests.plugins.email.mailing import AMINA, GRACE, Office
from tests.plugins.email.test_mailings import agreed

PUBLIC = "https://bot.example.net"


@pytest.fixture
async def web(office: Office) -> Any:
    """What outsiders reach."""
    bench = office.bench
    bench.around.public_url = PUBLIC

    async def tenant(_slug: str) -> Any:
        return bench.tenant

    async def ping() -> bool:
        return True

    house: Any = SimpleNamespace(
        tenant=tenant, around=lambda _: bench.around, config=SimpleNamespace(public_url=PUBLIC)
    )
    app = make_site(Probes(ping=ping), pages=lambda: make_pages(house))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=PUBLIC) as client:
        yield client


def link_of(mail: Any) -> str:
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return mail["List-Unsubscribe"].strip("<>")


async def test_one_click_in_a_mailing(office: Office, web: httpx2.AsyncClient):
    asked = await office.bench.act("mass", plan="F100", text="News.")
    assert "It counts as news" in asked.waiting.preview
    assert "Below each text stands their own link to unsubscribe." in asked.waiting.preview
    await agreed(office, plan="F100", text="News.")
    await office.work(seconds=61)
    mail = next(one for one in office.box.mails if one["To"] == "amina@example.com")
    link = link_of(mail)
    assert link.startswith(f"{PUBLIC}/l/{office.bench.tenant.slug}/email/unsubscribe/ML-1001-1/")
    text = mail.get_body(("plain",)).get_content()
    assert text.rstrip().endswith(f"You get this as a customer of Bench Fiber. No more news: {link}")
    assert f'<a href="{link}">' in mail.get_body(("html",)).get_content()
    assert mail["Precedence"] == "bulk"
    for _ in range(3):
        shown = await web.get(link)
        assert shown.status_code == 200 and "a•••@example.com?" in shown.text
    assert (await office.bench.act("stopped")).data == (), "looking is not pressing"
    done = await web.post(link, data={"List-Unsubscribe": "One-Click"})
    assert "gets no more news from Bench Fiber" in done.text and "amina@" not in done.text
    assert (await office.bench.act("stopped")).table.rows[0][:3] == (
        "amina@example.com",
        AMINA,
        "wants no news",
    )
    again = await web.post(link)
    assert again.status_code == 200
    later = await office.bench.act("mass", plan="F100", text="News.")
    assert (
        "1 customer (all on Fibre 100)" in later.waiting.preview
        and "Left out: 1 unsubscribed" in later.waiting.preview
    )


async def test_what_is_about_their_service_still_reaches_them(office: Office, web: httpx2.AsyncClient):
    del web
    await office.bench.act("unsubscribe", customer=AMINA)
    await office.isp.insert(
        "isp_outages",
        number="OUT-0042",
        title="PON dark",
        port_id=office.isp.ids["olt-1 PON 1/1"],
        started_at=ago(minutes=12),
    )
    for args in ({"outage": "OUT-0042"}, {"overdue_days": 30}, {"site": "NTH-03", "kind": "service"}):
        asked = await office.bench.act("mass", text="A fault.", **args)
        assert "It counts as being about their service" in asked.waiting.preview
        assert "amina@example.com" in asked.waiting.preview and "unsubscribe" not in asked.waiting.preview
    await agreed(office, outage="OUT-0042", text="A fault.")
    await office.work(seconds=61)
    assert len(office.box.mails) == 2
    for mail in office.box.mails:
        assert mail["List-Unsubscribe"] is None and "unsubscribe" not in str(mail)
    await office.send("Your invoice.")
    await office.work()
    assert office.box.mails[-1]["List-Unsubscribe"] is None and office.box.mails[-1]["Precedence"] is None


def test_kinds():
    some = Wanted(customers=("1",))
    assert Wanted(overdue_days=3).about("") == "service" and some.about("Merry Christmas.") == "news"
    for said in (
        "work tonight 1 to 3",
        "Planned maintenance\nDear all",
        "No internet from 01:00, a fibre cut",
    ):
        assert some.about(said) == "service"
    assert some.about("After the maintenance: 20% off, an offer.") == "news"
    assert Wanted(customers=("1",), kind=MailingKind.NEWS).about("work tonight") == "news"


async def test_without_a_public_address_there_is_no_header(office: Office):
    asked = await office.bench.act("mass", plan="F100", text="News.")
    assert "no public address" in asked.waiting.preview
    await agreed(office, plan="F100", text="News.")
    await office.work(seconds=61)
    assert {mail["List-Unsubscribe"] for mail in office.box.mails} == {None}


@pytest.mark.parametrize("kind", ["news", "service"])
async def test_who_stopped_since_is_left_out_when_their_turn_comes(office: Office, kind: str):
    await agreed(office, plan="F100", text="News.", kind=kind)
    await office.bench.act("unsubscribe", customer=GRACE)
    port = await office.bench.around.port("email")
    context = await office.bench.context(writes=True)
    from plugins.email.port import Stop

    gone = Stop(address="Amina@example.com", reason="bounced", at=office.bench.now, by="mail server")
    await port.stop(context.effect, gone)
    await office.work(seconds=61)
    sent = [mail["To"] for mail in office.box.mails]
    assert sent == ([] if kind == "news" else ["grace@example.com"])
    told = (await office.bench.act("mailing", mailing="ML-1001")).text
    assert "1 bounced before" in told and ("1 unsubscribed" in told) is (kind == "news")
    left = await office.look("ML-1001-1")
    assert (left.status, left.error) == ("left out", "Left out: the address bounced before.")
    assert (await office.work(hours=1)) is None and len(office.box.mails) == len(sent)


async def test_who_left_themselves_comes_back_by_an_admin(office: Office, web: httpx2.AsyncClient):
    await agreed(office, customers=[AMINA], text="News.")
    await office.work(seconds=61)
    await web.post(link_of(office.box.mails[0]))
    support = await office.bench.person("Sam Support", ["email:send", "email:read", "customers:read"])
    with pytest.raises(NotAllowed, match=r"Amina Bello unsubscribed themselves, .* an admin does it"):
        await office.bench.act("allow", user=support, customer=AMINA)
    assert "they said so themselves" in (await office.bench.act("log", customer=AMINA)).text
    assert "is written to again" in (await office.bench.act("allow", customer=AMINA)).text
    assert await office.bench.events("allow")
    assert (await office.bench.act("stopped")).data == ()


async def test_two_reasons_are_lifted_one_by_one(office: Office):
    await office.bench.act("unsubscribe", customer=AMINA)
    office.box.rcpt = ["550 5.1.1 no such user"]
    await office.send()
    await office.work()
    first = await office.bench.act("allow", customer=AMINA)
    assert (
        "is written to again (amina@example.com bounced" in first.text
        and "But amina@example.com wants no news" in first.text
    )
    await office.bench.act("allow", customer=AMINA)
    assert (await office.bench.act("stopped")).data == ()


async def test_html_says_what_the_text_says_and_no_more(office: Office):
    await office.isp.customer("666", '<script>alert(1)</script> & "Sons"', email="sons@example.com")
    await office.send(
        "Dear {name},\nsee https://example.com/a?b=1&c=<x>.\n\n<b>Bold</b> & 'quoted' javascript:alert(1)\n\nhttps://x.example/\"onload=y",
        customer="666",
    )
    await office.work()
    (mail,) = office.box.mails
    assert mail.get_content_type() == "multipart/alternative"
    html, plain = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    assert '<script>alert(1)</script> & "Sons"' in plain
    assert re.findall(r"<(\w+)", html) == [
        "html", "head", "meta", "meta", "title", "body", "div", "p", "p", "br", "a", "p", "p", "a",
    ]  # fmt: skip
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Sons&quot;" in html
    assert '<a href="https://example.com/a?b=1&amp;c=">' in html and 'href="https://x.example/">' in html
    await office.bench.set(html="false")
    await office.send("Plain.")
    await office.work()
    assert office.box.mails[-1].get_content_type() == "text/plain"
