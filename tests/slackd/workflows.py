"""Steps of workflows: a person's workflow runs a function of the app's manifest."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.slackd.desk import Desk


@dataclass(kw_only=True)
class Execution:
    """`state`: running, success or error."""

    id: str
    app: str
    function: dict[str, Any]
    inputs: dict[str, Any]
    state: str = "running"
    outputs: dict[str, Any] = field(default_factory=dict)
    error: str = ""


class WorkflowMoves(Desk):
    async def run_function(self, callback_id: str, **inputs: Any) -> Execution:
        """Let a workflow reach the app's step; AssertionError when the manifest declares no such function."""
        found = [
            (install.app, install.app.manifest["functions"][callback_id])
            for install in self.team.installs.values()
            if callback_id in (install.app.manifest or {}).get("functions", {})
        ]
        assert found, f"no app here has a function {callback_id}"
        app, function = found[0]
        execution = Execution(id=self.world.next_id("Fx"), app=app.id, function=function, inputs=inputs)
        self.team.executions[execution.id] = execution
        event = {
            "type": "function_executed",
            "function": {
                "id": f"Fn{callback_id}",
                "callback_id": callback_id,
                "type": "app",
                "app_id": app.id,
            },
            "inputs": inputs,
            "function_execution_id": execution.id,
            "workflow_execution_id": self.world.next_id("Wx"),
            "bot_access_token": self.world.token_of(self.team.installs[app.id]),
            "event_ts": self.world.next_ts(),
        }
        await asyncio.gather(*self.slack.delivery.emit(self.team, event, app=app))
        return execution
