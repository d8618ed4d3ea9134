"""From a click or a form in a panel to the next screen; changes are made by the worker, once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from bot.errors import UserError
from bot.slack.calls import CallError, Calls, made
from bot.slack.panels.asker import Asker
from bot.slack.panels.blocks import line, options
from bot.slack.panels.cards import Cards
from bot.slack.panels.confirm import LET_GO, confirm_page, doing_page, noted, others_page
from bot.slack.panels.drawing import drawn, refusal, waiting_page
from bot.slack.panels.hearing import CONFIRM, EXPORT, Body, Step, form_of, step_of
from bot.slack.panels.ports import Backoffice
from bot.slack.panels.registry import SCREENS, SUGGESTS
from bot.slack.panels.screen import Faults, Page, Screen, State, Visit, Wish
from bot.slack.panels.sealing import States
from bot.slack.teams import Team
from bot.trouble import incident

log = structlog.get_logger(__name__)

SOON, AT_ONCE = 0.6, 1.5
"""Seconds until a click gets a first sign, and a form its answer; Slack waits three for the latter."""
NO_SCREEN = "There is no such form here any more. Close this, and open it again from the Home tab."
BROKE = (
    "Something went wrong here, and nothing was changed. An admin finds it in the log (incident {number})."
)
NOT_KNOWN = "Slack does not tell me who you are at the moment. Please try again in a few minutes."
FILE_COMES = ":hourglass_flowing_sand: I bring you the file in our direct conversation."
SECRET = "secret_"  # noqa: S105 - how fields of secrets are called
"""Start of the names of fields that are never shown back."""

View = dict[str, Any]


class Panels:
    """Opens panels, walks from screen to screen, and shows what a change would do."""

    def __init__(
        self, *, office: Backoffice, asker: Asker, calls: Calls, states: States, cards: Cards
    ) -> None:
        self._office, self._asker, self._calls, self._states = office, asker, calls, states
        self._cards = cards
        self._late: set[asyncio.Task[None]] = set()

    async def click(self, team: Team, body: Body) -> None:
        """Show what was pressed: in a modal of its own from elsewhere, else in place of what is shown."""
        step = step_of(body)
        if step is None:
            return
        if not step.view_id:
            opened = await self._open(team, step)
            if opened is not None:
                await self.show(team, opened, await self._view(team, replace(step, view_id=opened)))
            return
        if step.screen == EXPORT:  # the worker brings it
            step = replace(step, screen="audit-found", value="")
            await self.show(team, step.view_id, await self._view(team, step, note=FILE_COMES))
            return
        work = asyncio.ensure_future(self._view(team, step))
        done, _ = await asyncio.wait({work}, timeout=SOON)
        known = step.view_hash
        if not done:  # whoever presses twice meanwhile presses nothing
            await self.show(team, step.view_id, self._draw(team, step.user, waiting_page()), known)
            known = ""
        await self.show(team, step.view_id, await work, known)

    async def submit(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Answer a form: what is wrong at its fields, or the next screen; late ones come by themselves."""
        step = form_of(body)
        if step is None:
            return None
        if step.screen == CONFIRM:
            return _update(self._draw(team, step.user, self._doing(team, step)))
        work = asyncio.ensure_future(self._answer(team, step, body))
        done, _ = await asyncio.wait({work}, timeout=AT_ONCE)
        if done:
            return work.result()
        task = asyncio.create_task(self._later(team, step, work))
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return _update(self._draw(team, step.user, waiting_page()))

    async def suggest(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Answer letters typed into a menu; nothing for who may not look."""
        step, name = form_of(body), str(body.get("action_id", "")).split(":")[1:2]
        if step is None or not name or name[0] not in SUGGESTS:
            return {"options": []}
        try:
            visit = await self._visit(team, replace(step, value=str(body.get("value", ""))[:100]))
            return {"options": options(await SUGGESTS[name[0]](visit))}
        except (UserError, CallError):
            return {"options": []}

    async def again(self, team: Team, user: str, back: State, note: str) -> View:
        """Return a screen anew after a change, with what became of it above."""
        step = Step(user=user, screen=str(back.get("screen", "")))
        return await self._view(team, step, state=back, note=note)

    async def show(self, team: Team, view_id: str, view: View, known: str = "") -> None:
        """Put a view in place of what is shown; when that was closed, or has moved on, nothing happens."""
        client = self._calls.client(team.token)
        more = {"hash": known} if known else {}
        try:
            await made("views.update", lambda: client.views_update(view_id=view_id, view=view, **more))
        except CallError as error:
            log.info("slack.panel_not_shown", reason=error.reason)

    def open_state(self, team: Team, user: str, sealed: str) -> State:
        """Return what a modal remembers; BadInput when it was not made for this person."""
        return self._states.open(team, user, sealed)

    async def visit(self, team: Team, user: str) -> Visit:
        """Return a person at the door."""
        return await self._visit(team, Step(user=user, screen=""))

    async def _open(self, team: Team, step: Step) -> str | None:
        """Open a modal at once, for a trigger is good for three seconds; return its id."""
        client, view = self._calls.client(team.token), self._draw(team, step.user, waiting_page())
        try:
            found = await made("views.open", lambda: client.views_open(trigger_id=step.trigger, view=view))
        except CallError as error:
            log.warning("slack.panel_not_opened", reason=error.reason)
            await self._cards.tell_late(team, step.user, step.once)
            return None
        return str(found["view"]["id"])

    async def _later(self, team: Team, step: Step, work: asyncio.Future[Mapping[str, Any]]) -> None:
        answer = await work
        view = answer.get("view")
        if view is None:  # the form is gone by now: say it on a page, with what they typed
            said = "\n".join(map(str, answer["errors"].values()))
            view = self._draw(team, step.user, refusal(said, typed=_typed(step)))
        await self.show(team, step.view_id, view)

    async def _answer(self, team: Team, step: Step, body: Body) -> Mapping[str, Any]:
        try:
            result = await self._result(team, step)
        except UserError as error:
            result = Faults(first=str(error))
        except CallError:
            result = Faults(first=NOT_KNOWN)
        except Exception as error:  # noqa: BLE001 - the form stays open, and says so
            result = Faults(first=BROKE.format(number=incident("slack.panel_failed", error)))
        if isinstance(result, Faults) and (errors := _errors(result, body)):
            return {"response_action": "errors", "errors": errors}
        if isinstance(result, Faults):
            result = refusal(result.first)
        return _update(self._draw(team, step.user, result))

    async def _view(self, team: Team, step: Step, *, state: State | None = None, note: str = "") -> View:
        try:
            page = await self._result(team, step, state=state, note=note)
        except UserError as error:
            page = refusal(str(error), self._back(team, step))
        except CallError:
            page = refusal(NOT_KNOWN)
        except Exception as error:  # noqa: BLE001 - the modal is open, and says so
            page = refusal(BROKE.format(number=incident("slack.panel_failed", error)))
        if isinstance(page, Faults):
            page = refusal(page.first, self._back(team, step))
        return self._draw(team, step.user, page, note)

    def _doing(self, team: Team, step: Step) -> Page:
        try:
            self._states.open(team, step.user, step.sealed)
        except UserError as error:
            return refusal(str(error))
        return doing_page()

    def _back(self, team: Team, step: Step) -> State:
        with suppress(UserError):
            return self._states.open(team, step.user, step.sealed) if step.sealed else {}
        return {}

    async def _result(
        self, team: Team, step: Step, *, state: State | None = None, note: str = ""
    ) -> Page | Faults:
        visit = await self._visit(team, step)
        visit = replace(visit, note=note, state=visit.state if state is None else state)
        screen = self._let_go if step.screen == LET_GO else SCREENS.get(step.screen)
        if screen is None:
            return refusal(NO_SCREEN)
        return await self._made(visit, screen, step)

    async def _made(self, visit: Visit, screen: Screen, step: Step) -> Page | Faults:
        result = await screen(visit)
        if isinstance(result, Wish):
            return await self._wished(visit, step.user, result)
        if isinstance(result, Page):
            return replace(result, state={"screen": step.screen, **result.state})
        return result

    async def _wished(self, visit: Visit, user: str, wish: Wish) -> Page:
        """Ask for a change, and show what it would do; where others have to agree, bring them its card."""
        parked = await self._office.ask(visit.question, wish.action_id, wish.args)
        waiting = parked.reply.waiting
        if waiting is None:
            page = await self._there(visit, wish.back)
            return replace(page, blocks=[line(noted(parked.reply)), *page.blocks])
        if parked.own:
            return confirm_page(wish, waiting)
        await self._cards.bring(visit, user, parked.reply)
        return others_page(visit, waiting, wish.back)

    async def _let_go(self, visit: Visit) -> Page:
        """Take a change back that was only shown, and go where they came from."""
        with suppress(UserError):
            await self._office.withdraw(visit.question, str(visit.state.get("call", "")))
        return await self._there(visit, visit.state.get("back", {}))

    async def _there(self, visit: Visit, back: State) -> Page:
        """Return the screen somebody came from."""
        screen = SCREENS.get(str(back.get("screen", "")))
        found = await screen(visit.at(**back)) if screen else None
        return (
            replace(found, state={**back, **found.state}) if isinstance(found, Page) else refusal(NO_SCREEN)
        )

    async def _visit(self, team: Team, step: Step) -> Visit:
        key = f"slack:panel:{step.view_id}:{step.once}" if step.once else ""
        question = await self._asker.question(team, step.user, key)
        state = self._states.open(team, step.user, step.sealed) if step.sealed else {}
        return Visit(
            team=team,
            question=question,
            office=self._office,
            calls=self._calls,
            state=state,
            value=step.value,
            filled=step.filled,
        )

    def _draw(self, team: Team, user: str, page: Page, note: str = "") -> View:
        try:
            sealed = self._states.seal(team, user, page.state)
        except UserError as error:
            page = refusal(str(error))
            sealed = self._states.seal(team, user, {})
        return drawn(page, sealed, note)


def _update(view: View) -> Mapping[str, Any]:
    return {"response_action": "update", "view": view}


def _errors(faults: Faults, body: Body) -> dict[str, str]:
    """Return what is wrong by the ids of the blocks that are there; what fits nowhere at the first input."""
    view = body.get("view")
    blocks = view.get("blocks", []) if isinstance(view, Mapping) else []
    inputs = [str(one.get("block_id")) for one in blocks if one.get("type") == "input"]
    by_name = {block_id.partition("~")[0]: block_id for block_id in inputs}
    found = {by_name[name]: said for name, said in faults.at.items() if name in by_name}
    lost = [said for name, said in faults.at.items() if name not in by_name]
    if (first := " ".join([*filter(None, [faults.first]), *lost])) and inputs:
        found[inputs[0]] = " ".join(filter(None, [found.get(inputs[0], ""), first]))
    return {block_id: said[:2_000] for block_id, said in found.items()}


def _typed(step: Step) -> str:
    """Return what stood in a form's fields, secrets left out."""
    lines = []
    for name, value in step.filled.items():
        words = value if isinstance(value, str) else ", ".join(value)
        if words and not name.startswith(SECRET):
            lines.append(f"{name}: {words}")
    return "\n".join(lines)
