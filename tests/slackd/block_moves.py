"""Buttons, menus and inputs: in messages, in modals and on the Home tab."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.slackd.apps import App
from tests.slackd.blocks import check_blocks
from tests.slackd.desk import Desk
from tests.slackd.forms import Key, coerce, find_element, offers
from tests.slackd.messages import shown
from tests.slackd.outlet import Ack
from tests.slackd.payloads import action, base, place_of
from tests.slackd.residents import Channel
from tests.slackd.seen import Seen
from tests.slackd.stamps import complete
from tests.slackd.views import View

Part = dict[str, Any]
SUGGESTED = frozenset({"external_select", "multi_external_select"})
LEAST_QUERY = 3


@dataclass(frozen=True)
class Spot:
    """Where an element stands: `told` is what a payload says of it."""

    app: App
    blocks: list[Part]
    key: Key
    told: Part
    view: View | None = None
    channel: Channel | None = None
    ts: str | None = None
    is_ephemeral: bool = False


class BlockMoves(Desk):
    async def click(
        self, channel: str, message: Part | str, action_id: str, value: Any = None, *, force: bool = False
    ) -> Seen:
        """Press a button of a message (its dict or ts); `value`: "positive" or "negative" for feedback.

        What is pressed is what the message holds now: a button edited away is `stale` (I4).
        `force`: press also what Slack would not show to this person.
        """
        spot = self._spot(channel, message, action_id)
        return await self._act(spot, action_id, value, force=force) if isinstance(spot, Spot) else Seen(spot)

    async def select(self, channel: str, message: Part | str, action_id: str, value: Any) -> Seen:
        """Choose in a menu, a date picker, checkboxes … of a message; options by value or text."""
        return await self.click(channel, message, action_id, value)

    async def press(
        self, action_id: str, value: Any = None, *, view: View | None = None, force: bool = False
    ) -> Seen:
        """Press or choose in the modal on top, or on the Home tab when no modal is open."""
        found = view or self.view or self.home
        if found is None:
            return Seen("no_view")
        return await self._act(self._in_view(found), action_id, value, force=force)

    async def enter(self, action_id: str, value: Any, *, view: View | None = None) -> Seen:
        """Fill an input of the modal; the app is told only when the block says `dispatch_action`."""
        found = view or self.view
        if found is None:
            return Seen("no_view")
        return await self._act(self._in_view(found), action_id, value)

    async def options(self, channel: str, message: Part | str, action_id: str, query: str) -> Seen:
        """What an external menu of a message suggests for these letters (I7)."""
        spot = self._spot(channel, message, action_id)
        return await self._suggest(spot, action_id, query) if isinstance(spot, Spot) else Seen(spot)

    async def view_options(self, action_id: str, query: str, *, view: View | None = None) -> Seen:
        found = view or self.view or self.home
        return await self._suggest(self._in_view(found), action_id, query) if found else Seen("no_view")

    def _spot(self, channel: str, message: Part | str, action_id: str) -> Spot | str:
        """The message as it is stored now, or what an app shows below it; or why it cannot be clicked."""
        place = self.place(channel)
        if why := self.barred(place):
            return why
        ts = message if isinstance(message, str) else str(message["ts"])
        mine = [each for each in place.ephemeral if each["ts"] == ts and each.get("_to") == self.user]
        stored = place.find(ts) or (mine[0] if mine else None)
        if stored is None:
            return "message_not_found"
        blocks = stored.setdefault("blocks", [])
        complete(self.world, blocks)
        spot = self._message_spot(place, stored, is_ephemeral=bool(mine))
        if find_element(blocks, action_id) is None:
            return next(self._unfurl_spots(spot, stored, action_id), spot)
        return spot

    def _unfurl_spots(self, spot: Spot, stored: Part, action_id: str) -> Iterator[Spot]:
        """The links below the message whose app shows such a button; the message itself is somebody's own."""
        for unfurl in stored.get("attachments", []):
            blocks = unfurl.get("blocks") or []
            complete(self.world, blocks)
            if not unfurl.get("is_app_unfurl") or find_element(blocks, action_id) is None:
                continue
            about = {"is_app_unfurl": True, "app_unfurl_url": unfurl["app_unfurl_url"]}
            box = (
                spot.told["container"] | {"type": "message_attachment", "attachment_id": unfurl["id"]} | about
            )
            told = {"container": box, "channel": spot.told["channel"], "app_unfurl": unfurl}
            yield replace(spot, app=self.world.apps[unfurl["app_id"]], blocks=blocks, told=told)

    def _message_spot(self, place: Channel, stored: Part, *, is_ephemeral: bool) -> Spot:
        ts = stored["ts"]
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": place.id,
            "is_ephemeral": is_ephemeral,
        }
        if stored.get("thread_ts"):
            container["thread_ts"] = stored["thread_ts"]
        told: Part = {"container": container, "channel": place_of(place)}
        if not is_ephemeral:
            told["message"] = shown(place, stored)
        key = (place.id, ts, self.user)
        app = self.app_of(stored)
        return Spot(app, stored["blocks"], key, told, channel=place, ts=ts, is_ephemeral=is_ephemeral)

    def _in_view(self, view: View) -> Spot:
        values = self.slack.forms.values((view.id,), view.blocks)
        told = {"container": {"type": "view", "view_id": view.id}, "view": view.shown(values)}
        return Spot(view.install.app, view.blocks, (view.id,), told, view=view)

    async def _act(self, spot: Spot, action_id: str, value: Any, *, force: bool = False) -> Seen:
        found = find_element(spot.blocks, action_id)
        if found is None:
            return Seen("stale")
        block, element = found
        if not force and self.user not in element.get("visible_to_user_ids", [self.user]):
            return Seen("not_visible")
        chosen = await self._chosen(spot, element, value)
        if chosen is not None and element["type"] not in {"overflow", "feedback_buttons"}:
            self.slack.forms.enter(spot.key, block, element, chosen)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Seen(view=self.view)
        if not self.interactive(spot.app):
            return Seen("not_configured")
        return self.seen(await self.send(self._actions(spot, block, element, chosen)))

    async def _chosen(self, spot: Spot, element: Part, value: Any) -> Any:
        kind = element["type"]
        if kind == "overflow":
            return next(o for o in offers(element) if value in {o.get("value"), o["text"]["text"]})
        if kind == "feedback_buttons":
            assert value in {"positive", "negative"}, "say positive or negative"
            return value
        if value is None or kind in {"button", "icon_button", "workflow_button"}:
            return None
        if kind in SUGGESTED:
            many = value if isinstance(value, list) else [value]
            offered = [o for each in many for o in await self._offered(spot, element, each)]
            return coerce(element, value, offered)
        return coerce(element, value)

    async def _offered(self, spot: Spot, element: Part, value: Any) -> list[Part]:
        """An option given whole is taken as it is; else the app is asked for what is typed."""
        if isinstance(value, dict):
            return [value]
        return (await self._suggest(spot, element["action_id"], str(value))).options

    def _actions(self, spot: Spot, block: Part, element: Part, chosen: Any) -> Part:
        values = self.slack.forms.values(spot.key, spot.blocks)
        told = self._in_view(spot.view).told if spot.view else {**spot.told, "state": {"values": values}}
        payload = base(self, spot.app, "block_actions") | told
        payload["trigger_id"] = self.trigger(spot.app, spot.view.id if spot.view else None)
        if spot.channel is not None:
            where = {"ts": spot.ts, "is_ephemeral": spot.is_ephemeral}
            payload["response_url"] = self.slack.responses.issue(
                self.team, spot.channel, self.user, spot.app.id, **where
            )
        payload["actions"] = [action(block, element, chosen, self.world.next_ts())]
        return payload

    async def _suggest(self, spot: Spot, action_id: str, query: str) -> Seen:
        found = find_element(spot.blocks, action_id)
        if found is None:
            return Seen("stale")
        block, element = found
        if len(query) < element.get("min_query_length", LEAST_QUERY):
            return Seen("query_too_short")
        payload = base(self, spot.app, "block_suggestion") | spot.told
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
        payload["action_ts"] = self.world.next_ts()
        ack = await self.send(payload)
        return Seen(self.refused(ack), ack.body, options=self._read_options(ack), view=self.view)

    def _read_options(self, ack: Ack) -> list[Part]:
        """The suggestions; what Slack would not show is a violation and shows nothing."""
        if not ack.ok:
            return []
        body = ack.body if isinstance(ack.body, dict) else {}
        if body.get("options") == [] or body.get("option_groups") == []:
            return []
        menu = {"type": "static_select", "action_id": "menu"}
        menu |= {name: body[name] for name in ("options", "option_groups") if name in body}
        problems = check_blocks([{"type": "actions", "elements": [menu]}])
        for each in problems:
            self.world.violate(f"options: {each.pointer} {each.message}")
        return [] if problems else offers(menu)
