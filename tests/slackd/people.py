"""People in the emulated workspace: everything a person can do in Slack, and what they see of it."""

from __future__ import annotations

from tests.slackd.agent_moves import AgentMoves
from tests.slackd.command_moves import CommandMoves
from tests.slackd.file_moves import FileMoves
from tests.slackd.talk_moves import TalkMoves
from tests.slackd.view_moves import ViewMoves
from tests.slackd.workflows import WorkflowMoves


class Seat(TalkMoves, ViewMoves, CommandMoves, AgentMoves, FileMoves, WorkflowMoves):
    """One person at their desk: `slack.seat("UANN")`.

    Talk: say, say_direct, edit, delete, react, unreact, join, leave, open_dm, open_home, sees, ephemerals.
    Messages: click, select, options. Views: view, home, wait_for_view, press, enter, submit, close_view,
    view_options. Commands: command, shortcut, message_shortcut. Agents: open_chat, stop, rename_session,
    change_context, open_entity. Files: upload. Links: type_link, preview. Workflows: run_function.
    """
