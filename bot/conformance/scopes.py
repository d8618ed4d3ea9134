"""How far the askers of the checks see."""

from __future__ import annotations

from bot.api import Area, Scope

NORTH = Scope(frozenset({Area(region=frozenset({"north"}))}))
SOUTH = Scope(frozenset({Area(region=frozenset({"south"}))}))
HARBOUR = Scope(frozenset({Area(site=frozenset({"NTH-03"}))}))
PARTNER = Scope(frozenset({Area(partner=frozenset({"coastnet"}))}))
