"""A small plugin with something worth agreeing to, for tests of approvals by whoever is on call."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, Approval, Context, Money, NoSettings, PluginInfo, Preview, Reply, action, hookimpl

PAY, SEE = "desk:pay", "desk:see"


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(name="desk", about="Pays.", permissions={PAY: "Pay", SEE: "See"})


async def show(_ctx: Context[NoSettings], amount: Money) -> Preview:
    return Preview(text=f"Pay {amount}.", amount=amount)


@action(permission=PAY, approval=Approval.SELF, preview=show, amount="amount")
async def pay(ctx: Context[NoSettings], amount: Money) -> Reply:
    """Pay an amount."""
    await ctx.effect.check()
    await ctx.store.set(ctx.effect.key, str(amount))
    return Reply(f"Paid {amount}.")


@hookimpl
def register_actions() -> Sequence[Action]:
    return [pay]
