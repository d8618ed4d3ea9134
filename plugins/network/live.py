"""A level that somebody watches while they splice: kept, read again and again, and told when it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.api import EVERYWHERE, Choice, Job, Nudge, Reply, Tone, Unavailable, plural, span
from plugins.network.nouns import Line, Ont
from plugins.network.port import Network
from plugins.network.settings import WatchCtx

PREFIX, COUNTER, READ = "watch:", "watches", "network:read"
SWEEP = timedelta(minutes=1)
AWAY = 3
"""So many readings left out are a gap that is told: the service was away."""
ASIDE = timedelta(seconds=1)
"""What a reading may come early, so that none is left out for a moment's difference."""
GONE = "gone"
DARK = {"los": "sees no light", "dying_gasp": "lost power", "offline": "does not answer"}


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One person's watch. `said` is what they were told last: a level in dBm, or why there is none."""

    id: int
    user: str
    customer: str
    name: str
    service: str
    kind: str
    area: Mapping[str, str | None]
    since: datetime
    until: datetime
    read_at: datetime
    first: str
    said: str
    readings: int = 1
    told: int = 0
    deaf: bool = False
    unread: float = 0.0
    """Seconds within it in which nothing was read: the word on such a gap may be overtaken by the next."""

    @property
    def key(self) -> str:
        """Return where the store keeps it: one a person."""
        return f"{PREFIX}{self.user}"

    @property
    def who(self) -> str:
        """Return whose line it is."""
        return f"{self.name} ({self.customer})"


def state_of(ont: Ont | None) -> str:
    """Return the level as figures, or what stands for it: `los`, `unknown`, `gone` from the line."""
    if ont is None:
        return GONE
    if ont.status != "online":
        return ont.status
    return "unknown" if ont.rx_dbm is None else f"{ont.rx_dbm:.1f}"


def dbm_of(state: str) -> float | None:
    """Return the level; None where there is none."""
    try:
        return float(state)
    except ValueError:
        return None


def words_of(state: str, kind: str = "fiber") -> str:
    """Return `-21.4 dBm, good`, or `dark: it sees no light`."""
    level = dbm_of(state)
    if state == GONE:
        return f"no {'ONT' if kind == 'fiber' else 'radio'} on the line"
    if level is None:
        return f"dark: it {DARK[state]}" if state in DARK else "up, its level is not measured"
    ont = Ont(serial="", status="online", status_since=NEVER, seen_at=NEVER, rx_dbm=level)
    return Line(service="", customer="", kind=kind, status="active", ont=ont).level


NEVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def moved(before: str, now: str, least: float) -> bool:
    """Say whether what is read now is worth a word: by so many dB, gone dark, or back."""
    was, level = dbm_of(before), dbm_of(now)
    if was is None or level is None:
        return before != now
    return round(abs(level - was), 2) >= least


def said_of_move(watch: Watch, now: str) -> str:
    """Say how it stands now, and what it was."""
    was, level = dbm_of(watch.said), dbm_of(now)
    if was is not None and level is not None:
        better = "better" if level > was else "worse"
        return f"**{words_of(now, watch.kind)}**, {abs(level - was):.1f} dB {better} than {was:.1f}"
    if watch.said in DARK and now not in {*DARK, GONE}:
        return f"It is back: **{words_of(now, watch.kind)}**"
    if now in DARK and watch.said not in DARK:
        return f"It went **dark**: it {DARK[now]}; it was {words_of(watch.said, watch.kind)}"
    return f"Now **{words_of(now, watch.kind)}**; it was {words_of(watch.said, watch.kind)}"


def ended(ctx: WatchCtx, watch: Watch) -> str:
    """Say what came of it: from the first reading to the last, and from when on nothing was read."""
    stayed = watch.first == watch.said
    way = f"{words_of(watch.said, watch.kind)} all along" if stayed else (
        f"from {words_of(watch.first, watch.kind)} to **{words_of(watch.said, watch.kind)}**"
    )  # fmt: skip
    unread = _unread(ctx, watch)
    until = watch.read_at if unread else min(ctx.now, watch.until)
    took = span(max(until - watch.since, ASIDE))
    gap = f" For {span(timedelta(seconds=watch.unread))} of it nothing was read." if watch.unread else ""
    return f"{watch.who}: {way}, {plural(watch.readings, 'reading')} in {took}.{gap}{unread}"


def _unread(ctx: WatchCtx, watch: Watch) -> str:
    """Say that the end of a watch was not read: its last reading is no word on how it stands now."""
    unknown = "how it stands now I do not know"
    if watch.deaf:
        return f" The last times I asked there was no answer: {unknown}."
    if _away(ctx, watch.read_at, min(ctx.now, watch.until)):
        return f" **Nothing was read after {ctx.local(watch.read_at):%H:%M:%S}**: {unknown}."
    return ""


def _away(ctx: WatchCtx, since: datetime, until: datetime) -> bool:
    return until - since > AWAY * ctx.settings.every + ASIDE


async def find_watches(ctx: WatchCtx) -> list[Watch]:
    """Return all that are kept."""
    kept = (await ctx.store.items()).items()
    return [watch_of(value) for key, value in kept if key.startswith(PREFIX)]


async def get_watch(ctx: WatchCtx, user: str) -> Watch | None:
    """Return a person's watch."""
    value = await ctx.store.get(f"{PREFIX}{user}")
    return watch_of(value) if value else None


async def do_keep(ctx: WatchCtx, watch: Watch) -> None:
    """Keep a new watch; one that its person had before is over."""
    await ctx.store.set(watch.key, watch_to_json(watch))


async def do_end(ctx: WatchCtx, watch: Watch) -> bool:
    """Forget a watch as it was read; False when it went on meanwhile, or another took its place."""
    return await ctx.store.swap(watch.key, watch_to_json(watch), None)


def watch_to_json(watch: Watch) -> dict[str, Any]:
    """Return a watch as the store keeps it."""
    times = {name: getattr(watch, name).isoformat() for name in ("since", "until", "read_at")}
    return {**asdict(watch), "area": dict(watch.area), **times}


def watch_of(value: Mapping[str, Any]) -> Watch:
    """Read a watch as the store keeps it."""
    times = {name: datetime.fromisoformat(value[name]) for name in ("since", "until", "read_at")}
    return Watch(**{**value, **times})


async def follow(ctx: WatchCtx, payload: Mapping[str, Any]) -> timedelta | None:
    """Read every watched level that is due. Each word has a key, so a run that died says none of them twice.

    The run of each minute only wakes the one that goes on: a watch outlives the process that read it.
    """
    goes_on = False
    for watch in await find_watches(ctx):
        await ctx.effect.check()
        if ctx.now >= watch.until:
            await _say(ctx, watch, "end", f"I stop watching. {ended(ctx, watch)}")
            await do_end(ctx, watch)
            continue
        goes_on = True
        if ctx.now >= watch.read_at + ctx.settings.every - ASIDE:
            await _read(ctx, watch)
    if goes_on and not payload:
        await ctx.enqueue("follow", {"on": True})
    return ctx.settings.every if goes_on and payload else None


async def _read(ctx: WatchCtx, watch: Watch) -> None:
    """Read a level once, say what moved, and keep how it was."""
    gap = _gap(ctx, watch)
    try:
        now = state_of(await ctx.port(Network).ont_now(EVERYWHERE, watch.service))
    except Unavailable as error:
        after = replace(watch, read_at=ctx.now, deaf=True)
        if not watch.deaf:
            await _say(ctx, watch, f"deaf{watch.readings}", f"{watch.who}: {error} I keep asking.")
        await ctx.store.swap(watch.key, watch_to_json(watch), watch_to_json(after))
        return
    lost = (ctx.now - watch.read_at).total_seconds() if gap else 0.0
    after = replace(
        watch, read_at=ctx.now, readings=watch.readings + 1, deaf=False, unread=watch.unread + lost
    )
    if gap or moved(watch.said, now, ctx.settings.watch_db):
        text = said_of_move(watch, now) if watch.said != now else f"Still {words_of(now, watch.kind)}"
        after = replace(after, said=now, told=watch.told + 1)
        await _say(ctx, watch, f"{after.told}", f"{watch.who}: {text}.{gap}")
    await ctx.store.swap(watch.key, watch_to_json(watch), watch_to_json(after))


def _gap(ctx: WatchCtx, watch: Watch) -> str:
    """Say that nothing was read for a while: nobody may take silence for a steady level."""
    if watch.deaf or not _away(ctx, watch.read_at, ctx.now):
        return ""
    begin, end = ctx.local(watch.read_at), ctx.local(ctx.now)
    return f" Nothing was read from {begin:%H:%M:%S} to {end:%H:%M:%S}: the service was away."


async def _say(ctx: WatchCtx, watch: Watch, key: str, text: str) -> None:
    """Say it to whoever watches, if they still may see the line; what was not heard yet is old by then."""
    end = key == "end"
    again = (Choice("Watch again", f"network watch_level {watch.customer} service={watch.service}"),)
    stop = (Choice("Stop", "network stop_watching"),)
    reply = Reply(text, choices=again if end else stop, tone=Tone.PLAIN)
    nudge = Nudge(
        key=f"{PREFIX}{watch.id}:{key}",
        to=watch.user,
        reply=reply,
        instead_of=f"{PREFIX}{watch.id}:",
        permission=READ,
        area=watch.area,
    )
    await ctx.nudge(nudge)


FOLLOW = Job(
    name="follow",
    about="Reads the levels that people watch while they splice",
    run=follow,
    every=SWEEP,
    before_answers=True,
)
