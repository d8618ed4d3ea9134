"""What a browser calls itself, as its owner would say it: to recognise a session by."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
)
"""What a browser's name for itself has in it, first match first: each claims to be the ones before it too."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(named: str) -> str:
    """Return browser and system, such as `Firefox on Windows`."""
    browser = next((name for mark, name in BROWSERS if mark in named), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in named), "")
    return f"{browser} on {system}" if system else browser
