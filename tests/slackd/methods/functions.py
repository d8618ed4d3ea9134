"""functions.complete*: the end of a step of somebody's workflow that the app carries out."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.workflows import Execution


@method("functions.completeSuccess")
def functions_complete_success(call: Call) -> dict[str, Any]:
    execution, outputs = _running(call), call.structure("outputs") or {}
    declared = execution.function.get("output_parameters", {})
    needed = [name for name, each in declared.items() if each.get("is_required") and name not in outputs]
    if not isinstance(outputs, dict) or needed or set(outputs) - set(declared):
        raise SlackError("parameter_validation_failed")
    execution.outputs, execution.state = outputs, "success"
    return {}


@method("functions.completeError")
def functions_complete_error(call: Call) -> dict[str, Any]:
    execution = _running(call)
    execution.error, execution.state = call.required("error"), "error"
    return {}


def _running(call: Call) -> Execution:
    execution: Execution | None = call.team.executions.get(call.required("function_execution_id"))
    if execution is None:
        raise SlackError("function_execution_not_found")
    if execution.app != call.app.id:
        raise SlackError("access_denied")
    if execution.state != "running":
        raise SlackError("execution_not_in_running_state")
    return execution
