"""`backhaul run` whose answers show early how they get on, so that a quick one grows before people's eyes too."""

from __future__ import annotations

import sys

from bot.__main__ import main
from bot.slack.agent.tempo import Tempo

EARLY = 0.1

if __name__ == "__main__":
    Tempo.__init__.__kwdefaults__["after"] = EARLY  # type: ignore[index]
    sys.argv = ["backhaul", "run"]
    main()
