"""Reading an exported configuration: whatever it says is checked before anything is changed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.contract.channel import Who
from bot.contract.given import read_given
from bot.contract.scope import Area
from bot.db.sso import Provider
from bot.errors import BadInput

Names = Annotated[list[str], Field(max_length=1000)]


def _conditions(text: str) -> str:
    read_given(text)
    return text


class Part(BaseModel):
    """What every part of the file shares: nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitsPart(Part):
    """Limits of one permission, per call."""

    max_amount: int | None = Field(None, ge=0)
    max_count: int | None = Field(None, ge=0)


class RolePart(Part):
    """A role and what it may do."""

    about: str = ""
    permissions: dict[str, LimitsPart] = {}


class PersonPart(Part):
    """A person, known by the e-mail address."""

    email: str
    name: str
    active: bool = True


class AreaPart(Part):
    """Where a grant reaches; what is not named is not narrowed."""

    region: Names | None = None
    site: Names | None = None
    partner: Names | None = None

    def area(self) -> Area:
        """Return it as the core's own noun."""
        return Area(region=_set(self.region), site=_set(self.site), partner=_set(self.partner))


class GrantPart(Part):
    """A role given to a person."""

    email: str
    role: str
    area: AreaPart = AreaPart()
    reason: str = ""
    expires_at: AwareDatetime | None = None


class PolicyPart(Part):
    """An approval policy; durations in seconds."""

    action: str
    needs: int = Field(ge=0, le=3)
    min_amount: int | None = None
    min_hits: int | None = None
    given: Annotated[str, AfterValidator(_conditions)] = ""
    approver_role: str | None = None
    on_call: str | None = Field(None, min_length=1, max_length=60)
    expires_after: float | None = Field(None, gt=0)
    remind_after: float | None = Field(None, gt=0)
    note: str = ""


class ChannelPart(Part):
    """A channel rule, or a default: `*channels`, `*direct`, `*shared` with no surface."""

    surface: str = "slack"
    channel: str = Field(min_length=1)
    name: str = ""
    only: Names = []
    reads_only: bool = False
    roles: Names = []
    closed: bool = False
    outsiders: bool = False
    note: str = ""


class SsoPart(Part):
    """The identity provider people sign in with; its secret is set by hand."""

    issuer: str = Field(max_length=500)
    client_id: str = Field(max_length=500)
    domains: Names = []
    groups_claim: str = Field("", max_length=200)
    role_groups: dict[str, Names] = {}

    def provider(self) -> Provider:
        """Return it as the core keeps it, without a secret."""
        return Provider(
            issuer=self.issuer,
            client_id=self.client_id,
            domains=tuple(self.domains),
            groups_claim=self.groups_claim,
            role_groups={role: tuple(groups) for role, groups in self.role_groups.items()},
        )


class Wanted(Part):
    """The whole file. A part that is missing is left as it is."""

    form: Literal["backhaul-tenant-1"]
    plugins: Names | None = None
    ports: dict[str, str] | None = None
    settings: dict[str, dict[str, Any]] | None = None
    roles: dict[str, RolePart] | None = None
    people: list[PersonPart] | None = None
    grants: list[GrantPart] | None = None
    policies: list[PolicyPart] | None = None
    channels: list[ChannelPart] | None = None
    sso: SsoPart | None = None
    links: dict[str, str] | None = None
    follow: dict[str, Who] | None = None


def read_wanted(values: object) -> Wanted:
    """Return the configuration a file asks for; BadInput says where it is wrong."""
    try:
        return Wanted.model_validate(values)
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in one['loc'])}: {one['msg']}" for one in error.errors()[:5]]
        raise BadInput(f"This is no exported configuration of mine: {'; '.join(lines)}.") from None


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
