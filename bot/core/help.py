"""What can I do here: help by plugin and command, questions to begin with; never more than the asker may."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import zip_longest

from rapidfuzz import fuzz, process

from bot.contract.action import Action, Approval
from bot.contract.people import User
from bot.contract.plugin import PluginInfo
from bot.contract.reply import Choice, Column, Reply, Table, Tone
from bot.contract.spoken import span
from bot.host.registry import Owned, View
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.index import PLACEHOLDER, summary
from bot.understand.values import hint_for
from bot.understand.words import stem

NEEDS = {
    Approval.NONE: "Runs at once as a command that can be taken back; in your own words it is shown first.",
    Approval.SELF: "Shows what will change and waits for your yes.",
    Approval.OTHER: "Waits for the yes of another person who may.",
    Approval.TWO: "Waits for the yes of two other people who may.",
}
FIRST: Mapping[str, Sequence[str]] = {
    "support": ("customers", "tickets", "billing", "network"),
    "billing": ("billing", "customers", "email"),
    "noc": ("network", "tickets"),
    "field": ("tickets", "network", "customers"),
    "admin": ("admin", "customers", "tickets", "billing", "network"),
}
"""Which plugins a role asks first."""
DAILY = (
    *("tickets_my_queue", "network_outages", "customers_show", "billing_overdue", "billing_suspensions"),
    *("visits_route", "tickets_breaching", "admin_waiting", "billing_revenue", "oncall_who"),
)
"""What people ask all day: said first of a plugin."""
TEXTS = {
    "subject": "no internet since morning",
    "text": "check the router",
    "note": "pays on Friday",
    "reason": "asked for by phone",
    "resolution": "changed the router",
    "query": "Amina",
}
"""What a person may say for an argument of this name; others stand as `<name>`."""
BOUNDS = {"since": "Since when?", "until": "Until when?", "before": "Before when?", "after": "After when?"}
"""How to ask for an end of a period, whose name is no word to ask by."""
NEAR = 65


def help_for(
    view: View,
    user: User,
    topic: str = "",
    plugins: Mapping[str, PluginInfo] | None = None,
    used: Sequence[str] = (),
) -> Reply:
    """Return help for everything, for a plugin (`tickets`) or for a command (`tickets create`).

    `used` are the actions that are asked most, whose examples are shown before others.
    """
    mine = _said_aloud(view, user)
    words = topic.lower().replace("_", " ").split()
    if not mine:
        return Reply("You hold no permission here yet. Ask an admin to give you a role.", tone=Tone.WARN)
    if not words:
        return overview(_by_use(mine, used), user, plugins or {})
    if len(words) == 1 and not any(o.plugin == words[0] for o in mine):
        words = [f"{words[0]}s"] if any(o.plugin == f"{words[0]}s" for o in mine) else words
    whole = [o for o in mine if [*o.plugin.split("_"), *o.item.name.split("_")] == words]
    if whole:
        return of_action(whole[0])
    if group := [o for o in mine if o.plugin == " ".join(words).replace(" ", "_")]:
        return of_plugin(group)
    if group := [o for o in mine if set(words) <= {o.plugin, *o.item.name.split("_")}]:
        return of_action(group[0]) if len(group) == 1 else of_plugin(group)
    return _no_topic(" ".join(words), mine)


def help_about(view: View, user: User, topic: str) -> Reply | None:
    """Return the commands about a sort of thing (`how do promises work`); None where there are none."""
    wanted = {stem(word) for word in topic.lower().split()}
    group = [
        o
        for o in _said_aloud(view, user)
        if wanted <= {stem(part) for part in (*o.plugin.split("_"), *o.item.name.split("_"))}
    ]
    if not group:
        return None
    return of_action(group[0]) if len(group) == 1 else of_plugin(group)


def _said_aloud(view: View, user: User) -> list[Owned[Action]]:
    """Return what somebody may do in words; what only forms call is no command to learn."""
    return [owned for owned in view.actions_for(user) if owned.item.spoken]


def _no_topic(topic: str, mine: Sequence[Owned[Action]]) -> Reply:
    names = [*dict.fromkeys(o.plugin for o in mine), *(f"{o.plugin} {o.item.name}" for o in mine)]
    near = process.extract(topic, names, scorer=fuzz.WRatio, score_cutoff=NEAR, limit=3)
    choices = tuple(Choice(label=f"help {name}", words=f"help {name}") for name, _, _ in near)
    said = "Did you mean:" if choices else "Say `help` for what there is."
    return Reply(f"There is no help on “{topic[:60]}”. {said}", choices=choices, tone=Tone.ASK)


def overview(mine: Sequence[Owned[Action]], user: User, plugins: Mapping[str, PluginInfo]) -> Reply:
    """Return one line per plugin, with something to say."""
    rows: list[tuple[str, str, str]] = []
    for plugin in ordered({o.plugin for o in mine}, user, mine):
        group = [o for o in mine if o.plugin == plugin]
        about = plugins[plugin].about if plugin in plugins else ", ".join(_spoken(o) for o in group[:6])
        rows.append((plugin, about, next(iter(examples(group)), "")))
    text = (
        "Ask me in your own words, or type a command. `help tickets` lists the commands of one plugin, "
        "`help tickets create` explains one. `undo` takes back the last change while it can be."
    )
    if not any(o.plugin == "tickets" for o in mine):
        text = text.replace("tickets create", f"{mine[0].plugin} {mine[0].item.name}").replace(
            "help tickets", f"help {mine[0].plugin}"
        )
    columns = (Column("Plugin"), Column("What it does"), Column("Say for example"))
    return Reply(text, table=Table(columns=columns, rows=rows))


def _spoken(owned: Owned[Action]) -> str:
    return owned.item.name.replace("_", " ")


def of_plugin(group: Sequence[Owned[Action]]) -> Reply:
    """Return the commands of one plugin this person may use."""
    rows = [
        (
            next(iter(examples([o])), ""),
            summary(o.item),
            usage(o, brief=True),
            "no" if o.item.reads_only else "yes",
        )
        for o in group
    ]
    columns = (
        Column("Say for example"),
        Column("What it does"),
        Column("Or as a command"),
        Column("Changes"),
    )
    plugin = group[0].plugin
    return Reply(
        f"`help {plugin} {group[0].item.name}` explains one of them.",
        table=Table(columns=columns, rows=rows),
    )


def of_action(owned: Owned[Action]) -> Reply:
    """Return how one command is used."""
    act = owned.item
    arguments = arguments_of(act)
    text = [f"`{usage(owned)}`", "", act.about]
    if said := examples([owned], limit=4):
        text += ["", "Say for example: " + " · ".join(f"“{e}”" for e in said)]
    text += ["", "It only reads." if act.reads_only else NEEDS[act.approval]]
    rows = [(a.name, _sort(a), "needed" if a.required else _default(a), a.about) for a in arguments]
    columns = (Column("Argument"), Column("What fits"), Column("Needed"), Column("Meaning"))
    table = Table(columns=columns, rows=rows) if rows else None
    return Reply("\n".join(text), table=table)


def _sort(argument: Argument) -> str:
    if argument.kind is Kind.ENTITY:
        return f"{argument.entity}: a name or number"
    if argument.kind is Kind.CHOICE:
        return ", ".join(argument.values)
    return str(argument.kind)


def _default(argument: Argument) -> str:
    if argument.default in (None, "", (), []):
        return ""
    if isinstance(argument.default, timedelta):
        return f"else {span(argument.default)}"
    if isinstance(argument.default, bool):
        return "else yes" if argument.default else "else no"
    return f"else {getattr(argument.default, 'value', argument.default)}"


def usage(owned: Owned[Action], *, brief: bool = False) -> str:
    """Return e.g. `tickets create customer=… subject=… [priority=normal]`, in brief what is needed only."""
    parts = [owned.plugin, owned.item.name]
    for argument in arguments_of(owned.item):
        if brief and not argument.required:
            continue
        default = _default(argument).removeprefix("else ") or "…"
        parts.append(f"{argument.name}=…" if argument.required else f"[{argument.name}={default}]")
    return " ".join(parts)


def question_for(argument: Argument) -> str:
    """Return how to ask for an argument."""
    if argument.kind is Kind.ENTITY:
        return f"Which {argument.entity.replace('_', ' ')}? Give me a name or number."
    if argument.kind is Kind.FILES:
        return "Send me the file with your next message (in a terminal: `/file PATH`)."
    hint = hint_for(argument)
    if argument.kind is Kind.CHOICE:
        return f"Which {argument.title}? {hint}"
    if argument.name in BOUNDS and argument.kind in {Kind.DAY, Kind.INSTANT}:
        return f"{BOUNDS[argument.name]} {hint}"
    if argument.kind is Kind.INSTANT and argument.name == "at":
        return f"When? {hint}"
    return f"What is the {argument.title}?" + (f" {hint}" if hint else "")


def examples(
    group: Iterable[Owned[Action]], hints: Mapping[str, str] | None = None, limit: int = 1
) -> list[str]:
    """Return examples as a person would say them; `hints` names a real thing per kind."""
    out: list[str] = []
    for owned in group:
        filled = (fill_example(owned.item, text, hints) for text in owned.item.examples)
        out += [text for text in filled if text][:limit]
    return out


def fill_example(action: Action, text: str, hints: Mapping[str, str] | None = None) -> str:
    """Put things in the places of an example; with hints, empty when a place has nothing real."""
    arguments = {a.name: a for a in arguments_of(action)}
    lacking = False

    def put(found: re.Match[str]) -> str:
        nonlocal lacking
        argument = arguments.get(found[1])
        if argument is None or argument.kind is Kind.ENTITY:
            kind = argument.entity if argument else found[1]
            lacking = lacking or (hints is not None and kind not in hints)
            return (hints or {}).get(kind, f"<{kind.replace('_', ' ')}>")
        said = sample(argument)
        if argument.kind is Kind.INSTANT and text[: found.start()].endswith("at "):
            said = said.split()[-1]
        lacking = lacking or (hints is not None and (argument.kind is Kind.TEXT or said.startswith("<")))
        return said

    said = PLACEHOLDER.sub(put, text)
    return "" if lacking else said


def sample(argument: Argument) -> str:
    """Return a value that fits an argument that is no thing."""
    if argument.kind is Kind.CHOICE:
        return argument.values[0].replace("_", " ")
    fits = {Kind.MONEY: "5,000", Kind.WHOLE: "30", Kind.DAY: "tomorrow", Kind.INSTANT: "tomorrow 10:00"}
    return fits.get(argument.kind) or TEXTS.get(argument.name) or f"<{argument.title}>"


def ordered(names: set[str], user: User, mine: Sequence[Owned[Action]]) -> list[str]:
    """Return plugins in the order this person's roles ask them, then as they were loaded."""
    wanted = [p for role in sorted(user.roles) for p in FIRST.get(role, ())]
    loaded = [o.plugin for o in mine]
    return list(dict.fromkeys(p for p in [*wanted, *loaded] if p in names))


def suggest(
    view: View,
    user: User,
    hints: Mapping[str, str] | None = None,
    count: int = 5,
    used: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return questions to begin a chat with, spread over the plugins; only ones this person may ask.

    `hints` names a real thing per kind (`{"customer": "Amina Bello"}`); an example that needs another
    kind is left out, so that each one works when it is said. `used` are the actions asked most: they come
    first.
    """
    mine = view.actions_for(user)
    known = {o.id: o for o in mine}
    often = [next(iter(examples([known[i]], hints or {})), "") for i in used if i in known]
    reads_first = sorted(mine, key=lambda o: (o.id not in DAILY, not o.item.reads_only))
    queues = [
        examples((o for o in reads_first if o.plugin == plugin), hints or {})
        for plugin in ordered({o.plugin for o in mine}, user, mine)
    ]
    turns = (text for turn in zip_longest(*queues) for text in turn if text)
    return tuple(dict.fromkeys([*(text for text in often if text), *turns]))[:count]


def _by_use(mine: Sequence[Owned[Action]], used: Sequence[str]) -> list[Owned[Action]]:
    """Return actions with those that are asked most before the others, else as they were loaded."""
    place = {one: at for at, one in enumerate(used)}
    return sorted(mine, key=lambda o: place.get(o.id, len(place)))
