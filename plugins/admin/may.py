"""Who may do something, and what somebody may do: from the roles people hold, with limits and area."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.api import (
    Ambiguous,
    Choice,
    Column,
    Money,
    NotFound,
    Reply,
    Table,
    UserError,
    action,
    platform,
    plural,
)
from plugins.admin.nouns import PEOPLE_READ, POLICIES, SELF, Ctx, PersonRef, Word, core, source

MANY = 200
"""Permissions of one person that are listed."""


NEAREST = 8
ANYBODY = re.compile(
    r"\s+(?:any|some)(?:body|one|thing)\b|\s+(?:an?|any|some) (?:customers?|tickets?|invoices?)(?= |$)|"
    r"\s+of \d[\d.,]*k?\b|^(?:ever|actually|also|still)\s+",
    re.IGNORECASE,
)
"""Said of a deed and not what it is called: "suspend anybody"."""
APPROVES = re.compile(
    r"^(?:approve|confirm|agree to|sign off(?: on)?|say yes to)\s+(?!(?:it|that|this|them|calls?)\b)"
    r"(?=\w+ \w+|\w+s\b)",
    re.IGNORECASE,
)
Offer = Callable[[platform.Deed], Choice | None]
"""How the same call is said with one deed for words that were not clear; None: not to be offered."""


async def deed_meant(ctx: Ctx, words: str, offer: Offer) -> platform.Deed:
    """Return the one thing that words like "suspend customers" speak of; changes before what only reads."""
    if ":" in words:
        return await _by_permission(ctx, words.strip().lower())
    said, words = words, APPROVES.sub("", words)  # whoever else may do it may say yes to it
    found = await core(ctx).find_deeds(words) or await core(ctx).find_deeds(ANYBODY.sub("", words))
    if said != words and all(one.reads_only for one in found):  # nobody has to approve what only reads
        near = [one for one in await core(ctx).near_deeds(words) if not one.reads_only]
        raise unknown(said, choices_of(sorted(near, key=lambda one: not one.agreed), offer))
    found = [one for one in found if not one.reads_only] or list(found)
    if not found:
        raise unknown(words, choices_of(await core(ctx).near_deeds(words), offer))
    if len({one.permission for one in found}) > 1:
        which = choices_of(found, offer)
        raise Ambiguous(f"“{words.strip()[:60]}” may be several things. Which one?", which)
    return found[0]


def choices_of(deeds: Sequence[platform.Deed], offer: Offer) -> list[Choice]:
    """Return the first deeds as choices, each call once."""
    offered = filter(None, map(offer, deeds))
    return list({one.words: one for one in reversed(list(offered))}.values())[::-1][:NEAREST]


def unknown(words: str, near: Sequence[Choice]) -> UserError:
    """Return the refusal of words that name no deed, with the nearest real ones to choose from."""
    none = f"I know nothing here that is called “{words.strip()[:60]}”."
    if near:
        return Ambiguous(f"{none} The nearest that there is:", near)
    return NotFound(
        f"{none} Say it like `close tickets` or `give credits`, or name a permission; `help` shows what "
        "there is."
    )


async def _by_permission(ctx: Ctx, permission: str) -> platform.Deed:
    meaning = (await meanings(ctx)).get(permission)
    if meaning is None:
        raise NotFound(
            f"No plugin that is on here has the permission “{permission[:60]}”. `admin rights` lists yours, "
            "`admin roles support` those of a role."
        )
    does = meaning[:1].lower() + meaning[1:]
    return platform.Deed(action_id="", does=does, permission=permission, reads_only=False)


async def meanings(ctx: Ctx) -> dict[str, str]:
    """Return what each permission of the plugins that are on means, in the plugin's own words."""
    cards = await core(ctx).plugins()
    return {name: meaning for card in cards if card.on for name, meaning in card.permissions.items()}


def money(ctx: Ctx, minor: int | None) -> Money | None:
    """Return a limit as money of this tenant."""
    return None if minor is None else Money(minor, ctx.tenant.currency)


@action(
    permission=SELF,
    reads_only=True,
    examples=[
        "who may {what}",
        "who can {what}",
        "who is allowed to {what}",
        "who has the right to {what}",
        "which colleagues may {what}",
    ],
)
async def who_may(ctx: Ctx, what: Word) -> Reply:
    """Say who may do something, and so whom to ask; where and up to which limits for those who see people."""
    deed = await deed_meant(ctx, what, lambda one: Choice(one.does, f"admin who_may {one.action_id}"))
    held = await core(ctx).holders(deed.permission)
    meaning = (await meanings(ctx)).get(deed.permission, "")
    names = list(dict.fromkeys(one.person for one in held))
    rows = [
        (one.person, one.role, one.area, money(ctx, one.max_amount), one.max_count, one.expires_at)
        for one in held
    ]
    titles = ("Person", "By the role", "Where", "Up to", "Customers at once", "Until")
    text = (
        f"{plural(len(names), 'person', 'people')} may {deed.does}: {_listed(names)}."
        if names
        else f"Nobody here may {deed.does}: no role that somebody holds allows it."
    )
    if not ctx.user.may(PEOPLE_READ):  # whom to ask is no secret; limits and areas of others are
        return Reply(text, data=tuple(names), evidence=source(ctx))
    return Reply(
        text,
        data=tuple(held),
        facts={"It takes": f"{deed.permission} ({meaning})" if meaning else deed.permission}
        | await _agreed(ctx, deed),
        table=Table(columns=tuple(map(Column, titles)), rows=rows) if rows else None,
        evidence=source(ctx),
    )


async def others(ctx: Ctx, permission: str) -> list[str]:
    """Return the names of those besides the asker who hold a permission, and so may agree to its use."""
    held = await core(ctx).holders(permission)
    return list(dict.fromkeys(one.person for one in held if one.person_id != ctx.user.id))


async def alone(ctx: Ctx, permission: str, instead: str) -> tuple[str, ...]:
    """Warn that nobody else here could agree to what takes another's yes, and say what to do instead."""
    if await others(ctx, permission):
        return ()
    return (f"It takes the yes of another person who may do it, and here nobody else may. {instead}",)


def _listed(names: Sequence[str]) -> str:
    shown, more = names[:5], len(names) - 5
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


async def _agreed(ctx: Ctx, deed: platform.Deed) -> dict[str, object]:
    """Return the approval policies that apply besides, for whoever may see them."""
    if not ctx.user.may(POLICIES) or not deed.action_id:
        return {}
    plugin = deed.permission.split(":", maxsplit=1)[0]
    over = {deed.action_id, f"{plugin}_*", "*"}
    words = [one.words(ctx.tenant.currency) for one in await core(ctx).policies() if one.action in over]
    return {"Policy": " ".join(words)} if words else {}


@action(
    permission=PEOPLE_READ,
    reads_only=True,
    examples=[
        "what may {person} do",
        "what can {person} do",
        "what is {person} allowed to do",
        "rights of {person}",
        "is {person} allowed to {what}",
        "does {person} have the right to {what}",
    ],
)
async def rights_of(ctx: Ctx, person: PersonRef, what: str = "") -> Reply:
    """List what a colleague may do, or say whether they may do one thing: by which role, where, how far."""
    held = await _held(ctx, person)
    if what.strip():
        say = f'admin rights_of person="{person.key}" what='
        deed = await deed_meant(ctx, what, lambda one: Choice(one.does, f"{say}{one.action_id}"))
        return _one(ctx, person, deed, held)
    there = await meanings(ctx)
    rows = [
        (there[one.permission], grant.area, _limits(ctx, one), grant.role)
        for grant, one in held
        if one.permission in there
    ]
    roles = _listed(list(dict.fromkeys(grant.role for grant, _ in held)))
    columns = tuple(map(Column, ("May", "Where", "Limits", "By the role")))
    return Reply(
        f"{person.name} holds {roles} and may do this:" if rows else _nothing(person),
        data=tuple(one for _, one in held),
        table=Table(columns=columns, rows=rows[:MANY]) if rows else None,
        evidence=source(ctx),
        focus={"person": person.key},
    )


def _nothing(person: platform.Member) -> str:
    why = "holds no role here" if person.active else "is deactivated"
    return f"{person.name} {why}, so they may do nothing."


async def _held(ctx: Ctx, person: platform.Member) -> list[tuple[platform.GrantCard, platform.Allowed]]:
    """Return each permission of each grant of a person; none of a deactivated one."""
    if not person.active:
        return []
    cards = {card.name: card.permissions for card in await core(ctx).roles()}
    return [(grant, one) for grant in await core(ctx).grants(person.id) for one in cards.get(grant.role, ())]


def _one(
    ctx: Ctx,
    person: platform.Member,
    deed: platform.Deed,
    held: Sequence[tuple[platform.GrantCard, platform.Allowed]],
) -> Reply:
    """Answer whether somebody may do one thing."""
    by = [(grant, one) for grant, one in held if one.permission == deed.permission]
    ways = [
        ", ".join(filter(None, (f"by the role {grant.role}", grant.area, _limits(ctx, one))))
        for grant, one in by
    ]
    yes = f"Yes, {person.name} may {deed.does}: {'; '.join(ways)}."
    no = f"No, {person.name} may not {deed.does}: that takes `{deed.permission}`, which their roles lack."
    text = yes if by else no if person.active else f"No. {_nothing(person)}"
    return Reply(text, data=bool(by), evidence=source(ctx), focus={"person": person.key})


def _limits(ctx: Ctx, one: platform.Allowed) -> str:
    parts = (
        f"up to {money(ctx, one.max_amount)}" if one.max_amount is not None else "",
        f"up to {plural(one.max_count, 'customer')} at once" if one.max_count is not None else "",
    )
    return ", ".join(filter(None, parts))


ACTIONS = (who_may, rights_of)
