"""The options that many commands have, worded once."""

from __future__ import annotations

from typing import Annotated

import typer

TenantName = Annotated[str | None, typer.Option("--tenant", help="Which tenant (its short name).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
