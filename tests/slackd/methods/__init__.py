"""The Web API methods, as slack.com answers them; importing this package registers them all."""

from tests.slackd.call import METHODS, Call, method
from tests.slackd.methods import auth, chat, conversations, users

__all__ = ["METHODS", "Call", "auth", "chat", "conversations", "method", "users"]
