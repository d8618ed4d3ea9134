"""A text that somebody typed becomes a letter: greeting, closing and subject as the tenant likes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugins.email.framing import framed, headed
from plugins.email.settings import EmailSettings
from tests.plugins.building import Isp


async def people(isp: Isp) -> None:
    await isp.customer("100234", "Amina Bello", email="amina@example.com")


async def test_a_typed_sentence_becomes_a_letter(open_bench) -> None:
    bench, isp = await open_bench("email")
    await people(isp)
    made = (await bench.act("draft", customer="100234", text="we will call you tomorrow")).data
    isp_name = bench.tenant.name
    assert made.subject == f"{isp_name}: We will call you tomorrow"
    assert made.body == f"Dear Amina Bello,\n\nWe will call you tomorrow.\n\nKind regards\n{isp_name}"
    own = (await bench.act("draft", customer="100234", text="x. y", subject="Your visit")).data
    assert own.subject == "Your visit" and own.body.startswith("Dear Amina Bello,\n\nX. y.")


async def test_a_letter_with_its_own_greeting_goes_as_it_is(open_bench) -> None:
    bench, isp = await open_bench("email")
    await people(isp)
    letter = "Hello Amina,\nwe come at 10.\nSam"
    made = (await bench.act("draft", customer="100234", text=letter)).data
    assert (made.subject, made.body) == (f"{bench.tenant.name}: We come at 10", letter)


async def test_a_template_keeps_its_own_words(open_bench) -> None:
    bench, isp = await open_bench("email")
    await people(isp)
    await isp.insert("isp_email_templates", name="visit", subject="Visit", body="We come, {name}")
    made = (await bench.act("draft", customer="100234", template="visit")).data
    assert (made.subject, made.body) == ("Visit", "We come, Amina Bello")


@pytest.mark.parametrize(
    "args",
    [
        {"template": "an outage notice"},
        {"template": "our outage notice"},
        {"subject": "the outage"},
    ],
)
async def test_a_template_is_known_by_what_it_is_about(open_bench, args: dict[str, str]) -> None:
    bench, isp = await open_bench("email")
    await people(isp)
    await isp.insert("isp_email_templates", name="outage_notice", subject="No service", body="Sorry, {name}")
    made = (await bench.act("draft", customer="100234", **args)).data
    assert (made.subject, made.body) == ("No service", "Sorry, Amina Bello")


async def test_a_reworded_draft_greets_again_and_undo_brings_the_old_one_back(open_bench) -> None:
    bench, isp = await open_bench("email")
    await people(isp)
    made = (await bench.act("draft", customer="100234", text="we call tomorrow")).data
    changed = await bench.act("edit", message=made.number, text="we call on Friday")
    assert changed.data.body == made.body.replace("tomorrow", "on Friday")
    await bench.undo(changed)
    assert await isp.count("isp_emails", "body like '%We call tomorrow.%'") == 1


@pytest.mark.parametrize("greeting", ["Estimado {name},", "Kia ora {name},"])
async def test_an_edit_taken_back_writes_the_letter_as_it_was(open_bench, greeting: str) -> None:
    bench, isp = await open_bench("email")
    await bench.set(greeting=greeting, closing="Saludos\n{isp}")
    await people(isp)
    await isp.insert("isp_email_templates", name="visit", subject="Visit", body="We come, {name}")
    drafts = [
        (await bench.act("draft", customer="100234", text="we call tomorrow")).data,
        (await bench.act("draft", customer="100234", template="visit")).data,
    ]
    for made in drafts:
        for args in ({"text": "we call on Friday"}, {"subject": "New"}):
            back = await bench.undo(await bench.act("edit", message=made.number, **args))
            assert (back.data.body, back.data.subject) == (made.body, made.subject), args


async def test_a_whole_letter_is_not_framed_again_and_a_sentence_is(open_bench) -> None:
    bench, _ = await open_bench("email")
    ctx = await bench.context()
    for letter in (
        "Sehr geehrte Frau Bello,\n\nwir kommen morgen.",
        "Hallo Amina!\nwir kommen morgen.",
        "Ndugu Amina,\ntunakuja kesho.",
        f"We come tomorrow.\n\nKind regards\n{ctx.tenant.name}",
    ):
        assert framed(ctx, letter) == letter
    assert framed(ctx, "Hi-speed internet is back on your line").startswith("Dear {name},")
    own = replace(ctx, settings=EmailSettings(greeting="Kia ora {name},"))
    assert framed(own, "Kia ora Amina,\nwe come") == "Kia ora Amina,\nwe come"


async def test_a_tenant_frames_otherwise_or_not_at_all(open_bench) -> None:
    bench, _ = await open_bench("email")
    ctx = await bench.context()
    bare = replace(ctx, settings=EmailSettings(greeting="", subject="{about}"))
    assert (framed(bare, " our shop opens "), headed(bare, "our shop opens")) == (
        "our shop opens",
        "Our shop opens",
    )
    short = replace(ctx, settings=EmailSettings(greeting="Hi {name}!", closing="", subject=""))
    assert framed(short, "our shop opens") == "Hi {name}!\n\nOur shop opens."
    assert headed(short, "our shop opens. Come by") == "Our shop opens"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("greeting", "Dear {nmae},"),
        ("greeting", "Dear {balance},"),
        ("closing", "{}"),
        ("subject", "{topic}"),
    ],
)
def test_a_place_nobody_could_fill_is_refused_where_it_is_set(setting: str, value: str) -> None:
    with pytest.raises(ValueError, match="is nothing I know here; there is "):
        EmailSettings(**{setting: value})
    EmailSettings(greeting="Jambo {name} ({number}),", closing="{isp}, {today}", subject="{about} | {isp}")
