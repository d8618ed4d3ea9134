"""Files that come with words: fetched once by the bot's own token, or said in a sentence why not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.handed import LARGEST
from bot.contract.people import Tenant
from bot.core.question import Question
from bot.db.database import Database
from bot.slack.fetched import files_in
from tests.bot.slack.conftest import Office
from tests.slackd import Slackd

PHOTO = b"\xff\xd8\xff" + b"photo" * 40
NOTHING = "Nothing of this message was done."


@pytest.fixture(autouse=True)
def granted(slack: Slackd) -> None:
    slack.world.install.scopes.update({"files:read", "files:write"})


async def told(office: Office, text: str = "<@UBOT> put this on TCK-4711", **change: Any) -> str:
    """Deliver a mention whose only file differs in `change` from what Slack knows; return the answer."""
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    message = seat.lay("CNOC", ("splice.jpg", PHOTO))
    mention = seat.events("CNOC", seat.write("CNOC", text))[1]
    mention["event"]["files"] = [message["files"][0] | change]
    assert await office.room.ingest.receive(team, mention) == "kept"
    await office.queue.idle()
    return said(office)


def said(office: Office) -> str:
    [reply] = office.slack.world.replies("CNOC")
    return str(reply["text"])


def asked(office: Office) -> Question:
    [question] = office.answers.asked
    return question


async def test_files_go_with_the_words(socket_office: Office) -> None:
    office, photos = socket_office, [("splice.jpg", PHOTO), ("otdr.csv", b"km,dB\n1,0.2\n")]
    await office.slack.seat("UANN").upload("#noc", *photos, text="<@UBOT> put these on TCK-4711")
    await office.queue.idle()
    question = asked(office)
    assert [(one.name, one.content) for one in question.files] == photos
    assert question.words == "put these on TCK-4711"
    assert question.key.startswith("slack:"), "so that a second try keeps them once"
    assert office.slack.violations == []


@pytest.mark.parametrize("text", ["", "<@UBOT>"])
async def test_a_file_without_words_is_no_wish_for_help(socket_office: Office, text: str) -> None:
    office = socket_office
    where = "#noc" if text else await office.slack.seat("UANN").open_dm()
    await office.slack.seat("UANN").upload(where, ("splice.jpg", PHOTO), text=text)
    await office.queue.idle()
    assert (asked(office).words, len(asked(office).files)) == ("", 1)
    assert office.slack.violations == []


async def test_where_outsiders_read_along_slack_is_asked_for_the_file(socket_office: Office) -> None:
    office = socket_office
    office.slack.world.channels["CNOC"].shared = True
    await office.slack.seat("UANN").upload("#noc", ("splice.jpg", PHOTO), text="<@UBOT> put it on TCK-4711")
    await office.queue.idle()
    assert [one.content for one in asked(office).files] == [PHOTO]
    assert office.slack.violations == []


async def test_without_the_scope_it_is_said_how_to_grant_it(socket_office: Office) -> None:
    office = socket_office
    office.slack.world.install.scopes.discard("files:read")
    with office.slack.expect("files-pri", "missing_scope"):
        await office.slack.seat("UANN").upload("#noc", ("a.jpg", PHOTO), text="<@UBOT> put it on TCK-4711")
        await office.queue.idle()
    assert office.answers.asked == []
    assert "`files:read`" in said(office)
    assert said(office).endswith(NOTHING)
    assert office.slack.violations == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mode": "tombstone"}, "splice.jpg is not in Slack any more."),
        ({"mode": "hidden_by_limit"}, "used up its space"),
        ({"is_external": True, "external_type": "gdrive"}, "is a link to Google Drive and not in Slack"),
        ({"is_external": True, "external_type": "<!channel>"}, "is a link to another service"),
        ({"filetype": "quip", "mode": "quip"}, "is a document of Slack's own"),
        ({"size": LARGEST + 1}, "up to 10.0 MB fit"),
        ({"size": 0}, "splice.jpg is empty"),
        ({"url_private_download": "https://slack.com.evil.example/f"}, "does not lie where Slack keeps"),
        ({"url_private_download": "http://files.slack.com/f"}, "does not lie where Slack keeps"),
        ({"url_private_download": "https://evilslack.com/f"}, "does not lie where Slack keeps"),
        ({"url_private_download": "https://x@evil.example/.slack.com"}, "does not lie where Slack keeps"),
    ],
)
async def test_what_cannot_be_had_is_said_and_not_fetched(office: Office, change: Any, sentence: str) -> None:
    office.slack.faults.plan("files-pri", "500")
    assert sentence in await told(office, **change)
    assert said(office).endswith(NOTHING)
    assert office.answers.asked == []
    assert office.slack.faults.next("files-pri") == "500", "it was fetched"
    assert office.slack.violations == []


async def test_a_file_that_is_larger_than_it_says_is_not_read_to_its_end(office: Office) -> None:
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    message = seat.lay("CNOC", ("dump.txt", b"x" * (LARGEST + 5)))
    mention = seat.events("CNOC", seat.write("CNOC", "<@UBOT> put it on TCK-4711"))[1]
    mention["event"]["files"] = [message["files"][0] | {"size": 12}]
    await office.room.ingest.receive(team, mention)
    await office.queue.idle()
    assert "up to 10.0 MB fit" in said(office)
    assert office.answers.asked == []


async def test_a_file_deleted_before_it_is_worked_is_missed(socket_office: Office) -> None:
    office = socket_office
    office.slack.world.channels["CNOC"].shared = True  # so that it is asked for when it is worked
    office.slack.faults.plan("files.info", "error:file_deleted")
    await office.slack.seat("UANN").upload("#noc", ("a.jpg", PHOTO), text="<@UBOT> put it on TCK-4711")
    await office.queue.idle()
    told = [str(each["text"]) for each in office.slack.world.replies()]
    assert f"❌ The file is not in Slack any more. {NOTHING}" in told


@pytest.mark.parametrize("faults", [["500"], ["429"], ["503", "500"]])
async def test_after_a_fault_it_is_fetched_again(office: Office, faults: list[str]) -> None:
    office.slack.faults.plan("files-pri", *faults)
    await told(office)
    assert [one.content for one in asked(office).files] == [PHOTO]


async def test_a_lasting_fault_is_said(office: Office) -> None:
    office.slack.faults.plan("files-pri", "500", times=3)
    assert "at the moment. Send it again in a few minutes." in await told(office)
    assert office.answers.asked == []


@pytest.mark.parametrize("fault", ["html_ok", "302"])
async def test_a_page_to_sign_in_at_is_not_the_file(office: Office, fault: str) -> None:
    office.slack.faults.plan("files-pri", fault)
    assert "Slack does not let me see splice.jpg" in await told(office)
    assert office.answers.asked == []


async def test_more_than_go_with_one_message_are_refused(socket_office: Office) -> None:
    office = socket_office
    photos = [(f"{at}.jpg", PHOTO) for at in range(12)]
    await office.slack.seat("UANN").upload("#noc", *photos, text="<@UBOT> put these on TCK-4711")
    await office.queue.idle()
    assert said(office) == f"❌ Up to 10 files go with one message. {NOTHING}"


async def test_strangers_have_nothing_fetched(office: Office, database: Database, tenant: Tenant) -> None:
    del database, tenant
    office.slack.faults.plan("files-pri", "500")
    office.links.known.clear()
    await told(office)
    assert office.answers.asked == []
    assert office.slack.faults.next("files-pri") == "500", "it was fetched for somebody unknown"


def test_what_is_no_file_is_left_out() -> None:
    assert files_in({"files": [None, 7, {"id": "F1", "name": "a\x00\ud800b", "size": "big"}]}) == [
        {"id": "F1", "name": "ab", "size": None, "url": "", "kind": "", "mode": "", "access": "", "where": ""}
    ]
    assert files_in({"files": {"id": "F1"}}) == files_in({}) == []
