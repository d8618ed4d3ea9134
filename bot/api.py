"""The one import for plugin authors: `from bot.api import ...`. Anything not here is private."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr

from bot.contract import platform
from bot.contract.action import Action, Approval, Change, Preview, Via, action
from bot.contract.alert import (
    Alert,
    AlertSource,
    Detector,
    DigestSection,
    Finding,
    Recommendation,
    Recommender,
    Series,
    Severity,
)
from bot.contract.channel import ChannelRule
from bot.contract.chart import Chart, ChartKind, Curve, Mark
from bot.contract.context import Context, Store
from bot.contract.entity import Entity, Match, Ref
from bot.contract.guard import Ask, Guard, GuardedCall, Reach, Refuse, Watcher
from bot.contract.handed import GivenFiles, Handed, size_said
from bot.contract.health import Health, HealthCheck
from bot.contract.job import Job
from bot.contract.kb import Document, KBSource
from bot.contract.link import PublicLink
from bot.contract.money import Money
from bot.contract.nudge import Nudge
from bot.contract.panel import Panel
from bot.contract.people import Right, RoleProvider, Tenant, User
from bot.contract.place import Place, PlaceKind
from bot.contract.plugin import Lifecycle, NoSettings, PluginInfo
from bot.contract.port import Connector, ConnectorContext, Effect, Renewed
from bot.contract.reply import (
    ActionCall,
    Align,
    Button,
    Choice,
    Column,
    Evidence,
    File,
    Reply,
    Table,
    Tone,
)
from bot.contract.roster import FOREVER, Duty, Roster
from bot.contract.round import Round
from bot.contract.scope import EVERYWHERE, NOWHERE, Area, Scope
from bot.contract.sheet import Sheet, read_for_sheet, sheet_of, sheet_with, to_csv
from bot.contract.spoken import ago, day, moment, plural, span
from bot.contract.staff import Staff
from bot.errors import (
    Ambiguous,
    BadInput,
    Conflict,
    LeaseLost,
    NotAllowed,
    NotFound,
    NotSupported,
    OutcomeUnknown,
    Unavailable,
    Unsaid,
    UserError,
)
from bot.hookspecs import hookimpl

__all__ = [
    "EVERYWHERE",
    "FOREVER",
    "NOWHERE",
    "Action",
    "ActionCall",
    "Alert",
    "AlertSource",
    "Align",
    "Ambiguous",
    "Approval",
    "Area",
    "Ask",
    "BadInput",
    "BaseModel",
    "Button",
    "Change",
    "ChannelRule",
    "Chart",
    "ChartKind",
    "Choice",
    "Column",
    "Conflict",
    "Connector",
    "ConnectorContext",
    "Context",
    "Curve",
    "Detector",
    "DigestSection",
    "Document",
    "Duty",
    "Effect",
    "Entity",
    "Evidence",
    "Field",
    "File",
    "Finding",
    "GivenFiles",
    "Guard",
    "GuardedCall",
    "Handed",
    "Health",
    "HealthCheck",
    "Job",
    "KBSource",
    "LeaseLost",
    "Lifecycle",
    "Mark",
    "Match",
    "Money",
    "NoSettings",
    "NotAllowed",
    "NotFound",
    "NotSupported",
    "Nudge",
    "OutcomeUnknown",
    "Panel",
    "Place",
    "PlaceKind",
    "PluginInfo",
    "Preview",
    "PublicLink",
    "Reach",
    "Recommendation",
    "Recommender",
    "Ref",
    "Refuse",
    "Renewed",
    "Reply",
    "Right",
    "RoleProvider",
    "Roster",
    "Round",
    "Scope",
    "SecretStr",
    "Series",
    "Severity",
    "Sheet",
    "Staff",
    "Store",
    "Table",
    "Tenant",
    "Tone",
    "Unavailable",
    "Unsaid",
    "User",
    "UserError",
    "Via",
    "Watcher",
    "action",
    "ago",
    "day",
    "hookimpl",
    "moment",
    "platform",
    "plural",
    "read_for_sheet",
    "sheet_of",
    "sheet_with",
    "size_said",
    "span",
    "to_csv",
]
