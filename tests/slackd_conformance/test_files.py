"""Files (F1): uploads of the app and of people, who sees them, and where the bytes come from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.agent import manifest
from tests.slackd_conformance.ear import Ear

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest()) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_channel("CNOC", "noc", "UANN")
        slackd.world.add_channel("CHR", "hr", "UANN", private=True).members.discard("UBOT")
        yield slackd
        assert slackd.violations == []


@pytest.fixture(autouse=True)
async def ear(slack: Slackd) -> AsyncIterator[Ear]:
    async with Ear(slack) as listening:
        yield listening


@pytest.fixture
def web(slack: Slackd) -> AsyncWebClient:
    return AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)


async def refused(slack: Slackd, code: str, call: Any) -> None:
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code


async def fetch(url: str, token: str = "") -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_the_sdk_uploads_a_chart_into_a_thread(slack: Slackd, web: AsyncWebClient, ear: Ear) -> None:
    root = slack.seat("UANN").write("CNOC", "chart?")["ts"]
    answer = await web.files_upload_v2(
        channel="CNOC",
        thread_ts=root,
        filename="load.png",
        content=PNG,
        title="Load",
        initial_comment="Here",
    )
    shared = await ear.hear("file_shared")
    said = await ear.hear("message")
    file = answer["file"]["id"]
    assert (shared["file_id"], shared["channel_id"]) == (file, "CNOC")
    assert (said["subtype"], said["text"], said["files"][0]["id"]) == ("file_share", "Here", file)
    [message] = slack.world.replies("CNOC")
    assert message["thread_ts"] == root
    info = (await web.files_info(file=file))["file"]
    assert (info["title"], info["mimetype"], info["size"]) == ("Load", "image/png", len(PNG))
    assert info["shares"]["public"]["CNOC"][0]["ts"] == message["ts"]
    assert await fetch(info["url_private"], web.token) == (200, "image/png", PNG)


async def test_several_files_are_one_message(slack: Slackd, web: AsyncWebClient) -> None:
    uploads = [{"filename": "a.csv", "content": "a,b"}, {"filename": "b.txt", "content": "x"}]
    await web.files_upload_v2(channel="CNOC", file_uploads=uploads)
    [message] = slack.world.replies("CNOC")
    assert [each["name"] for each in message["files"]] == ["a.csv", "b.txt"]
    listed = await web.files_list(channel="CNOC")
    assert [each["name"] for each in listed["files"]] == ["b.txt", "a.csv"]
    assert listed["paging"]["total"] == 2


async def test_an_upload_address_is_good_once_and_for_its_length(slack: Slackd, web: AsyncWebClient) -> None:
    given = await web.files_getUploadURLExternal(filename="a.txt", length=3)
    async with aiohttp.ClientSession() as http:
        with slack.expect("2 bytes came, 3 were announced"):
            assert (await http.post(given["upload_url"], data=b"ab")).status == 400
        assert (await http.post(given["upload_url"], data=b"abc")).status == 200
        with slack.expect("unknown or used upload_url"):
            assert (await http.post(given["upload_url"], data=b"abc")).status == 404
    done = [{"id": given["file_id"], "title": "A"}]
    await web.files_completeUploadExternal(files=done)
    await refused(slack, "file_not_found", web.files_completeUploadExternal(files=done))


async def test_a_file_without_bytes_cannot_be_completed(slack: Slackd, web: AsyncWebClient) -> None:
    given = await web.files_getUploadURLExternal(filename="a.txt", length=3)
    call = web.files_completeUploadExternal(files=[{"id": given["file_id"]}])
    await refused(slack, "file_not_found", call)


@pytest.mark.parametrize(
    ("channel", "code"),
    [("CNONE", "channel_not_found"), ("CHR", "channel_not_found"), ("COPEN", "not_in_channel")],
)
async def test_a_file_goes_only_where_the_app_is(
    slack: Slackd, web: AsyncWebClient, channel: str, code: str
) -> None:
    slack.world.add_channel("COPEN", "open").members.discard("UBOT")
    await refused(slack, code, web.files_upload_v2(channel=channel, filename="a.txt", content="x"))


async def test_an_empty_or_huge_file_is_refused(slack: Slackd, web: AsyncWebClient) -> None:
    await refused(slack, "invalid_arguments", web.files_getUploadURLExternal(filename="a", length=0))
    big = web.files_getUploadURLExternal(filename="a", length=(1 << 30) + 1)
    await refused(slack, "file_upload_size_restricted", big)
    alt = web.files_getUploadURLExternal(filename="a", length=1, alt_txt="x" * 1001)
    await refused(slack, "alt_txt_too_large", alt)


async def test_a_photo_of_a_person_can_be_seen_by_who_is_there(
    slack: Slackd, web: AsyncWebClient, ear: Ear
) -> None:
    sent = await slack.seat("UANN").upload("CNOC", ("ont.png", PNG), text="this one <@UBOT>")
    said, mention = await ear.hear("message"), await ear.hear("app_mention")
    assert said["files"][0]["url_private"] == sent["files"][0]["url_private"]
    assert (said["subtype"], mention["files"][0]["name"]) == ("file_share", "ont.png")
    assert (await fetch(said["files"][0]["url_private_download"], web.token))[2] == PNG


async def test_without_a_token_the_address_answers_a_page(slack: Slackd) -> None:
    sent = await slack.seat("UANN").upload("CNOC", ("ont.png", PNG))
    with slack.expect("without a token that may read files"):
        status, kind, body = await fetch(sent["files"][0]["url_private"])
    assert (status, kind) == (200, "text/html")
    assert PNG not in body


async def test_a_token_must_be_allowed_to_read_files(slack: Slackd, web: AsyncWebClient) -> None:
    sent = await slack.seat("UANN").upload("CNOC", ("ont.png", PNG))
    slack.world.scopes.discard("files:read")
    with slack.expect("without a token that may read files"):
        assert (await fetch(sent["files"][0]["url_private"], web.token))[1] == "text/html"


async def test_what_was_shared_elsewhere_is_not_there(slack: Slackd, web: AsyncWebClient) -> None:
    sent = await slack.seat("UANN").upload("CHR", ("pay.pdf", b"x"))
    await refused(slack, "file_not_found", web.files_info(file=sent["files"][0]["id"]))
    with slack.expect("is not visible to UBOT"):
        await fetch(sent["files"][0]["url_private"], web.token)
    assert (await web.files_list())["files"] == []


async def test_in_a_shared_channel_an_event_says_only_where_to_ask(
    slack: Slackd, web: AsyncWebClient, ear: Ear
) -> None:
    slack.world.channels["CNOC"].shared = True
    await slack.seat("UANN").upload("CNOC", ("ont.png", PNG))
    [told] = (await ear.hear("message"))["files"]
    assert (told["file_access"], "url_private" in told) == ("check_file_info", False)
    assert (await web.files_info(file=told["id"]))["file"]["url_private"]


async def test_only_ones_own_files_can_be_deleted(slack: Slackd, web: AsyncWebClient) -> None:
    sent = await slack.seat("UANN").upload("CNOC", ("ont.png", PNG))
    await refused(slack, "cant_delete_file", web.files_delete(file=sent["files"][0]["id"]))
    own = (await web.files_upload_v2(channel="CNOC", filename="a.txt", content="x"))["file"]["id"]
    await web.files_delete(file=own)
    await refused(slack, "file_deleted", web.files_info(file=own))
    assert slack.world.replies("CNOC")[0]["files"] == [{"id": own, "mode": "tombstone"}]


async def test_a_picture_in_a_message_must_be_one_the_app_can_see(slack: Slackd, web: AsyncWebClient) -> None:
    async def post(file: str) -> Any:
        image = {"type": "image", "slack_file": {"id": file}, "alt_text": "load"}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        return await web.chat_postMessage(channel="CNOC", text="load", blocks=[image], **quiet)

    chart = (await web.files_upload_v2(filename="load.png", content=PNG))["file"]["id"]
    table = (await web.files_upload_v2(filename="load.csv", content="x"))["file"]["id"]
    hidden = (await slack.seat("UANN").upload("CHR", ("x.png", PNG)))["files"][0]["id"]
    assert (await post(chart))["ok"]
    for wrong in (table, hidden, "F0"):
        await refused(slack, "invalid_blocks", post(wrong))


async def test_a_failed_upload_is_an_error_of_the_sdk(slack: Slackd, web: AsyncWebClient) -> None:
    with slack.expect("unknown or used upload_url"), pytest.raises(SlackRequestError):
        original = web._upload_file

        async def twice(**args: Any) -> Any:
            await original(**args)
            return await original(**args)

        web._upload_file = twice
        await web.files_upload_v2(channel="CNOC", filename="a.txt", content="x")
