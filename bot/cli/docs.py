"""Tables of the documentation, made from the code so that they cannot drift."""

from __future__ import annotations

from bot.config import settings_table


def settings_markdown() -> str:
    """Return the README's table of environment variables."""
    lines = ["| variable | default | what it does |", "|---|---|---|"]
    for one in settings_table():
        about = one.about.replace("|", "\\|")
        lines.append(f"| `{one.name}` | {f'`{one.default}`' if one.default else ''} | {about} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(settings_markdown())  # noqa: T201 - that is what it is for
