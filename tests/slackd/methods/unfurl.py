"""chat.unfurl and entity.presentDetails: what an app shows of links people post."""

from __future__ import annotations

from typing import Any

from tests.slackd.blocks import check_blocks
from tests.slackd.call import Call, method
from tests.slackd.entities import wrong_entity
from tests.slackd.errors import SlackError
from tests.slackd.links import Unfurl, links_of
from tests.slackd.messages import tell_changed

SOURCES = ("composer", "conversations_history")


@method("chat.unfurl")
def chat_unfurl(call: Call) -> dict[str, Any]:
    """M15: only links of the message, and only of the app's own domains."""
    shown, entities = _shown(call), _entities(call)
    auth = call.flag("user_auth_required") or any(
        call.args.get(each) for each in ("user_auth_url", "user_auth_message", "user_auth_blocks")
    )
    if not shown and not entities and not auth:
        raise SlackError("missing_unfurls")
    unfurl = _found(call)
    links = {each["url"] for each in unfurl.links}
    for url in [*shown, *(each.get("app_unfurl_url", "") for each in entities)]:
        if url not in links:
            raise SlackError("cannot_unfurl_url")
    unfurl.shown |= shown
    again = {each["app_unfurl_url"] for each in entities}  # once more changes what is there, and adds nothing
    unfurl.entities = [each for each in unfurl.entities if each["app_unfurl_url"] not in again] + entities
    unfurl.asks_sign_in = auth
    if unfurl.message is not None:
        _attach(call, unfurl)
    return {}


@method("entity.presentDetails")
def entity_present_details(call: Call) -> dict[str, Any]:
    """The side panel of a work object, for the person who opened it."""
    details = call.team.details.get(call.required("trigger_id"))
    if details is None:
        raise SlackError("invalid_trigger_id")
    entity = call.structure("metadata", "invalid_metadata")
    if call.flag("user_auth_required") and not call.text("user_auth_url"):
        raise SlackError("user_auth_url_missing")
    if entity is not None:
        if wrong := wrong_entity(entity):
            raise SlackError("invalid_metadata", *(f"[ERROR] /metadata{each}" for each in wrong))
        if entity["external_ref"]["id"] != details.event["external_ref"]["id"]:
            raise SlackError("entity_metadata_does_not_match_trigger")
    elif not call.args.get("error") and not call.flag("user_auth_required"):
        raise SlackError("invalid_metadata")
    _take(call)
    details.entity, details.error = entity, call.args.get("error")
    details.sign_in = call.text("user_auth_url")
    details.presented.set()
    return {}


def _take(call: Call) -> None:
    """A trigger works once and for three seconds; this method has one word for all that."""
    try:
        call.slack.triggers.use(call.required("trigger_id"), call.app.id)
    except SlackError:
        raise SlackError("invalid_trigger_id") from None


def _shown(call: Call) -> dict[str, Any]:
    unfurls = call.structure("unfurls", "invalid_unfurls_format") or {}
    if not isinstance(unfurls, dict):
        raise SlackError("invalid_unfurls_format")
    for url, unfurl in unfurls.items():
        if not isinstance(unfurl, dict) or not set(unfurl) & {
            "blocks",
            "text",
            "title",
            "hide_color",
            "preview",
        }:
            raise SlackError("cannot_parse_attachment", f"[ERROR] {url}")
        if problems := check_blocks(unfurl.get("blocks") or [], "message"):
            raise SlackError("cannot_parse_attachment", *(str(each) for each in problems))
    return unfurls


def _entities(call: Call) -> list[dict[str, Any]]:
    metadata = call.structure("metadata", "invalid_metadata_format") or {}
    entities = metadata.get("entities", []) if isinstance(metadata, dict) else None
    if not isinstance(entities, list):
        raise SlackError("invalid_metadata_format")
    for at, entity in enumerate(entities):
        wrong = wrong_entity(entity)
        if not wrong and not entity.get("app_unfurl_url"):
            wrong = ["/app_unfurl_url: missing"]
        if wrong:
            raise SlackError(
                "invalid_metadata_format", *(f"[ERROR] /metadata/entities/{at}{each}" for each in wrong)
            )
    return entities


def _found(call: Call) -> Unfurl:
    """What is unfurled: by channel and ts, or by unfurl_id and source."""
    if call.args.get("unfurl_id") or call.args.get("source"):
        if not call.text("source"):
            raise SlackError("missing_source")
        if not call.text("unfurl_id"):
            raise SlackError("missing_unfurl_id")
        if call.text("source") not in SOURCES:
            raise SlackError("invalid_source")
        unfurl: Unfurl | None = call.team.unfurls.get(call.text("unfurl_id"))
        if unfurl is None or unfurl.app != call.app.id:
            raise SlackError("invalid_unfurl_id")
        return unfurl
    if not call.text("channel"):
        raise SlackError("missing_channel")
    if not call.text("ts"):
        raise SlackError("missing_ts")
    channel = call.team.channels.get(call.text("channel"))
    if channel is None:
        raise SlackError("cannot_find_channel")
    message = channel.find(call.text("ts"))
    if message is None:
        raise SlackError("cannot_find_message")
    known = [
        each for each in call.team.unfurls.values() if each.message is message and each.app == call.app.id
    ]
    if known:
        return known[0]
    if not links_of(call.app, message):
        raise SlackError("cannot_unfurl_message")
    return Unfurl(app=call.app.id, channel=channel.id, message=message, links=links_of(call.app, message))


def _attach(call: Call, unfurl: Unfurl) -> None:
    message = unfurl.message or {}
    kept = [each for each in message.get("attachments", []) if each.get("app_id") != call.app.id]
    own = {"app_id": call.app.id, "bot_id": call.bot_id, "is_app_unfurl": True}
    shown = [{**each, **own, "app_unfurl_url": url, "from_url": url} for url, each in unfurl.shown.items()]
    works = [
        {**own, "from_url": each["url"], "app_unfurl_url": each["app_unfurl_url"], "work_object_entity": each}
        for each in unfurl.entities
    ]
    every = [{**each, "id": at} for at, each in enumerate(kept + shown + works, 1)]
    message["attachments"] = every
    tell_changed(call, call.team.channels[unfurl.channel], message)
