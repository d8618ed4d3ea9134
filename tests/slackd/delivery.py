"""Events and interactions on their way to the app: signed HTTP with retries, or Socket Mode."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from tests.slackd.apps import App, Install
from tests.slackd.clock import Clock
from tests.slackd.envelopes import make_envelope
from tests.slackd.events import is_wanted
from tests.slackd.outlet import Ack, Outlet, find_url
from tests.slackd.pool import Pool
from tests.slackd.quota import TOO_LATE, Quota
from tests.slackd.residents import Channel
from tests.slackd.signing import encode, sign
from tests.slackd.tally import Missed, Tally
from tests.slackd.weather import Weather
from tests.slackd.workspace import Workspace
from tests.slackd.world import World

__all__ = ["Delivery", "encode", "sign"]
SLACK_DELAYS = (0.0, 60.0, 300.0)
SHORT_DELAYS = (0.0, 0.05, 0.1)
FORGERIES = frozenset({"unsigned", "wrong", "altered", "stale", "early"})


class Delivery:
    """An app with an address is told over HTTP, else over whatever sockets it holds.

    `delays`: seconds before retries 1 to 3, as Slack's on a virtual clock and short on the real one.
    `patience`: seconds for an acknowledgement. `weather`: duplicates, delays and disorder on purpose.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.patience = 3.0
        self.delays: tuple[float, ...] = SHORT_DELAYS if type(world.clock) is Clock else SLACK_DELAYS
        self.weather = Weather(world.clock)
        self.acks: list[float] = []
        """Seconds each acknowledgement took."""
        self.unacked: list[str] = []
        self.tally = Tally()
        self.in_flight = 0
        """Attempts whose answer is still awaited."""
        self.verified: dict[str, bool] = {}
        """App -> whether its address answered the challenge; one that was never asked is trusted."""
        self.pool = Pool(world, self)
        self.outlet = Outlet(world.clock)
        self._quotas: dict[tuple[str, str], Quota] = {}
        self._tasks: set[asyncio.Task[Ack]] = set()

    @property
    def is_hurried(self) -> bool:
        """Whether retries come sooner than Slack's."""
        return sum(self.delays) < sum(SLACK_DELAYS)

    @property
    def request_url(self) -> str | None:
        """Where the first app is told of everything; None: Socket Mode."""
        return self.world.app.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.world.app.request_url = url

    async def open(self) -> None:
        """Nothing to prepare: sessions open when they are needed."""

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.outlet.close()

    def quota(self, team_id: str, app_id: str) -> Quota:
        return self._quotas.setdefault((team_id, app_id), Quota(self.world.clock))

    def emit(
        self,
        team: Workspace,
        event: dict[str, Any],
        *,
        channel: Channel | None = None,
        app: App | None = None,
    ) -> list[asyncio.Task[Ack]]:
        """Tell every app of the workspace that may hear it (E1), or only `app`.

        The tasks end when the delivery is acknowledged or given up.
        """
        place = channel or team.channels.get(str(event.get("channel")))
        return [
            self.send(make_envelope(self.world, team, install, event, place))
            for install in self._installs(team)
            if (app is None or install.app is app) and is_wanted(install, event, place, team)
        ]

    def _installs(self, team: Workspace) -> list[Install]:
        return list(team.installs.values())

    def send(self, payload: dict[str, Any], kind: str = "events_api") -> asyncio.Task[Ack]:
        """Deliver in the background; the task tells whether it was acknowledged and with what."""
        app = self.world.apps.get(str(payload.get("api_app_id")), self.world.app)
        if kind == "events_api" and self.weather.repeats:
            self.tally.repeats += 1
            self._start(payload, kind, app)
        return self._start(payload, kind, app)

    def _start(self, payload: dict[str, Any], kind: str, app: App) -> asyncio.Task[Ack]:
        self.tally.start(kind)
        task = asyncio.create_task(self._deliver(payload, kind, app))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, payload: dict[str, Any], kind: str, app: App) -> Ack:
        if kind != "events_api":
            return await self._attempts(payload, kind, app, ())
        quota = self.quota(str(payload.get("team_id")), app.id)
        if quota.is_disabled:
            return Ack(False, reason="disabled")
        if not quota.take():
            return await self._limited(payload, app, quota)
        await self.weather.turn()
        if self.world.clock.now() - payload.get("event_time", self.world.clock.now()) > TOO_LATE:
            return Ack(False, reason="too_late")
        return await self._attempts(payload, kind, app, self.delays, quota)

    async def _attempts(
        self,
        payload: dict[str, Any],
        kind: str,
        app: App,
        delays: tuple[float, ...],
        quota: Quota | None = None,
    ) -> Ack:
        ack, why = Ack(False), list[str]()
        for attempt in range(len(delays) + 1):
            if attempt and delays[attempt - 1]:
                await self.world.clock.sleep(delays[attempt - 1])
            self.tally.retries += bool(attempt)
            if kind == "events_api" and self.is_hurried and find_url(app, payload, kind) is None:
                await self.pool.ready(app)
            began = self.world.clock.monotonic()
            self.in_flight += 1
            try:
                ack = await self._once(payload, kind, app, (attempt, ack.reason))
            finally:
                self.in_flight -= 1
            if quota:
                quota.note(ok=ack.ok)
            if ack.ok:
                self.acks.append(self.world.clock.monotonic() - began)
                return ack
            why.append(f"{ack.status} {ack.reason}" if ack.status else ack.reason)
            self.tally.missed.append(
                Missed(kind, _name(payload), ack.reason, began, self.world.clock.monotonic())
            )
            if ack.is_final:
                break
        self._gave_up(payload, kind, app, why)
        return ack

    async def _once(self, payload: dict[str, Any], kind: str, app: App, retry: tuple[int, str]) -> Ack:
        url = find_url(app, payload, kind)
        if url is None:
            return await self.pool.send(app, payload, kind, retry)
        if self.verified.get(app.id) is False:
            return Ack(False, reason="url_not_verified", is_final=True)
        return await self.outlet.post(app, url, payload, kind, patience=self.patience, retry=retry)

    def _gave_up(self, payload: dict[str, Any], kind: str, app: App, why: list[str]) -> None:
        name = _name(payload)
        self.unacked.append(name)
        if app.manifest is not None or kind != "events_api":
            what = payload.get("event", {}).get("type") or payload.get("type") or payload.get("command")
            self.world.violate(f"never acknowledged: {kind} {what} {name} ({', '.join(why)})")

    async def _limited(self, payload: dict[str, Any], app: App, quota: Quota) -> Ack:
        """Over the hourly limit: the event is lost, and once a minute the app hears of it (E5)."""
        if quota.is_time_to_tell():
            told = {
                "token": app.verification_token,
                "type": "app_rate_limited",
                "team_id": payload.get("team_id"),
                "minute_rate_limited": int(self.world.clock.now()) // 60 * 60,
                "api_app_id": app.id,
            }
            await self._attempts(told, "events_api", app, self.delays)
        return Ack(False, reason="app_rate_limited")

    async def verify(self, app: App | None = None) -> bool:
        """Send the challenge; an address that does not echo it is told nothing from then on (E4)."""
        app = app or self.world.app
        challenge = self.world.next_id("challenge")
        told = {"token": app.verification_token, "challenge": challenge, "type": "url_verification"}
        url = find_url(app, told, "events_api")
        ack = await self.outlet.post(
            app, url or "", told, "events_api", patience=self.patience, retry=(0, "")
        )
        echoed = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        self.verified[app.id] = ack.ok and echoed in {challenge, f"challenge={challenge}"}
        if not self.verified[app.id]:
            self.world.violate(f"the challenge was not answered: {ack.status} {ack.reason}")
        return self.verified[app.id]

    async def attack(self, payload: dict[str, Any], how: str, kind: str = "events_api") -> int:
        """A request that is not as Slack makes it (E6); returns the status of the answer.

        `unsigned`, `wrong` (another secret), `altered` (another body), `stale`, `early`: taking one is a
        violation. `replay` comes twice as it is; `content_type` is told as text/plain.
        """
        app, now = self.world.app, self.world.clock.now()
        body, content_type = encode(payload, kind)
        secret = "x" * 32 if how == "wrong" else app.signing_secret
        headers = sign(secret, body, now + {"stale": -301, "early": 301}.get(how, 0))
        headers = {} if how == "unsigned" else headers
        headers["Content-Type"] = "text/plain" if how == "content_type" else content_type
        sent = body + b" " if how == "altered" else body
        url = find_url(app, payload, kind) or ""
        for _ in range(2 if how == "replay" else 1):
            ack = await self.outlet.raw(url, sent, headers, patience=self.patience)
        if ack.ok and how in FORGERIES:
            self.world.violate(f"a forged request was taken: {how}")
        return ack.status

    def add_socket(self, socket: web.WebSocketResponse, app_id: str = "") -> None:
        self.pool.add(socket, app_id or self.world.app_id)

    def drop_socket(self, socket: web.WebSocketResponse) -> None:
        self.pool.drop(socket)

    def acked(self, frame: dict[str, Any], socket: web.WebSocketResponse | None = None) -> None:
        self.pool.acked(frame, socket)


def _name(payload: dict[str, Any]) -> str:
    return str(payload.get("event_id") or payload.get("trigger_id"))
