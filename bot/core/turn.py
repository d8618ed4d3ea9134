"""One message and its answer: calls go through the gate, and the thread remembers what they were about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.contract.action import Via
from bot.contract.handed import Handed
from bot.contract.reply import Choice, Reply, Tone
from bot.core.caller import Caller
from bot.core.candidates import asked_by, candidates, left_open, reopened
from bot.core.command import usage_line
from bot.core.desk import Desk
from bot.core.form import can_be_form
from bot.core.handed import filled, settled
from bot.core.help import question_for
from bot.core.listed import only_one, picks_of, rows_of, shown_of
from bot.core.named import named_by
from bot.core.next_up import next_questions
from bot.core.question import Question
from bot.core.resolve import SHOWN, hint, pick
from bot.core.threads import FINAL, Asking, Thread
from bot.errors import Ambiguous, BadInput, NotFound, Unsaid, UserError
from bot.understand.arguments import Argument, Kind, arguments_of, has_secret

LONGEST_CHOICES = 8
PORT = "port"
"""The kind of thing a part of a device is."""


class Turn(Caller):
    """What answering one message needs; `thread` is what will be remembered, `files` what came with it."""

    def __init__(self, desk: Desk, question: Question, thread: Thread) -> None:
        super().__init__(desk, question)
        self.thread, self.walking = thread, False
        self.files: Sequence[Handed] = ()

    def walk_on(self, thread: Thread) -> None:
        """Go on with the thread, in which a row of its last list was taken: that list stays to go on with."""
        self.thread, self.walking = thread, True

    async def call(
        self, action_id: str, args: Mapping[str, Any], via: Via, asks: Collection[str] = ()
    ) -> Reply:
        """Make a call, or ask for the first argument it lacks; the thread follows.

        `asks` names arguments that may be left out, but were meant ("her" tickets, and nobody knows whose).
        """
        item = self.desk.view.action(action_id).item
        parked = (self.thread.waiting or self.thread.parked) if item.reads_only else ""
        paused = self.thread.paused.later() if item.reads_only and self.thread.paused else None
        # a later yes is about what comes now; what waited is shown again before it is meant
        self.thread = replace(self.thread, waiting="", version="", parked=parked, paused=paused)
        if not self.fits(action_id):  # not even asked what it would be about; the gate says why and writes it
            return await self.through(action_id, args, via)
        arguments = arguments_of(item)
        args = filled(self.thread, arguments, args)
        if via is Via.MODEL or item.reads_only:
            args = reopened(self.thread.left_open, item, args, asks)
        if lacking := [a for a in arguments if _must(a, asks) and args.get(a.name) is None]:
            return await self._lookup_first(action_id, args, via, asks) or self.ask_for(
                action_id, args, lacking[0], via
            )
        self.thread = replace(self.thread, asking=None)
        try:
            reply = await self.through(action_id, args, via)
            self.thread = settled(self.thread, arguments)
        except (Ambiguous, NotFound, BadInput) as error:
            self.thread = self.thread.about(await self.named(arguments, args))
            return self._asked_again(error, action_id, args, via, asks)
        except UserError:
            self.thread = self._failed(action_id, args).about(await self.named(arguments, args))
            raise
        if not reply.focus:
            self.thread = self.thread.about(await self.named(arguments, args))
        answer = self.answered(reply, action_id, args, changed=not item.reads_only)
        if part := [
            a for a in arguments if a.entity == PORT and args.get(a.name)
        ]:  # "there" is it from now on
            self.thread = self.thread.about(await self.named(part, args))
        return answer

    def _failed(self, action_id: str, args: Mapping[str, Any]) -> Thread:
        """Return the thread knowing which change was refused, so that "make it 800" can mend it."""
        item = self.desk.view.action(action_id).item
        failed = None if item.reads_only or has_secret(item, args) else (action_id, dict(args))
        return replace(self.thread, failed=failed)

    async def stop_asking(self) -> None:
        """Ask for nothing any more, and know still what it was about: "actually show her balance"."""
        if (asking := self.thread.asking) is None:
            return
        arguments = arguments_of(self.desk.view.action(asking.action_id).item)
        self.thread = replace(self.thread.about(await self.named(arguments, asking.args)), asking=None)

    def ask_for(
        self, action_id: str, args: Mapping[str, Any], argument: Argument, via: Via, first: str = ""
    ) -> Reply:
        """Ask for one argument and remember that it was asked for."""
        owned = self.desk.view.action(action_id)
        if has_secret(owned.item, args):  # a thread is kept in clear
            raise BadInput(
                f"The {argument.title} is missing; say it all in one message. {usage_line(owned.item)}"
            )
        asking = Asking(action_id=action_id, args=dict(args), argument=argument.name, via=via)
        text = f"{first} {question_for(argument)}" if first else question_for(argument)
        values = argument.values if argument.kind is Kind.CHOICE else ()
        choices = tuple(Choice(label=v.replace("_", " "), words=v) for v in values[:LONGEST_CHOICES])
        form = None if owned.item.reads_only or not can_be_form(owned.item, args) else asking.call
        reply = Reply(text, choices=choices, tone=Tone.ASK, form=form)
        self.thread = replace(self.thread, asking=asking, picks=picks_of(reply), rows=())
        return reply

    async def _lookup_first(
        self, action_id: str, args: Mapping[str, Any], via: Via, asks: Collection[str]
    ) -> Reply | None:
        """Before asking for more: say so if something already named is not there, or ask which one it is."""
        owned = self.desk.view.action(action_id)
        for argument in arguments_of(owned.item):
            words = args.get(argument.name)
            if argument.kind is not Kind.ENTITY or words is None:
                continue
            found = await self.find(argument.entity, str(words), SHOWN + 1)
            entity = self.desk.view.entity(argument.entity)
            elsewhere = hint(self.user, owned, entity)
            try:
                if not found:
                    kind, shown = argument.entity.replace("_", " "), str(words)[:60]
                    raise NotFound(f"I found no {kind} for “{shown}”. {elsewhere}")  # noqa: TRY301 - as `pick`
                pick(owned, entity, argument.name, str(words), found, args, elsewhere)
            except (Ambiguous, NotFound) as error:
                self.thread = replace(self.thread, asking=None)
                return self._asked_again(error, action_id, args, via, asks)
        return None

    def _asked_again(
        self, error: UserError, action_id: str, args: Mapping[str, Any], via: Via, asks: Collection[str]
    ) -> Reply:
        """Say what did not fit; the choices, or the thing not found, stay open for the next message."""
        choices = error.choices if isinstance(error, Ambiguous) else ()
        tone = Tone.ASK if choices or isinstance(error, Unsaid) else Tone.BAD
        reply = Reply(str(error), choices=choices, tone=tone, error=type(error).__name__)
        asking = self.thread.asking
        secret = has_secret(self.desk.view.action(action_id).item, args)
        argument = asked_by(error, self.desk.view.action(action_id).item, args)
        if argument and not secret:
            rest = {k: v for k, v in args.items() if k != argument.name}
            asking = Asking(action_id=action_id, args=rest, argument=argument.name, via=via)
        if not choices and argument is None:
            self.thread = self._failed(action_id, args)
        picks = candidates(reply, via, asks)
        left = left_open(self.desk.view.action(action_id).item, action_id, args, choices, via)
        left = replace(left, picks=picks) if left else self.thread.left_open
        self.thread = replace(self.thread, picks=picks, rows=(), asking=asking, left_open=left)
        return reply

    def answered(
        self,
        reply: Reply,
        action_id: str = "",
        args: Mapping[str, Any] | None = None,
        *,
        changed: bool = False,
    ) -> Reply:
        """Leave out what this person may not press, add what might come next, remember the rest."""
        view = self.view
        usable = {o.id for o in view.actions_for(self.user)}
        buttons = tuple(b for b in reply.buttons if b.action_id in usable)
        reply = replace(reply, buttons=buttons)
        rows = rows_of(reply)
        kind = self.desk.understander.kind_of(rows[0]) if len(rows) == 1 else ""
        kind = kind or ("customer" if only_one(reply) else "")
        alone = (
            {kind: rows[0]} if kind and kind not in reply.focus else {}
        )  # the one of a list: "give it to Bea"
        self.thread = self.thread.about({**reply.focus, **alone})
        if not (buttons or reply.choices or reply.waiting or reply.error):
            reply = replace(reply, choices=next_questions(view, self.user, reply.focus, action_id))
        last = self._last(action_id, args or {})
        if rows and not self.walking:
            self.thread = replace(self.thread, walk=rows, at=-1, listing=last, part=())
        self.thread = replace(
            self.thread,
            picks=picks_of(reply),
            rows=rows,
            shown=shown_of(reply),
            order="",
            last=last,
            named=self._named_by(reply),
            failed=None,
            waiting=reply.waiting.call_id if reply.waiting else "",
            version=reply.waiting.version if reply.waiting else "",
            undoable=self._undoable(reply, changed=changed),
        )
        return reply

    def _named_by(self, reply: Reply) -> Mapping[str, tuple[str, ...]]:
        """Return what a reply names; of a preview only what it is for, not what it warns of."""
        told = Reply("", focus=reply.focus) if reply.waiting else reply
        return named_by(told, self.desk.understander.kinds, self.desk.understander.kind_of)

    def listed(self, reply: Reply) -> Reply:
        """Remember what a reply lists that was made from another one."""
        shown, picks, rows = shown_of(reply), picks_of(reply), rows_of(reply)
        self.thread = replace(self.thread, rows=rows, walk=rows, at=-1, shown=shown, order="", picks=picks)
        self.thread = replace(self.thread, named=self._named_by(reply))
        return reply

    def _undoable(self, reply: Reply, *, changed: bool) -> str:
        """Return the call that "undo" means now; after a change that is final it means no older one.

        A change may end with bad news (its tone) and can be taken back all the same.
        """
        if reply.waiting or reply.error:
            return self.thread.undoable
        if reply.undo and reply.call_id:
            return reply.call_id
        return FINAL if changed else self.thread.undoable

    def _last(self, action_id: str, args: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
        """Return what to remember as the last call; nothing that holds a secret."""
        if not action_id or has_secret(self.desk.view.action(action_id).item, args):
            return self.thread.last
        return action_id, dict(args)


def _must(argument: Argument, asks: Collection[str]) -> bool:
    """Say whether a call cannot do without an argument; files are never left out."""
    return argument.required or argument.name in asks or argument.kind is Kind.FILES
