"""`backhaul`, or `python -m bot`."""

from __future__ import annotations

import contextlib
import os
import sys


def main() -> None:
    """Run the command line."""
    from bot.cli.main import app  # noqa: PLC0415 - so that a broken installation still says which module

    try:
        app()
    except BrokenPipeError:  # `backhaul ... | head` closed the pipe: that is no fault
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
