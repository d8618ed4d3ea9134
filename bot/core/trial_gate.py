"""Gates that do nothing: of somebody who tries a plugin, and of a dry run; changes stop after the preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.contract.action import Action, Approval, Via
from bot.contract.people import User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.reply import Reply, Tone, Waiting
from bot.core import policy
from bot.core.audit_note import Note, label, note_alone
from bot.core.bulkhead import Bulkheads
from bot.core.gate import Gate
from bot.core.gate_check import check_call
from bot.core.gate_measure import measured
from bot.core.gate_refusals import refusals, shown_args
from bot.core.gate_rows import in_words, needs_text, new_call, preview_text
from bot.core.gate_setup import Asked, Setup
from bot.core.gate_terms import get_terms
from bot.core.on_call import on_call_words, watch_of
from bot.core.trial import TrialSurroundings
from bot.db.calls import Call
from bot.errors import NotFound
from bot.host.registry import Owned, View


class TrialGate(Gate):
    """Stands before the tenant's own gate, which alone changes anything and knows nothing of the trial.

    Reads go through the trial, of every plugin, so that what they show is what would be shown. A change of
    a plugin on trial is worked out, shown and written down as tried; no call is stored, so nothing can
    become of it later. Every other change is the tenant's own gate's, as if there were no trial.
    """

    def __init__(
        self, plain: Gate, around: TrialSurroundings, view: View, *, bulkheads: Bulkheads | None = None
    ) -> None:
        super().__init__(
            database=around.database,
            view=view,
            around=around,
            plugins=around.registry.plugins,
            bulkheads=bulkheads,
            tried=around.tried,
        )
        self._plain, self._trial = plain, around

    async def call(
        self,
        user: User,
        action_id: str,
        args: Mapping[str, Any],
        *,
        via: Via = Via.PERSON,
        key: str | None = None,
        thread: str = "",
        place: Place = SOMEWHERE,
    ) -> Reply:
        """Run a read, show what a change of a plugin on trial would do, or hand a change of another on."""
        owned = self._changing(action_id)
        if owned is None:
            return await super().call(user, action_id, args, via=via, thread=thread, place=place)
        if owned.plugin in self._trial.tried:
            return await self._show(user, owned, args, Asked(via=via, thread=thread, place=place))
        themselves = await self._trial.plain.user(user.id)
        return await self._plain.call(
            themselves, action_id, args, via=via, key=key, thread=thread, place=place
        )

    async def decide(
        self,
        user: User,
        call_id: str,
        *,
        yes: bool,
        reason: str = "",
        version: str = "",
        thread: str = "",
        place: Place = SOMEWHERE,
    ) -> Reply:
        """Say yes or no to a parked call, which is never one of a trial."""
        return await self._plain.decide(
            user, call_id, yes=yes, reason=reason, version=version, thread=thread, place=place
        )

    async def undo(
        self, user: User, call_id: str, *, place: Place = SOMEWHERE, key: str | None = None
    ) -> Reply:
        """Take a finished call back."""
        return await self._plain.undo(user, call_id, place=place, key=key)

    async def find_undone(self, user: User, key: str) -> Reply | None:
        """Return how what was taken back with this key stands."""
        return await self._plain.find_undone(user, key)

    async def waiting(self, user: User, *, place: Place = SOMEWHERE) -> list[Waiting]:
        """Return the parked calls this person could decide here."""
        return await self._plain.waiting(user, place=place)

    def _changing(self, action_id: str) -> Owned[Action] | None:
        """Return the action if it changes something; None for reads, and for what is not here."""
        try:
            owned = self._setup.view.action(action_id)
        except NotFound:
            return None
        return None if owned.item.reads_only else owned

    async def _show(self, user: User, owned: Owned[Action], args: Mapping[str, Any], asked: Asked) -> Reply:
        """Return what the change would do and who would have to agree; nothing of it is done or kept."""
        call, on_call = await tried(self._setup, user, owned, args, asked)
        begins = f"Trial: nothing was done. With {owned.plugin} turned on, this would be:"
        return Reply(trial_text(begins, call, on_call), tone=Tone.WARN)


class DryGate(Gate):
    """Stands before a tenant's gate for whoever wants to see what would happen: reads run, changes do not."""

    async def call(
        self,
        user: User,
        action_id: str,
        args: Mapping[str, Any],
        *,
        via: Via = Via.PERSON,
        key: str | None = None,  # noqa: ARG002 - nothing is kept under it
        thread: str = "",
        place: Place = SOMEWHERE,
    ) -> Reply:
        """Run a read, or show what a change would do; neither is kept under `key`."""
        owned = self._setup.view.action(action_id)
        if owned.item.reads_only:
            return await super().call(user, action_id, args, via=via, thread=thread, place=place)
        asked = Asked(via=via, thread=thread, place=place)
        call, on_call = await tried(self._setup, user, owned, args, asked)
        return Reply(trial_text("Dry run: nothing was done. This would be:", call, on_call), tone=Tone.WARN)

    async def decide(self, user: User, call_id: str, *, yes: bool, **_said: Any) -> Reply:
        """Say what would be decided, if this person may know of it."""
        await self.show(user, call_id)
        return Reply(f"Dry run: this would say {'yes' if yes else 'no'} to {call_id}.", tone=Tone.WARN)

    async def undo(self, user: User, call_id: str, **_where: Any) -> Reply:
        """Say what would be taken back, if this person may know of it."""
        await self.show(user, call_id)
        return Reply(f"Dry run: this would take {call_id} back.", tone=Tone.WARN)


async def tried(
    setup: Setup, user: User, owned: Owned[Action], args: Mapping[str, Any], asked: Asked
) -> tuple[Call, str]:
    """Work a change out, with who would be on call for it, and write down that it was tried and not done."""
    facts = {"via": str(asked.via), "thread": asked.thread, "place": str(asked.place)}
    with measured(label(setup, owned.id), str(asked.via)):
        given = {**facts, "args": shown_args(setup, owned.id, args)}
        async with refusals(setup, user, owned.id, given):
            policy.check_permission(user, owned.item.permission, policy.doing(owned.item), setup.plugins)
            checked = await check_call(setup, user, owned, args, asked)
            call = new_call(setup, checked, asked, await get_terms(setup, checked, asked.via))
        more = {
            "args": call.args,
            "preview": call.preview,
            "needs": call.needs,
            "text": f"tried, not done: {in_words(call)}",
        }
        note = Note(
            event="tried",
            action_id=owned.id,
            user=user,
            things=checked.things,
            facts={**facts, **more},
        )
        await note_alone(setup, note)
        return call, on_call_words(setup, call, await watch_of(setup, [call]))


def trial_text(begins: str, call: Call, on_call: str = "") -> str:
    """Return what is said of a change instead of its being done."""
    waits = call.needs > Approval.NONE
    lines = (
        begins,
        f"**{in_words(call)}**",
        preview_text(call.preview),
        f"It would need {needs_text(call, 0, on_call)}." if waits else "It would be done at once.",
    )
    return "\n".join(line for line in lines if line)
