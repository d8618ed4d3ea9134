"""errbot with the SlackV3 backend and one plugin, in a folder of its own (the first argument)."""

import os
import site
import sys
from pathlib import Path

from redirected import redirect

PLUGIN = """from errbot import BotPlugin, botcmd


class Echo(BotPlugin):
    @botcmd
    def echo(self, msg, args):
        return "You said: " + args
"""
PLUG = "[Core]\nName = Echo\nModule = echo\n\n[Python]\nVersion = 3\n"
CONFIG = """import logging
BACKEND = "SlackV3"
BOT_EXTRA_BACKEND_DIR = {backend!r}
BOT_DATA_DIR = {home!r}
BOT_EXTRA_PLUGIN_DIR = {plugins!r}
BOT_LOG_FILE = {home!r} + "/errbot.log"
BOT_LOG_LEVEL = logging.ERROR
BOT_ADMINS = ("@nobody",)
BOT_PREFIX = ""
CORE_PLUGINS = ("ACLs", "CommandNotFoundFilter")
STORAGE = "Memory"
BOT_IDENTITY = {{"token": {token!r}, "app_token": {app_token!r}}}
"""


def main() -> None:
    """Write the folder and start."""
    home = Path(sys.argv[1])
    plugins = home / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / "echo.py").write_text(PLUGIN)
    (plugins / "echo.plug").write_text(PLUG)
    backend = next(p for each in site.getsitepackages() for p in Path(each).glob("slackv3"))
    told = {"token": os.environ["SLACK_BOT_TOKEN"], "app_token": os.environ["SLACK_APP_TOKEN"]}
    config = CONFIG.format(backend=str(backend), home=str(home), plugins=str(plugins), **told)
    (home / "config.py").write_text(config)
    redirect()
    sys.argv = ["errbot", "-c", str(home / "config.py")]
    from errbot.cli import main as run

    run()


if __name__ == "__main__":
    main()
