"""A real workspace with its admins, in front of the emulated Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.app import App
from bot.config import Config
from bot.contract.people import Tenant, User
from bot.core import grants, identity, people
from bot.core.switch import found_tenant
from bot.db.grants import NewGrant
from bot.db.tenants import do_create_tenant
from bot.seated import Seated
from bot.seated_panels import SeatedPanels
from bot.slack.manifest import make_manifest
from bot.slack.panels.registry import OFFERED
from bot.slack.panels.sealing import States
from bot.slack.room import SlackRoom
from bot.slack.teams import Team
from tests.bot.slack.conftest import KEY
from tests.databases import Urls
from tests.slackd import Slackd
from tests.slackd.jobs import MemoryQueue

PEOPLE = {
    "UANN": ("Ann Apple", "ann@acme.example", "admin"),
    "UBEN": ("Ben Berry", "ben@acme.example", "admin"),
    "UEVE": ("Eve Elder", "eve@acme.example", "support"),
}
HOSTILE = "<!channel> *x* <https://evil.example|pay> @here &amp; `x` <@UBEN>"


@dataclass
class Office:
    """Everything a test wants to look at."""

    slack: Slackd
    app: App
    tenant: Tenant
    room: SlackRoom
    queue: MemoryQueue
    ids: dict[str, str]
    states: States

    async def open(self, panel: str, user: str = "UANN") -> Any:
        """Open a panel from the Home tab of a person; return their seat."""
        client = self.room.calls.client(self.slack.world.bot_token)
        buttons = [
            {
                "type": "button",
                "action_id": f"panel:{one.name}",
                "text": {"type": "plain_text", "text": one.label},
                "value": "-",
            }
            for one in OFFERED
        ]
        blocks = [{"type": "actions", "elements": buttons}]
        await client.views_publish(user_id=user, view={"type": "home", "blocks": blocks})
        seat = self.slack.seat(user)
        while seat.view is not None:
            await seat.close_view()
        assert await seat.press(f"panel:{panel}", view=seat.home)
        await self.settled(seat)
        return seat

    async def settled(self, seat: Any) -> None:
        """Wait until the modal shows more than that it is looking."""
        await self.slack.until(lambda: seat.view is not None and seat.view.title != "One moment")

    async def press(self, seat: Any, action_id: str, value: Any = None) -> None:
        """Press something in the modal, and wait for what comes of it."""
        before = seat.view.hash
        assert await seat.press(action_id, value, view=seat.view)
        await self.slack.until(lambda: seat.view.hash != before)
        await self.settled(seat)

    async def submit(self, seat: Any, **values: Any) -> Any:
        """Fill the form and send it; what the worker does for it is done when this returns."""
        seen = await seat.submit(values)
        await self.queue.idle()
        return seen

    async def said(self, user: str) -> list[str]:
        """What the bot wrote to somebody directly."""
        await self.queue.idle()
        direct = self.slack.world.home.direct(user)
        return [
            str(message.get("blocks") or message["text"]) for message in self.slack.seat(user).sees(direct.id)
        ]

    async def audit(self, event: str) -> list[str]:
        """Who did what is called so, in order."""
        async with self.app.database.tenant(self.tenant.id) as session:
            rows = await session.execute(
                text("select user_id from audit where event = :event order by seq"), {"event": event}
            )
            return list(rows.scalars())

    async def enabled(self) -> frozenset[str]:
        """The plugins that are on."""
        around = self.app.around(self.tenant)
        around.forget()
        return (await around.view()).enabled

    async def team(self) -> Team:
        """The workspace as the room knows it."""
        found = await self.room.teams.find("T1")
        assert found is not None
        return found


def shown(seat: Any) -> str:
    """All words of the modal on top."""
    if seat.view is None:
        return ""
    found: list[str] = [seat.view.title]

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            found.extend(
                str(part[key]) for key in ("text", "initial_value") if isinstance(part.get(key), str)
            )
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(seat.view.blocks)
    return "\n".join(found)


def pressable(seat: Any) -> dict[str, str]:
    """The buttons of the modal on top: action_id -> value."""
    found: dict[str, str] = {}
    for block in seat.view.blocks:
        for one in [*block.get("elements", ()), block.get("accessory") or {}]:
            if one.get("type") == "button":
                found[one["action_id"]] = one["value"]
    return found


def leading_to(seat: Any, screen: str, value: str) -> str:
    """The action_id of the button that leads to a screen with a value."""
    return next(k for k, v in pressable(seat).items() if k.split(":")[1] == screen and v == value)


@pytest.fixture
async def office(urls: Urls, tmp_path: Path) -> AsyncIterator[Office]:
    manifest = make_manifest()
    manifest["features"]["app_home"]["home_tab_enabled"] = True
    async with Slackd(manifest=manifest) as slack:
        for user, (name, email, _role) in PEOPLE.items():
            slack.world.add_person(user, name.split()[0].lower(), email)
        slack.world.add_person("UNEW", "newcomer", "new@elsewhere.example")
        slack.world.add_channel("CNOC", "noc", *PEOPLE)
        slack.world.add_channel("CNOC00001", "noc-room", *PEOPLE)
        slack.world.scopes.add("usergroups:read")
        slack.world.scopes.add("files:write")
        slack.world.add_usergroup("SNOC", "noc", "UEVE")
        config = Config(
            home=tmp_path,
            database_url=urls.runtime,
            slack_bot_token=slack.world.bot_token,
            slack_app_token=slack.world.app_token,
            slack_api_url=slack.api_url,
            slack_tenant="acme",
        )
        app = await App.open(config)
        made = await _opened(slack, app)
        yield made
        await made.queue.stop()
        await made.room.stop()
        await app.close()
        assert made.queue.errors == []
        assert slack.violations == []


async def _opened(slack: Slackd, app: App) -> Office:
    async with app.database.system() as session:
        tenant = await do_create_tenant(
            session, slug="acme", name="Acme Fiber", timezone="Europe/Madrid", currency="EUR"
        )
    await found_tenant(app.around(tenant))
    ids = {}
    for user, (name, email, role) in PEOPLE.items():
        one = await people.add_person(app.database, tenant, name=name, email=email, by="test")
        await grants.grant(app.database, tenant, NewGrant(user_id=one.id, role=role, by="test"), giver=None)
        ids[user] = one.id

    async def find_user(tenant: Tenant, surface: str, external: str, email: str | None) -> User:
        user = await identity.find_linked(app.database, app.registry, tenant, surface, external, email)
        return await app.around(tenant).user(user.id, fresh=True)

    queue = MemoryQueue()
    room = SlackRoom(
        app.config,
        database=app.database,
        cipher=KEY,
        counter=Seated(app),
        office=SeatedPanels(app),
        find_user=find_user,
        enqueue=queue.enqueue,
        sweep_every=None,
        first_retry=timedelta(milliseconds=50),
    )
    queue.join(room)
    app.groups.find = room.usergroups.find_handle
    await room.start()
    return Office(slack, app, tenant, room, queue, ids, States(KEY))
