"""A power cut, a fibre cut and trouble upstream are told apart by what the ONTs said last."""

from __future__ import annotations

import pytest

from plugins.network.cause import Kind, cause_of
from plugins.network.port import Device, PonSigns, Signs
from tests.plugins.building import ago


def pon(name: str, onts: int, *, los: int = 0, gasp: int = 0, silent: int = 0) -> PonSigns:
    return PonSigns(port=f"olt-1 PON {name}", onts=onts, los=los, gasp=gasp, silent=silent)


def down(name: str, kind: str = "bng") -> Device:
    return Device(
        name=name, kind=kind, site="NTH-01", status="down", status_since=ago(hours=1), seen_at=ago(hours=1)
    )


CALM = (pon("1/1", 32, gasp=1, silent=2), pon("1/2", 32, los=1))


@pytest.mark.parametrize(
    ("pons", "devices", "kind", "said"),
    [
        ((), (), Kind.NONE, ""),
        (CALM, (), Kind.NONE, "4 of 64 ONTs are dark, no PON with 20% or more"),
        ((pon("1/1", 3, gasp=2),), (), Kind.NONE, "2 of 3"),
        (
            (pon("1/1", 32, gasp=30, los=1), CALM[1]),
            (),
            Kind.POWER,
            "Power cut: 30 of the 31 ONTs that went dark on olt-1 PON 1/1 said dying gasp before, 1 lost light.",
        ),
        ((pon("1/1", 30, gasp=8),), (), Kind.POWER, "none lost light"),
        (
            (pon("1/1", 32, los=12),),
            (),
            Kind.FIBRE,
            "all 12 ONTs that went dark on olt-1 PON 1/1 lost light; 20 of its 32 are still up: look behind",
        ),
        ((pon("1/1", 32, los=31), CALM[1]), (), Kind.FIBRE, "the whole PON is dark: look between the OLT and"),
        (
            (pon("1/1", 32, los=32), pon("1/2", 30, los=29, silent=1)),
            (),
            Kind.FIBRE,
            "all 2 PONs are hit, each wholly: look at a feeder they share.",
        ),
        (
            (pon("1/1", 32, los=32), pon("1/2", 30, los=10), pon("1/3", 30)),
            (),
            Kind.FIBRE,
            "2 of 3 PONs are hit, 1 of them wholly",
        ),
        ((pon("1/1", 32, los=10, gasp=10),), (), Kind.MIXED, "10 lost light and 10 said dying gasp"),
        (CALM, (down("bng1"),), Kind.UPSTREAM, "bng1 does not answer, while 60 of 64 ONTs are up, so not the fibre"),
        (CALM, (down("olt-1", "olt"),), Kind.DEVICE, "what its 64 ONTs said is from before"),
        ((), (down("bng1"), down("rtr-2")), Kind.DEVICE, "bng1, rtr-2 do not answer"),
        ((pon("1/1", 32, los=32),), (down("bng1"),), Kind.FIBRE, "the whole PON is dark"),
    ],
)  # fmt: skip
def test_what_is_behind_it(pons, devices, kind: Kind, said: str) -> None:
    cause = cause_of(Signs(pons=pons, down=devices))
    assert cause.kind is kind
    assert said in cause.said


def test_two_olts_share_a_route() -> None:
    other = PonSigns(port="olt-2 PON 1/1", onts=20, los=20)
    assert "a route that 2 OLTs share" in cause_of(Signs(pons=(pon("1/1", 32, los=32), other))).said
