"""One message, told by two events of which only one names its files: they are not lost, whichever is first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.slack.conftest import Office
from tests.slackd import Slackd

PHOTO = b"\xff\xd8\xff" + b"photo" * 40


@pytest.fixture(autouse=True)
def granted(slack: Slackd) -> None:
    slack.world.install.scopes.update({"files:read", "files:write"})


def twins(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a mention as `app_mention` tells of it, without its file, and as `message` does."""
    seat = office.slack.seat("UANN")
    files = seat.lay("CNOC", ("splice.jpg", PHOTO))["files"]
    events = seat.events("CNOC", seat.write("CNOC", "<@UBOT> put this on TCK-4711"))
    by_type = {each["event"]["type"]: each for each in events}
    bare, full = by_type["app_mention"], by_type["message"]
    bare["event"].pop("files", None)
    full["event"] |= {"files": files, "subtype": "file_share"}
    return bare, full


async def tell(office: Office, *bodies: dict[str, Any]) -> list[str]:
    team = await office.room.teams.find("T1")
    assert team is not None
    return [await office.room.ingest.receive(team, body) for body in bodies]


def asked(office: Office) -> list[tuple[str, int]]:
    return [(each.words, len(each.files)) for each in office.answers.asked]


@pytest.mark.parametrize("bare_first", [True, False])
async def test_what_waits_gets_the_files_of_its_twin(office: Office, bare_first: bool) -> None:
    office.queue.lose = True
    bare, full = twins(office)
    await tell(office, *((bare, full) if bare_first else (full, bare)))
    await tell(office, full, bare)
    await office.room.sweep()
    assert asked(office) == [("put this on TCK-4711", 1)]


async def test_files_that_come_when_it_was_answered_are_a_message_of_their_own(office: Office) -> None:
    bare, full = twins(office)
    await tell(office, bare)
    await office.queue.idle()
    assert await tell(office, full, full, bare) == ["kept", "twice", "twice"]
    await office.queue.idle()
    assert asked(office) == [("put this on TCK-4711", 0), ("", 1)], "the words are not asked again"
    assert len(office.slack.world.replies("CNOC")) == 2


async def test_what_was_answered_with_its_files_is_not_asked_again(office: Office) -> None:
    bare, full = twins(office)
    await tell(office, full)
    await office.queue.idle()
    bare["event"]["files"] = full["event"]["files"]
    assert await tell(office, bare) == ["twice"]
    await office.queue.idle()
    assert asked(office) == [("put this on TCK-4711", 1)]
