"""Block Kit as Slack validates it: structure by schema, lengths, counts and surfaces by hand."""

from tests.slackd.blocks.check import check_blocks, check_view, require_blocks, require_view
from tests.slackd.blocks.message import check_message
from tests.slackd.schema import Problem

__all__ = ["Problem", "check_blocks", "check_message", "check_view", "require_blocks", "require_view"]
