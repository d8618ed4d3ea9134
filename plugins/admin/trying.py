"""Trying a plugin before it is turned on: some people read with it, nobody changes anything by it."""

from __future__ import annotations

from datetime import timedelta

from bot.api import ActionCall, Approval, BadInput, Preview, Reply, action, platform
from plugins.admin.nouns import PLUGINS, Ctx, PersonRef, Word, core, source

LASTS = timedelta(days=7)
UNDO = timedelta(hours=1)


def wish_of(
    ctx: Ctx, name: str, person: platform.Member | None, role: str, lasts: timedelta | None
) -> platform.TrialWish:
    """Return the trial that is meant: without a name, for whoever asks."""
    if lasts is not None and lasts <= timedelta():
        raise BadInput("A trial lasts longer than nothing, e.g. `lasts=7d`.")
    people = (person.id,) if person else () if role else (ctx.user.id,)
    roles = (role.strip().lower(),) if role else ()
    return platform.TrialWish(plugin=name, users=people, roles=roles, until=ctx.now + (lasts or LASTS))


async def preview_try(
    ctx: Ctx,
    name: Word,
    person: PersonRef | None = None,
    role: str = "",
    lasts: timedelta | None = None,
) -> Preview:
    """Say who would have it, until when, and what it may not do."""
    wish = wish_of(ctx, name, person, role, lasts)
    await core(ctx).check_trial(wish)
    card = next(card for card in await core(ctx).plugins() if card.name == name)
    who = [person.name] if person else [] if role else [ctx.user.name]
    who += [f"everybody with the role {one}" for one in wish.roles]
    return Preview(
        text=(
            f"Let {' and '.join(who)} try {name} until {ctx.local(wish.until):%d %b %H:%M}: {card.about} "
            "They can look things up with it. Its changes are only shown, its jobs and rules do not act, and "
            "for everybody else it stays off."
        ),
        hits=0,
        warnings=(f"It needs {', '.join(card.needs)}, which is tried with it if it is off.",)
        if card.needs
        else (),
    )


@action(
    permission=PLUGINS,
    approval=Approval.SELF,
    preview=preview_try,
    examples=[
        "try the {name} plugin",
        "let {person} try the {name} plugin",
        "try the {name} plugin with the role {role}",
        "try the {name} plugin for {lasts}",
        "test the {name} plugin before we turn it on",
    ],
)
async def try_plugin(
    ctx: Ctx,
    name: Word,
    person: PersonRef | None = None,
    role: str = "",
    lasts: timedelta | None = None,
) -> Reply:
    """Try a plugin before it is turned on: for you, a person or a role only; it changes nothing."""
    words = await core(ctx).try_plugin(ctx.effect, ctx.user, wish_of(ctx, name, person, role, lasts))
    return Reply(
        f"{name} is {words}. Its changes are only shown. `admin end_trial {name}` ends it; turning it on or "
        "off does too.",
        evidence=source(ctx),
        undo=ActionCall(action_id="admin_end_trial", args={"name": name}),
        undo_within=UNDO,
    )


@action(
    permission=PLUGINS,
    approval=Approval.SELF,
    examples=["end the trial of {name}", "end the trial of the {name} plugin", "stop trying {name}"],
)
async def end_trial(ctx: Ctx, name: Word) -> Reply:
    """End the trial of a plugin at once; it stays off."""
    ended = await core(ctx).end_trial(ctx.effect, ctx.user, name)
    text = f"The trial of {name} is over." if ended else f"{name} is not on trial."
    return Reply(text, evidence=source(ctx))


ACTIONS = (try_plugin, end_trial)
"""What the plugin offers of it."""
