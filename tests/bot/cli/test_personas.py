"""Whose seat somebody takes who asks the demo."""

from __future__ import annotations

import pytest
import typer

from bot.cli.personas import seated


@pytest.mark.parametrize(
    ("tenant", "person", "seat"),
    [
        (None, None, ("savanna", "sam.ochieng@savanna-fibre.example")),
        (None, "noc", ("savanna", "nils.lindqvist@savanna-fibre.example")),
        ("lakeside", "zoe@lake.example", ("lakeside", "zoe@lake.example")),
    ],
)
def test_a_part_or_an_address(tenant: str | None, person: str | None, seat: tuple[str, str]) -> None:
    assert seated(tenant, person) == seat


def test_nobody_plays_that_part(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        seated(None, "boss")
    assert "--as takes one of" in capsys.readouterr().err
