"""The guard: what a freeze is about needs another person's yes while it lasts, or is refused."""

from __future__ import annotations

from bot.api import Approval, Ask, Guard, GuardedCall, Reach, Refuse
from plugins.freeze.kept import Ctx, find_in_force

EXEMPT = frozenset({"freeze", "admin"})
"""Whatever is covered: a freeze can always be ended, and the workspace mended."""


async def look(ctx: Ctx, call: GuardedCall) -> Refuse | Ask | None:
    """Hold back what the settings name, while a freeze is in force."""
    if call.plugin in EXEMPT or not ctx.settings.holds_back(call.action_id):
        return None
    frozen = await find_in_force(ctx)
    if not frozen:
        return None
    last = max(frozen, key=lambda one: one.until)
    if ctx.settings.during == "refuse":
        end = "Ask whoever declared it to end it, or wait."
        return Refuse(f"{last.words(ctx)} Nothing was changed. {end}")
    return Ask(Approval.OTHER, last.words(ctx))


WINDOW = Guard(
    name="window",
    about="While changes are frozen, those to the network need another person's yes, or are refused.",
    look=look,
    reach=Reach(),
)
