"""The marks by which hooks, and what implements them, are known."""

from __future__ import annotations

import pluggy

PROJECT = "backhaul"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
