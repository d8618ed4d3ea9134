"""Who works at the simulated providers: names, roles, how far their rights reach."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.world.isp import Isp
from bot.demo.world.names import plain


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """One member of staff. `region` or `site` limits the rows they reach; None: everywhere."""

    name: str
    role: str
    level: str = ""
    region: str | None = None
    site: str | None = None
    left: bool = False

    @property
    def login(self) -> str:
        """The part of the e-mail address before the @."""
        return ".".join(plain(part) for part in self.name.split()[:2])

    def email(self, isp: Isp) -> str:
        """Return their address at this provider."""
        return f"{self.login}@{isp.domain}"


PERSONA_NAMES = {
    "support": "Sam Ochieng",
    "billing": "Bea Muthoni",
    "noc": "Nils Lindqvist",
    "field": "Fay Mwende",
    "admin": "Ada Njeri",
}
"""The five people of `--as`."""


def _many(role: str, level: str, names: str) -> tuple[Colleague, ...]:
    return tuple(Colleague(name=name, role=role, level=level) for name in names.split("; "))


SAVANNA_STAFF = (
    Colleague(name=PERSONA_NAMES["support"], role="support", level="L1"),
    Colleague(name=PERSONA_NAMES["billing"], role="billing"),
    Colleague(name=PERSONA_NAMES["noc"], role="noc", level="L2"),
    Colleague(name=PERSONA_NAMES["field"], role="field", region="coast"),
    Colleague(name=PERSONA_NAMES["admin"], role="admin"),
    Colleague(name="Noor Abdi", role="support", level="L1", region="north"),
    *_many(
        "support",
        "L1",
        "Brenda Achieng; Tom Kariuki; Joyce Wafula; Ian Mutua; Halima Said; Cynthia Rotich; Mark Njuguna",
    ),
    *_many("support", "L2", "Rose Kilonzo; Hitesh Shah; Peninah Barasa"),
    *_many("billing", "", "Dorcas Maina; Victor Omondi; Lilian Too"),
    *_many("noc", "L3", "Gideon Lagat; Oyin Balogun"),
    *_many("noc", "L2", "Eric Simiyu"),
    Colleague(name="Moses Kiptoo", role="field", region="north"),
    Colleague(name="Salim Charo", role="field", region="coast"),
    Colleague(name="Jane Wambui", role="field", region="central"),
    Colleague(name="Paul Gitau", role="field", site="CTR-01"),
    Colleague(name="Kevin Oloo", role="support", level="L1", left=True),
)
LAKESIDE_STAFF = (
    Colleague(name="Sylvia Nansubuga", role="support", level="L1"),
    Colleague(name="Denis Okello", role="noc", level="L2"),
    Colleague(name="Ronald Kizza", role="field", region="islands"),
    Colleague(name="Joan Mukasa", role="admin"),
)
STAFF = {"savanna": SAVANNA_STAFF, "lakeside": LAKESIDE_STAFF}


def find_emails(isp: Isp, role: str, level: str = "") -> list[str]:
    """Return the addresses of those who still work here in a role."""
    staff = STAFF[isp.slug]
    return [c.email(isp) for c in staff if c.role == role and not c.left and level in ("", c.level)]
