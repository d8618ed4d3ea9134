"""Who may do something, and what somebody may do."""

from __future__ import annotations

import pytest

from bot.api import Ambiguous, NotFound


@pytest.fixture
async def desk(bench):
    return await bench("admin", "customers", "billing", "tickets", "network", "local")


async def test_who_may_do_something_is_named_with_limits_for_those_who_see_people(desk):
    await desk.approve(
        await desk.act("allow", role="noc", permission="give credits", max_amount="50 EUR"), user=desk.ann
    )
    await desk.approve(await desk.act("grant", person="eve", role="noc"), user=desk.ann)
    said = await desk.act("who_may", what="give credits")
    assert "Eve Elder" in said.text and "give a customer a credit note" in said.text
    row = next(row for row in said.table.rows if row[0] == "Eve Elder")
    assert row[1] == "noc" and str(row[3]) == "50.00 EUR"
    asker = await desk.person("Zoe Zed", ["admin:self"])
    seen = await desk.act("who_may", user=asker, what="give credits")
    assert seen.text == said.text and seen.table is None


async def test_what_is_not_known_or_may_be_several_things_is_said(desk):
    with pytest.raises(NotFound, match="close tickets"):
        await desk.act("who_may", what="make coffee")
    with pytest.raises(NotFound, match="No plugin that is on"):
        await desk.act("who_may", what="coffee:make")
    with pytest.raises(Ambiguous) as asked:
        await desk.act("who_may", what="add")
    assert all(choice.words.startswith("admin who_may") for choice in asked.value.choices)
    with pytest.raises(Ambiguous, match="nothing here that is called “delete customers”") as near:
        await desk.act("who_may", what="delete customers")
    assert near.value.choices
    with pytest.raises(Ambiguous) as of_one:
        await desk.act("rights_of", person="eve", what="add")
    assert all("admin rights_of person=" in choice.words for choice in of_one.value.choices)


async def test_one_persons_rights_and_one_right_of_them(desk):
    await desk.approve(await desk.act("grant", person="eve", role="support"), user=desk.ann)
    said = await desk.act("rights_of", person="eve")
    assert "Eve Elder holds" in said.text and said.table.rows
    yes = await desk.act("rights_of", person="eve", what="close tickets")
    assert yes.data is True and "by the role support" in yes.text
    no = await desk.act("rights_of", person="eve", what="give credits")
    assert no.data is False and "`billing:credit`" in no.text


async def test_whoever_is_out_may_nothing(desk):
    await desk.approve(await desk.act("deactivate", person="eve"), user=desk.ann)
    assert "is deactivated" in (await desk.act("rights_of", person=desk.eve.email)).text


async def test_anybody_and_a_yes_are_not_part_of_what_is_done(desk):
    plain = await desk.act("who_may", what="give credits")
    for what in ("give credits to anybody", "approve credits"):
        assert (await desk.act("who_may", what=what)).text == plain.text


async def test_nobody_approves_what_only_reads(desk):
    with pytest.raises(Ambiguous, match="nothing here that is called “approve outages”") as asked:
        await desk.act("who_may", what="approve outages")
    assert "admin who_may network_declare" in [one.words for one in asked.value.choices]
    assert "may" in (await desk.act("who_may", what="see outages")).text
