"""Links for outsiders: their addresses, and what happens when one is opened or its button is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bot.contract.link import PublicLink
from bot.contract.people import User
from bot.contract.port import Effect
from bot.contract.reply import Reply
from bot.contract.scope import EVERYWHERE
from bot.core.journal import note
from bot.core.seals import TenantSeals, link_text
from bot.core.surroundings import Surroundings
from bot.db.rates import Rate, check_rate
from bot.errors import NotFound
from bot.host.registry import Owned

PRESSES = Rate(times=10, within=timedelta(hours=1))
OUTSIDER = User(id="link", name="whoever was sent the link")
GONE = "This link does not work: it is not whole, or not ours. Copy all of it, to its last letter."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the parts of an address say."""

    plugin: str
    name: str
    about: str
    seal: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a link is for, and what is to be said."""

    link: PublicLink
    reply: Reply


async def open_link(around: Surroundings, wanted: Wanted, *, press: bool) -> Opened:
    """Say what a link offers, or do it; NotFound in the same words for everything that is not ours."""
    owned = await _find(around, wanted)
    if press:  # each press leaves a row in the journal, and whoever has the link may be anybody
        key = f"link:{owned.id}:{wanted.about}"
        await check_rate(around.database, around.tenant.id, key, PRESSES, what="presses of this button")
    effect = Effect(key=f"link-{uuid4()}", check=_ours, by=OUTSIDER.name, at=around.now())
    ctx = await around.context(owned.plugin, OUTSIDER, scope=EVERYWHERE, effect=effect if press else None)
    reply = await (owned.item.run if press else owned.item.show)(ctx, wanted.about)
    if press:
        async with around.database.tenant(around.tenant.id) as session:
            facts = {"link": owned.id, "about": wanted.about}
            text = f"pressed the link {owned.id} about {wanted.about}"
            await note(session, event="link.pressed", by=OUTSIDER.id, text=text, facts=facts)
    return Opened(link=owned.item, reply=reply)


async def _find(around: Surroundings, wanted: Wanted) -> Owned[PublicLink]:
    seals = TenantSeals(cipher=around.cipher, tenant=around.tenant.id, plugin=wanted.plugin)
    if not seals.fits(link_text(wanted.name, wanted.about), wanted.seal):
        raise NotFound(GONE)
    for owned in (await around.view()).all(PublicLink):
        if (owned.plugin, owned.item.name) == (wanted.plugin, wanted.name):
            return owned
    raise NotFound(GONE)


async def _ours() -> None:
    """Say that it is ours: a link that is pressed twice does what it does twice."""
