"""The Web API methods, as slack.com answers them; importing this package registers them all."""

from importlib import import_module
from pkgutil import iter_modules

from tests.slackd.call import METHODS, Call, method

__all__ = ["METHODS", "Call", "method"]

for each in iter_modules(__path__):
    import_module(f"{__name__}.{each.name}")
