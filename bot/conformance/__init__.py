"""What a connector has to do, as tests: one class per port, run against anybody's connector."""

from __future__ import annotations

from bot.conformance.rig import Rig
from bot.conformance.world import FarEnd, Online, Reading, World, plain, small_isp

__all__ = ["FarEnd", "Online", "Reading", "Rig", "World", "plain", "small_isp"]
