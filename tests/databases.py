"""The databases of the tests; plugin authors get the same ones from the package."""

from bot.db.scratch import TestServer, Urls
from bot.embedded.scratch import state_folder

__all__ = ["TestServer", "Urls", "state_folder"]
