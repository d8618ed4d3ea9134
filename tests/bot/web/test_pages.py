"""Deciding on a page: the same state as everywhere else, safe forms, and nothing a reader may not see."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.people import set_active
from tests.bot.web.conftest import Browser, Isp, field_of


async def form_of(browser: Browser, call_id: str, **more: str) -> dict[str, str]:
    shown = await browser.get(f"calls/{call_id}")
    assert shown.status_code == 200, shown.text
    return {"csrf": field_of(shown.text, "csrf"), "version": field_of(shown.text, "version"), **more}


async def credit(isp: Isp, customer: str = "1001") -> str:
    reply = await isp.ask("ann", "desk_credit", customer=customer, amount="5")
    assert reply.waiting is not None and reply.call_id
    return reply.call_id


async def test_a_call_is_seen_and_approved(isp: Isp) -> None:
    call_id = await credit(isp)
    ben = await isp.signed_in("ben")
    waiting = await ben.get("waiting")
    assert "Credit a customer: Ann Lee" in waiting.text and "Asked by Ann" in waiting.text
    assert "Amount: 5.00 EUR" in waiting.text and "left, until" in waiting.text
    done = await ben.post(f"calls/{call_id}", await form_of(ben, call_id, do="approve"))
    assert done.status_code == 200 and "Credited 5.00 EUR." in done.text
    assert [entry[1:] for entry in isp.house.device.log] == [("1001", "5.00 EUR")]
    assert "Nothing waits for your yes." in (await ben.get("waiting")).text
    seen = await ben.get(f"calls/{call_id}")
    assert "agreed by Ben" in seen.text and "Credited 5.00 EUR." in seen.text


async def test_a_refusal_has_its_reason(isp: Isp) -> None:
    call_id = await credit(isp)
    ben, ann = await isp.signed_in("ben"), await isp.signed_in("ann")
    told = await ben.post(
        f"calls/{call_id}", await form_of(ben, call_id, do="refuse", reason="<b>no</b> budget")
    )
    assert "Denied" in told.text and "Nothing was changed" in told.text
    seen = await ann.get(f"calls/{call_id}")
    assert "denied by Ben" in seen.text and "&lt;b&gt;no&lt;/b&gt; budget" in seen.text
    assert isp.house.device.log == []


async def test_what_was_decided_elsewhere_is_seen_here_and_the_other_way(isp: Isp) -> None:
    first, second = await credit(isp), await credit(isp, "1002")
    ben = await isp.signed_in("ben")
    late = await form_of(ben, first, do="approve")
    gate = await isp.gate()
    await gate.decide(await isp.user("cat"), first, yes=True)  # as Slack's buttons and the terminal do
    told = await ben.post(f"calls/{first}", late)
    assert told.status_code == 409 and "already approved" in told.text
    await ben.post(f"calls/{second}", await form_of(ben, second, do="approve"))
    with pytest.raises(Exception, match="already approved"):
        await gate.decide(await isp.user("cat"), second, yes=True)
    assert len(isp.house.device.log) == 2


async def test_two_at_once_have_one_effect(isp: Isp) -> None:
    call_id = await credit(isp)
    ben, cat = await isp.signed_in("ben"), await isp.signed_in("cat")
    forms = [await form_of(one, call_id, do="approve") for one in (ben, cat)]
    gate, carl = await isp.gate(), await isp.user("cat")
    answers = await asyncio.gather(
        ben.post(f"calls/{call_id}", forms[0]),
        ben.post(f"calls/{call_id}", forms[0]),
        cat.post(f"calls/{call_id}", forms[1]),
        gate.decide(carl, call_id, yes=True),
        return_exceptions=True,
    )
    assert len(isp.house.device.log) == 1
    wins = [a for a in answers if getattr(a, "status_code", 0) == 200 or type(a).__name__ == "Reply"]
    assert len(wins) == 1, answers


async def test_what_changed_since_it_was_shown_is_shown_again(isp: Isp) -> None:
    call_id = await credit(isp)
    ben = await isp.signed_in("ben")
    seen = await form_of(ben, call_id, do="approve")
    isp.house.device.state["1001"] = "77"
    told = await ben.post(f"calls/{call_id}", seen)
    assert told.status_code == 200 and "The world has changed" in told.text and "77" in told.text
    assert isp.house.device.log == []
    stale = await ben.post(f"calls/{call_id}", seen)
    assert "has changed since it was shown to you" in stale.text
    assert isp.house.device.log == []
    await ben.post(f"calls/{call_id}", await form_of(ben, call_id, do="approve"))
    assert len(isp.house.device.log) == 1


async def test_one_yes_of_two_is_noted(isp: Isp) -> None:
    reply = await isp.ask("ann", "desk_wipe", region="north")
    from bot.core import grants
    from bot.db.grants import NewGrant

    for name in ("ben", "cat"):
        new = NewGrant(user_id=isp.people[name].id, role="support", by="test")
        await grants.grant(isp.house.database, isp.tenant, new, giver=None)
    ben, cat = await isp.signed_in("ben"), await isp.signed_in("cat")
    noted = await ben.post(f"calls/{reply.call_id}", await form_of(ben, reply.call_id, do="approve"))
    assert "Noted." in noted.text and "Agreed so far: Ben" in noted.text
    assert 'value="approve"' not in noted.text
    done = await cat.post(f"calls/{reply.call_id}", await form_of(cat, reply.call_id, do="approve"))
    assert "Restarted north." in done.text


async def test_the_gate_decides_and_not_the_page(isp: Isp) -> None:
    call_id = await credit(isp)
    ann, ben, dan = [await isp.signed_in(one) for one in ("ann", "ben", "dan")]
    own = await form_of(ann, call_id, do="approve")
    assert 'value="approve"' not in (await ann.get(f"calls/{call_id}")).text
    told = await ann.post(f"calls/{call_id}", own)
    assert told.status_code == 403 and "someone else has to approve" in told.text
    for answer in (
        await dan.get(f"calls/{call_id}"),
        await dan.get("calls/00000000-0000-0000-0000-000000000000"),
        await dan.get("calls/nonsense"),
        await dan.post(f"calls/{call_id}", {**own, "csrf": await dan.csrf()}),
    ):
        assert answer.status_code == 404 and "no such call waiting" in answer.text
    form = await form_of(ben, call_id, do="approve")
    await set_active(isp.house.database, isp.tenant, isp.people["ben"].id, active=False, by="test")
    assert (await ben.post(f"calls/{call_id}", form)).status_code == 303
    assert isp.house.device.log == []


async def test_own_calls_are_confirmed_cancelled_and_taken_back(isp: Isp) -> None:
    ann = await isp.signed_in("ann")
    first = (await isp.ask("ann", "desk_suspend", customer="1001")).call_id or ""
    second = (await isp.ask("ann", "desk_suspend", customer="1002")).call_id or ""
    assert "Yes, do it" in (await ann.get("waiting")).text
    gone = await ann.post(f"calls/{second}", await form_of(ann, second, do="refuse"))
    assert "Cancelled" in gone.text
    done = await ann.post(f"calls/{first}", await form_of(ann, first, do="approve"))
    assert "Suspended Ann Lee." in done.text and "Take it back" in done.text
    listed = await ann.get("waiting")
    assert "Take it back" in listed.text and "cancelled" in listed.text
    form = {"csrf": await ann.csrf(), "once": field_of(done.text, "once"), "do": "undo"}
    back = await ann.post(f"calls/{first}", form)
    assert "Resumed Ann Lee." in back.text
    assert isp.house.device.state["1001"] == "active"
    twice = await ann.post(f"calls/{first}", form)
    assert (twice.status_code, "Resumed Ann Lee." in twice.text) == (200, True), (
        "the button was pressed twice"
    )
    again = await ann.post(f"calls/{first}", {"csrf": await ann.csrf(), "do": "undo"})
    assert again.status_code == 409 and "taken back" in again.text
    isp.house.shift = timedelta(minutes=11)
    assert "Take it back" not in (await ann.get("waiting")).text


async def test_a_result_is_for_those_it_concerns(isp: Isp) -> None:
    call_id = await credit(isp)
    ben, cat = await isp.signed_in("ben"), await isp.signed_in("cat")
    await ben.post(f"calls/{call_id}", await form_of(ben, call_id, do="approve"))
    seen = (await cat.get(f"calls/{call_id}")).text
    assert "agreed by Ben" in seen and "Credited" not in seen


async def test_an_expired_call_offers_nothing(isp: Isp) -> None:
    call_id = await credit(isp)
    ben = await isp.signed_in("ben")
    form = await form_of(ben, call_id, do="approve")
    isp.house.shift = timedelta(hours=24, seconds=-30)
    isp.provider.clock = lambda: isp.house.clock().timestamp()
    ben = await isp.signed_in("ben")
    assert 'value="approve"' in (await ben.get(f"calls/{call_id}")).text
    isp.house.shift = timedelta(hours=24, seconds=1)
    seen = await ben.get(f"calls/{call_id}")
    assert "expired" in seen.text and 'value="approve"' not in seen.text
    assert "Credit" not in (await ben.get("waiting")).text
    late = await ben.post(f"calls/{call_id}", {**form, "csrf": await ben.csrf()})
    assert late.status_code == 409


STRANGE: list[tuple[dict, int]] = [
    ({"csrf": ""}, 403),
    ({"csrf": "0" * 64}, 403),
    ({"csrf": "é"}, 403),
    ({"csrf": None}, 403),
    ({"version": None}, 400),
    ({"version": "", "do": "refuse"}, 400),
    ({"do": "explode"}, 400),
    ({"do": None}, 400),
    ({"reason": "x" * (1 << 20)}, 413),
    ({str(n): "x" for n in range(30)}, 400),
]


async def test_forms_that_are_not_ours(isp: Isp) -> None:
    call_id = await credit(isp)
    ben = await isp.signed_in("ben")
    good = await form_of(ben, call_id, do="approve")
    for bent, status in STRANGE:
        form = {name: value for name, value in {**good, **bent}.items() if value is not None}
        told = await ben.post(f"calls/{call_id}", form)
        assert told.status_code == status, (bent, told.text)
        assert "<h1>This did not work</h1>" in told.text
    assert isp.house.device.log == []


async def test_forms_of_another_kind_site_or_session(isp: Isp) -> None:
    call_id = await credit(isp)
    ben, cat = await isp.signed_in("ben"), await isp.signed_in("cat")
    form = await form_of(ben, call_id, do="approve")
    path = ben.path(f"calls/{call_id}")
    for answer, status in (
        (await ben.client.post(path, json=form), 400),
        (await ben.client.post(path, files={"x": b"1"}, data=form), 400),
        (
            await ben.client.post(
                path, content=b"csrf=%ff", headers={"content-type": "application/x-www-form-urlencoded"}
            ),
            400,
        ),
        (await ben.client.post(path, data=form, headers={"sec-fetch-site": "cross-site"}), 403),
        (await ben.client.post(path, data=form, headers={"sec-fetch-site": "same-site"}), 403),
        (await cat.client.post(path, data=form), 403),
        (await ben.client.get(path, params=form), 200),
        (await ben.client.put(path, data=form), 405),
        (await ben.client.post(path, content=b"x" * (3 << 20)), 413),
    ):
        assert answer.status_code == status, answer.text
    assert isp.house.device.log == []
    assert (
        await ben.client.post(path, data=form, headers={"sec-fetch-site": "same-origin"})
    ).status_code == 200


async def test_every_page_is_safe_to_show(isp: Isp) -> None:
    call_id = await credit(isp)
    ben = await isp.signed_in("ben")
    for rest in ("waiting", "you", f"calls/{call_id}", "calls/nonsense", "sign-in/done"):
        shown = await ben.get(rest)
        policy = shown.headers["content-security-policy"]
        assert (
            policy.startswith("default-src 'none'; style-src 'self'") and "frame-ancestors 'none'" in policy
        )
        assert "unsafe" not in policy and "script" not in policy
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert (
            "<script" not in shown.text
            and " style=" not in shown.text
            and "http://" not in shown.text.split("<main")[0]
        )
    style = await ben.client.get("/static/" + shown.text.partition("/static/")[2].partition('"')[0])
    assert (
        style.headers["content-type"].startswith("text/css") and "immutable" in style.headers["cache-control"]
    )
    assert (await ben.client.get("/static/../pages/frame.html")).status_code == 404


async def test_what_people_wrote_is_text(isp: Isp) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=1> [x](javascript:alert(1))'
    reply = await isp.ask("ann", "desk_unlock", customer="1001", password="hunter22")
    noted = await isp.ask("ann", "desk_suspend", customer="1002", reason=evil)
    ann = await isp.signed_in("ann")
    for shown in (await ann.get("waiting"), await ann.get(f"calls/{noted.call_id}")):
        assert "<script>alert" not in shown.text and "<img" not in shown.text
        assert "&lt;script&gt;" in shown.text and 'href="javascript' not in shown.text
        assert "hunter22" not in shown.text
    assert reply.call_id


async def test_you_says_how_far_rights_go_and_gives_a_code(isp: Isp) -> None:
    from bot.core.links import redeem_code

    ann = await isp.signed_in("ann")
    you = await ann.get("you")
    assert "Change customers" in you.text and "everywhere" in you.text and "support" in you.text
    made = await ann.post("you/code", {"csrf": await ann.csrf()})
    code = made.text.partition('class="big">link ')[2].partition("<")[0]
    assert await redeem_code(isp.house.database, isp.tenant, "slack", "T1:U1", code) == isp.people["ann"].id
    assert "T1:U1" in (await ann.get("you")).text
    for _ in range(9):
        await ann.post("you/code", {"csrf": await ann.csrf()})
    assert (await ann.post("you/code", {"csrf": await ann.csrf()})).status_code == 429
    dan = await isp.signed_in("dan")
    assert "Nothing yet. Ask an admin of Acme Fiber for a role." in (await dan.get("you")).text
