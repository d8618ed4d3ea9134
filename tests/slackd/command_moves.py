"""Slash commands and shortcuts (I5)."""

from __future__ import annotations

import re
from typing import Any

from tests.slackd.apps import App
from tests.slackd.blocks import check_message
from tests.slackd.desk import Desk
from tests.slackd.errors import SlackError
from tests.slackd.messages import shown, store
from tests.slackd.outlet import Ack
from tests.slackd.payloads import base, place_of
from tests.slackd.residents import Channel
from tests.slackd.responses import call_for, say_only_to
from tests.slackd.seen import Seen


class CommandMoves(Desk):
    async def command(self, channel: str, line: str) -> Seen:
        """Type a slash command: `command("CNOC", "/backhaul invoice 100234")`; never in a thread."""
        place = self.place(channel)
        if why := self.barred(place):
            return Seen(why)
        name, _, text = line.partition(" ")
        app = self.app_with("slash_commands", "command", name)
        if app is None:
            return Seen("unknown_command")
        payload = self._command(app, place, name, text.strip())
        ack = await self.send(payload, "slash_commands")
        return self.seen(ack, message=self._said(app, place, ack) if ack.ok else None)

    async def shortcut(self, callback_id: str) -> Seen:
        """A global shortcut, from the lightning menu."""
        app = self._with_shortcut(callback_id, "global")
        if app is None:
            return Seen("unknown_shortcut")
        payload = base(self, app, "shortcut") | {"callback_id": callback_id, "trigger_id": self.trigger(app)}
        return self.seen(await self.send(payload | {"action_ts": self.world.next_ts()}))

    async def message_shortcut(self, channel: str, ts: str, callback_id: str) -> Seen:
        """A shortcut from the menu of a message, anybody's."""
        place = self.place(channel)
        if why := self.barred(place):
            return Seen(why)
        message, app = place.find(ts), self._with_shortcut(callback_id, "message")
        if message is None or app is None:
            return Seen("message_not_found" if message is None else "unknown_shortcut")
        payload = base(self, app, "message_action") | {
            "callback_id": callback_id,
            "trigger_id": self.trigger(app),
            "action_ts": self.world.next_ts(),
            "message_ts": ts,
            "message": shown(place, message),
            "channel": place_of(place),
            "response_url": self.slack.responses.issue(self.team, place, self.user, app.id, ts=ts),
        }
        return self.seen(await self.send(payload))

    def _with_shortcut(self, callback_id: str, kind: str) -> App | None:
        app = self.app_with("shortcuts", "callback_id", callback_id)
        if app is None or app.manifest is None:
            return app
        declared = [each for each in app.features["shortcuts"] if each["callback_id"] == callback_id]
        return app if declared[0]["type"] == kind and self.interactive(app) else None

    def _command(self, app: App, place: Channel, name: str, text: str) -> dict[str, Any]:
        declared = [c for c in app.features.get("slash_commands", ()) if c["command"] == name]
        escapes = bool(declared and declared[0].get("should_escape"))
        payload = {
            "token": app.verification_token,
            "team_id": self.team.id,
            "team_domain": self.team.domain,
            "channel_id": place.id,
            "channel_name": place_of(place)["name"],
            "user_id": self.user,
            "user_name": self.team.people[self.user].name,
            "command": name,
            "text": self._escaped(text) if escapes else text,
            "api_app_id": app.id,
            "is_enterprise_install": str(self.team.installs[app.id].team_id is None).lower(),
            "response_url": self.slack.responses.issue(self.team, place, self.user, app.id),
            "trigger_id": self.trigger(app),
        }
        if self.team.enterprise_id:
            payload["enterprise_id"] = self.team.enterprise_id
            payload["enterprise_name"] = self.world.enterprises.get(self.team.enterprise_id, "")
        return payload

    def _escaped(self, text: str) -> str:
        """With `should_escape`, names of people and channels become their ids."""
        people = {person.name: person.id for person in self.team.people.values()}
        places = {place.name: place.id for place in self.team.channels.values() if place.is_public}

        def named(found: re.Match[str]) -> str:
            sigil, name = found.group(1), found.group(2)
            known = (people if sigil == "@" else places).get(name)
            return f"<{sigil}{known}|{name}>" if known else found.group(0)

        return re.sub(r"(?<!\S)([@#])([\w.-]+)", named, text)

    def _said(self, app: App, place: Channel, ack: Ack) -> dict[str, Any] | None:
        """What the acknowledgement itself says: to the person, or into the channel."""
        body = {"text": ack.body} if isinstance(ack.body, str) else ack.body
        if not isinstance(body, dict) or not (body.get("text") or body.get("blocks")):
            return None
        call = call_for(self.slack, self.team, app.id, "command", body)
        try:
            minded = [each for each in check_message(body) if each != "unfurls"]
        except SlackError as error:
            self.minded("answer to a command", error)
            return None
        for each in minded:
            call.mind(each)
        if body.get("response_type") == "in_channel":
            return store(call, place, text=body.get("text", ""), blocks=body.get("blocks"))
        return say_only_to(call, place, self.user, body)
