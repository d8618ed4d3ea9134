"""Mention to reply over Socket Mode: slack-bolt and slack_sdk as installed, against a real server."""

from __future__ import annotations

from bot.contract.people import Tenant
from tests.bot.slack.conftest import HOW_TO_LINK, Office


async def test_mention_is_answered_once_in_its_thread(socket_office: Office) -> None:
    slack = socket_office.slack
    ts = await slack.seat("UANN").say("CNOC", "<@UBOT> status of <#C1|core> &amp; <mailto:a@b.c|a@b.c>")
    await socket_office.queue.idle()
    [reply] = slack.world.replies("CNOC")
    assert reply["thread_ts"] == ts
    assert "You said: status of #core &amp; a@b.c" in reply["blocks"][0]["text"]["text"]
    [question] = socket_office.answers.asked
    assert question.words == "status of #core & a@b.c"
    assert (question.user.name, question.tenant.slug, question.surface) == ("Ann", "acme", "slack")
    assert question.thread == f"T1:CNOC:{ts}"
    assert slack.delivery.unacked == []
    assert slack.world.violations == []
    assert [name for name, _ in slack.calls].count("auth.test") == 1


async def test_unlinked_person_is_told_how_to_link_and_nothing_else(socket_office: Office) -> None:
    slack = socket_office.slack
    await slack.seat("UNEW").say("CNOC", "<@UBOT> suspend customer 100234")
    await socket_office.queue.idle()
    [told] = slack.world.replies(slack.world.home.direct("UNEW").id)
    assert HOW_TO_LINK in told["text"]
    assert HOW_TO_LINK not in str(slack.world.replies("CNOC"))
    assert socket_office.answers.asked == []
    assert socket_office.links.seen == [("slack", "T1:UNEW", "new@acme.example")]


async def test_unlinked_person_links_with_a_code(socket_office: Office) -> None:
    taken: list[tuple[str, ...]] = []

    async def link(_tenant: Tenant, *told: str) -> str | None:
        taken.append(told)
        return "Done. I know you as New now." if told[-1].startswith("link ") else None

    socket_office.room.reader._link = link
    slack = socket_office.slack
    await slack.seat("UNEW").say("CNOC", "<@UBOT> link K7QXM-2PRWD")
    await socket_office.queue.idle()
    assert taken == [("slack", "T1:UNEW", "link K7QXM-2PRWD")]
    assert any("I know you as New now" in reply["text"] for reply in slack.world.replies())
    assert socket_office.answers.asked == []
