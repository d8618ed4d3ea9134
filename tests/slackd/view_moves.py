"""Modals: submit, close, and what the app may answer to a submission."""

from __future__ import annotations

from typing import Any

from tests.slackd.block_moves import BlockMoves
from tests.slackd.blocks import require_view
from tests.slackd.errors import SlackError
from tests.slackd.forms import complaints, elements
from tests.slackd.outlet import Ack
from tests.slackd.payloads import base
from tests.slackd.seen import Seen
from tests.slackd.views import View

ACTIONS = frozenset({"errors", "update", "push", "clear"})


class ViewMoves(BlockMoves):
    async def submit(self, values: dict[str, Any] | None = None, *, view: View | None = None) -> Seen:
        """Fill inputs (by action_id or block_id) and press the submit button of the modal on top.

        Slack's own complaints (a required field, a wrong number) come back without the app being told.
        """
        found = view or self.view
        if found is None:
            return Seen("no_view")
        for name, value in (values or {}).items():
            entered = await self.enter(name, value, view=found)
            if entered.error:
                return entered
        if found.content.get("submit") is None:
            return Seen("no_submit_button", view=found)
        entered_values = self.slack.forms.values((found.id,), found.blocks)
        if wrong := complaints(found.blocks, entered_values):
            return Seen(errors=wrong, view=found)
        return await self.resubmit(found)

    async def resubmit(self, view: View) -> Seen:
        """Send the submission as it stands, also of a view that is closed (a second click on the button)."""
        app = view.install.app
        values = self.slack.forms.values((view.id,), view.blocks)
        payload = base(self, app, "view_submission") | {"view": view.shown(values)}
        payload["response_urls"] = self._response_urls(view, values)
        payload["trigger_id"] = self.trigger(app, view.id)
        ack = await self.send(payload)
        errors = self._answered(view, ack) if ack.ok else {}
        return self.seen(ack, errors=errors)

    def _response_urls(self, view: View, values: dict[str, Any]) -> list[dict[str, str]]:
        """An address for each conversation chosen in a menu with `response_url_enabled`."""
        found = []
        for block, element in elements(view.blocks):
            if element.get("response_url_enabled"):
                told = values[block["block_id"]][element["action_id"]]
                chosen = told.get("selected_conversation") or told.get("selected_channel")
                if chosen:
                    where = {"block_id": block["block_id"], "action_id": element["action_id"]}
                    url = self.slack.responses.issue(
                        self.team, self.place(chosen), self.user, view.install.app.id
                    )
                    found.append({**where, "channel_id": chosen, "response_url": url})
        return found

    async def close_view(self, *, all_of_them: bool = False) -> Seen:
        """Press Cancel or the cross; the app hears view_closed where it asked to."""
        top = self.view
        if top is None:
            return Seen("no_view")
        clears = all_of_them or bool(top.content.get("clear_on_close"))
        gone = self.slack.views.clear(top) if clears else [top]
        self.slack.views.pop(top)
        error = ""
        for view in reversed(gone):
            if view.content.get("notify_on_close"):
                payload = base(self, view.install.app, "view_closed")
                payload |= {"view": view.shown(), "is_cleared": clears}
                error = self.refused(await self.send(payload)) or error
        return Seen(error, view=self.view)

    def _answered(self, view: View, ack: Ack) -> dict[str, str]:
        """Do what `response_action` says (W5); nothing closes the view. Returns its errors."""
        body = ack.body if isinstance(ack.body, dict) else {}
        if not body:
            self.slack.views.pop(view)
            return {}
        try:
            return self._do(view, str(body.get("response_action", "")), body)
        except SlackError as error:
            self.minded("response_action", error)
            return {"": "We had some trouble connecting. Try again?"}

    def _do(self, view: View, wanted: str, body: dict[str, Any]) -> dict[str, str]:
        views = self.slack.views
        if wanted not in ACTIONS:
            raise SlackError("invalid_response_action", wanted)
        if wanted == "errors":
            return _errors(view, body.get("errors"))
        if wanted == "clear":
            views.clear(view)
            return {}
        content = body.get("view")
        require_view(content)
        if wanted == "update":
            views.update(view, content)
        else:
            views.push(view.team, view.install, view.user, content)
        return {}


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Every key is the block_id of an input of this view, and every text says something."""
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors", "errors must name at least one block")
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if strange := sorted(set(errors) - inputs):
        raise SlackError("invalid_errors", f"no input block {', '.join(strange)}")
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise SlackError("invalid_errors", "an error without words")
    return dict(errors)
