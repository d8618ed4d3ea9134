"""What each workspace decides about dunning, promises and credits."""

from __future__ import annotations

from bot.api import BaseModel, Context, Field, Money, Tenant


class BillingSettings(BaseModel):
    """Amounts are in whole units of the workspace's currency."""

    grace_days: int = Field(14, ge=0, le=365, description="Days overdue after which a line is suspended.")
    business_grace_days: int = Field(30, ge=0, le=365, description="The same for business customers.")
    dunning_minimum: int = Field(0, ge=0, description="Smaller overdue debts suspend nobody.")
    spare_critical: bool = Field(True, description="Never propose to suspend customers of the critical tier.")
    spare_business: bool = Field(False, description="Never propose to suspend business customers.")
    promise_days: int = Field(14, ge=1, le=92, description="The longest a promise to pay may run.")
    plan_months: int = Field(6, ge=2, le=24, description="The most instalments a payment plan may have.")
    credit_month_limit: int | None = Field(
        None,
        ge=0,
        description="The most one customer may be credited in a calendar month. Empty: as much as a person "
        "may credit at once.",
    )
    credit_day_limit: int | None = Field(
        None,
        ge=0,
        description="The most one colleague may credit in a day, all customers together. Empty: five times "
        "as much as the person may credit at once.",
    )
    credit_alert_role: str = Field(
        "admin",
        max_length=60,
        description="The role that is told when a colleague credits far more in a day than is usual. Empty: "
        "nobody.",
    )


Ctx = Context[BillingSettings]


def whole(amount: int, tenant: Tenant) -> Money:
    """Return whole units of the workspace's currency as money."""
    unit = Money(1, tenant.currency)
    return Money(amount * 10**unit.exponent, tenant.currency)
