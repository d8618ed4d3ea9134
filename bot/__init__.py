"""Backhaul: the operations bot of an internet service provider."""

__version__ = "0.1.0"
