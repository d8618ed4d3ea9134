"""The fixed cast: customers that are there at every size, for examples, tests and first questions."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_NUMBER = 100_100
"""Account number of the first customer; the cast fits into the first 200."""
SMALLEST = 200


@dataclass(frozen=True, kw_only=True)
class Member:
    """One fixed customer.

    `place` is where the line hangs: any healthy port, the first one of the region (so that the
    address is the same at every size), or a planted one.
    """

    number: int
    name: str
    region: str
    plan: str
    role: str
    contact: str | None = None
    tier: str = "standard"
    status: str = "active"
    place: str = "healthy"
    rx_dbm: float | None = None
    overdue: int = 0
    autopay: bool = False
    language: str = "en"
    email: str | None = None
    phone: str | None = None

    @property
    def index(self) -> int:
        """Position in the world."""
        return self.number - FIRST_NUMBER

    @property
    def business(self) -> bool:
        """Whether it is a company."""
        return self.contact is not None


SAVANNA_CAST = (
    Member(
        number=100234,
        name="Amina Bello",
        region="central",
        plan="FTTH50",
        role="heroine",
        place="first",
        rx_dbm=-21.0,
        overdue=1,
        email="amina.bello@mail.example",
        phone="+254712345234",
    ),
    Member(
        number=100187,
        name="Amina Bello",
        region="coast",
        plan="FTTH20",
        role="namesake",
        place="first",
        phone="+254733345187",
    ),
    Member(number=100145, name="John Mwangi", region="central", plan="FTTH100", role="same_name"),
    Member(number=100260, name="John Mwangi", region="north", plan="WLS10", role="same_name"),
    Member(
        number=100151,
        name="Peter Otieno",
        region="central",
        plan="FTTH20",
        role="suspended",
        status="suspended",
        overdue=2,
    ),
    Member(
        number=100172,
        name="Grace Wanjiku Kamau",
        region="central",
        plan="FTTH50",
        role="weak_optical",
        rx_dbm=-28.4,
    ),
    Member(
        number=100118,
        name="Baobab Beach Hospital",
        contact="Farah Abdi",
        region="coast",
        plan="BIZ200",
        tier="critical",
        role="critical",
        email="it@baobabhospital.example",
        phone="+254720118118",
    ),
    Member(number=100203, name="Zainab Mwakio", region="coast", plan="FTTH50", role="outage", place="cut"),
    Member(
        number=100211,
        name="Coral Dialysis Centre",
        contact="Hassan Salim",
        region="coast",
        plan="BIZ50",
        tier="critical",
        role="outage_critical",
        place="cut",
    ),
    Member(
        number=100219,
        name="Priya Nair",
        region="central",
        plan="FTTH100",
        role="failed_autopay",
        autopay=True,
        overdue=1,
    ),
    Member(
        number=100226,
        name="Olumide Adeyemi",
        region="central",
        plan="FTTH300",
        tier="premium",
        role="credited",
    ),
    Member(
        number=100240,
        name="Joseph Kiplagat",
        region="central",
        plan="FTTH20",
        role="power_cut",
        place="power",
    ),
    Member(
        number=100128, name="Faith Chebet", region="north", plan="FTTH50", role="degrading", place="drift"
    ),
    Member(number=100163, name="Siobhán Ndung'u", region="central", plan="FTTH50", role="misspelt"),
    Member(number=100255, name="Krzysztof Wójcik", region="central", plan="FTTH100", role="misspelt"),
    Member(number=100271, name="Oyinkansola Adesina", region="coast", plan="WLS20", role="misspelt"),
    Member(number=100282, name="Brian Wekesa", region="central", plan="FTTH20", role="at_risk", overdue=1),
    Member(number=100137, name="Naomi Jepkosgei", region="north", plan="FTTH20", role="flapping"),
    Member(
        number=100294,
        name="Ali Katana",
        region="coast",
        plan="FTTH50",
        role="churned",
        status="churned",
        language="sw",
    ),
    Member(
        number=100109,
        name="Twiga Hardware Ltd",
        contact="Rajesh Patel",
        region="central",
        plan="BIZ50",
        tier="premium",
        role="business",
    ),
    Member(
        number=100299, name="Hodan Warsame", region="north", plan="FTTH20", role="prospect", status="prospect"
    ),
)

LAKESIDE_CAST = (
    Member(
        number=100234,
        name="Sarah Namukasa",
        region="lake",
        plan="AIR10",
        role="heroine",
        phone="+256712345234",
    ),
    Member(number=100187, name="Amina Bello", region="islands", plan="AIR25", role="namesake"),
)

CASTS = {"savanna": SAVANNA_CAST, "lakeside": LAKESIDE_CAST}
