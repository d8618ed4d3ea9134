"""What the demo suggests is understood and answered, by the bot as it is put together."""

from __future__ import annotations

import re

import pytest

import plugins as built_in
from bot.app import App
from bot.config import Config
from bot.contract.reply import Tone
from bot.db.cipher import Cipher
from bot.demo import LAKESIDE_PERSONAS, PERSONAS, PERSONAS_OF, SUGGESTIONS, SUGGESTIONS_OF, load_demo
from bot.host.discovery import find_plugins
from bot.host.loader import load_plugins
from tests.bot.demo.conftest import NOW
from tests.vectors import seed_vectors


@pytest.fixture
async def app(shared, tmp_path):
    loaded = load_plugins(find_plugins(built_in))
    assert not loaded.broken
    seed_vectors(tmp_path)
    cipher = Cipher(keys={"test": bytes(32)}, seals_with="test")
    made = App(config=Config(home=tmp_path), database=shared, loaded=loaded, cipher=cipher, clock=lambda: NOW)
    await load_demo(shared, made.around, size=300, seed=5, now=NOW)
    yield made
    for around in made._around.values():
        await around.close()


async def ask(app, slug, email, words, thread):
    tenant = await app.tenant(slug)
    return await app.answer(tenant, await app.person(tenant, email), words, thread=thread)


async def test_every_suggestion_is_understood(app):
    for slug, role, question in (
        (slug, role, question)
        for slug, suggestions in SUGGESTIONS_OF.items()
        for role, questions in suggestions.items()
        for question in questions
    ):
        reply = await ask(app, slug, PERSONAS_OF[slug][role], question, thread=f"{role} {question}")
        assert reply.understood, (slug, role, question, reply.text)
        assert reply.tone is not Tone.ASK or reply.choices or reply.waiting, (role, question, reply.text)
        assert not re.search("not sure what you mean|I found no", reply.text), (slug, role, question)


def test_whoever_one_can_be_gets_suggestions():
    for slug, people in PERSONAS_OF.items():
        assert set(SUGGESTIONS_OF[slug]) == set(people) and all(SUGGESTIONS_OF[slug].values())


async def test_writes_that_are_suggested_wait_for_a_yes(app):
    for question in [
        words for words in SUGGESTIONS["support"] if words.startswith(("open a ticket", "suspend"))
    ]:
        reply = await ask(app, "savanna", PERSONAS["support"], question, thread=question)
        assert reply.waiting, (question, reply.text)


async def test_the_outage_hits_exactly_whom_the_truth_names(app):
    from bot.demo import get_truth

    outage = (await get_truth(app.database)).planted["outage"]
    reply = await ask(app, "savanna", PERSONAS["noc"], f"who is affected by {outage['number']}", thread="hit")
    assert f"{len(outage['without_service'])} customers" in reply.text, reply.text
    assert f"{len(outage['critical'])} critical" in reply.text, reply.text


async def test_the_second_provider_answers_from_its_own_rows_without_billing(app):
    assert "billing" not in LAKESIDE_PERSONAS
    asker = LAKESIDE_PERSONAS["support"]
    reply = await ask(app, "lakeside", asker, "show me customer 100234", thread="a")
    assert "Sarah Namukasa" in reply.text and "UGX" in str(reply)
    nobody = await ask(app, "lakeside", asker, "show me customer 100163", thread="b")
    assert "Siobh" not in str(nobody)
    billing = await ask(app, "lakeside", asker, "billing balance customer=100234", thread="c")
    assert "owes" not in billing.text and billing.tone is not Tone.GOOD


async def test_the_agent_of_the_north_does_not_see_the_coast(app):
    reply = await ask(
        app, "savanna", "noor.abdi@savanna-fibre.example", "show me customer 100118", thread="n"
    )
    assert "Baobab" not in str(reply)
    assert "Faith Chebet" in str(
        await ask(app, "savanna", "noor.abdi@savanna-fibre.example", "show me customer 100128", thread="m")
    )
