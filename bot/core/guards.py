"""Asking the guards about a call, in their order: any may refuse it or raise its approval, none lowers it."""

from __future__ import annotations

from bot import trouble
from bot.contract.action import Action, Approval
from bot.contract.guard import Ask, Guard, GuardedCall, Refuse, Verdict
from bot.contract.people import User
from bot.core.bulkhead import DeadlinePassed, within
from bot.core.gate_setup import Setup
from bot.errors import NotAllowed, PluginError, Unavailable, UserError
from bot.host.registry import Owned


async def ask_guards(setup: Setup, user: User, owned: Owned[Action], call: GuardedCall) -> tuple[Ask, ...]:
    """Return what the guards ask for; raise NotAllowed with the reason of the first that refuses.

    One that fails stops the call: nobody knows what it would have said.
    """
    asks: list[Ask] = []
    for guard in setup.view.guards_of(owned):
        match await _look(setup, user, guard, call):
            case Refuse(reason=reason):
                raise NotAllowed(reason)
            case Ask() as ask:
                asks.append(ask)
    return tuple(asks)


async def _look(setup: Setup, user: User, guard: Owned[Guard], call: GuardedCall) -> Verdict:
    """Ask one guard within its time and its plugin's places."""
    try:
        context = await setup.around.context(
            guard.plugin, user, scope=user.scope(call.permission), place=call.place
        )
        async with setup.bulkheads.place(setup.tenant.id, guard.plugin):
            verdict = await within(guard.item.timeout, guard.item.look(context, call))
        return check_verdict(guard, call, verdict)
    except UserError:
        raise
    except DeadlinePassed as error:
        seconds = guard.item.timeout.total_seconds()
        raise _failed(guard, call, f"took longer than {seconds:g} s", error) from None
    except Exception as error:  # noqa: BLE001 - whatever a guard throws, the call must not run
        raise _failed(guard, call, "failed", error) from None


def check_verdict(guard: Owned[Guard], call: GuardedCall, verdict: object) -> Verdict:
    """Return a guard's verdict if it is one that can be kept."""
    if verdict is None or isinstance(verdict, Refuse):
        return verdict
    if not isinstance(verdict, Ask) or not isinstance(verdict.level, Approval):
        raise PluginError(f"{guard.id} answered {type(verdict).__name__}; it answers None, Refuse or Ask")
    if verdict.level is Approval.NONE or call.reads_only:
        raise PluginError(
            f"{guard.id} asks for {verdict.level.name} of {call.action_id}, which is no approval"
        )
    return verdict


def _failed(guard: Owned[Guard], call: GuardedCall, how: str, error: Exception) -> Unavailable:
    """Return what is said when a guard did not answer; the log has the rest under the same id."""
    found = trouble.incident(
        "guard_failed", error, guard=guard.id, plugin=guard.plugin, action=call.action_id
    )
    return Unavailable(
        f"A check that comes before this, “{guard.item.name}” of the plugin {guard.plugin}, {how}, so I did "
        f"not go on; nothing was changed. It is noted for administrators (incident {found})."
    )
