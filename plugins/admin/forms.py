"""Several settings of a plugin at once, as a form sends them."""

from __future__ import annotations

import json
from typing import Annotated

from bot.api import Approval, BadInput, Field, Preview, Reply, SecretStr, action
from plugins.admin.nouns import SETTINGS, Ctx, Word, core
from plugins.admin.plugs import shown

Values = Annotated[SecretStr, Field(max_length=60_000)]
Seen = Annotated[str, Field(max_length=40)]
NO_VALUES = "That is no list of settings: give a JSON object of names and texts, null for a default."


def read_values(values: SecretStr) -> dict[str, str | None]:
    """Return the settings of a form; BadInput when they are none."""
    try:
        found = json.loads(values.get_secret_value())
    except ValueError:
        raise BadInput(NO_VALUES) from None
    if not isinstance(found, dict) or not found:
        raise BadInput(NO_VALUES)
    if not all(value is None or isinstance(value, str) for value in found.values()):
        raise BadInput(NO_VALUES)
    return found


async def preview_save(ctx: Ctx, plugin: Word, values: Values, seen: Seen = "") -> Preview:
    """Say what changes; of a secret only that it does."""
    changes = await core(ctx).check_settings(plugin, read_values(values), seen)
    on = {card.name for card in await core(ctx).plugins() if card.on}
    off = plugin.partition(".")[0] not in on
    return Preview(
        text=f"Change the settings of {plugin}.",
        changes=tuple(changes),
        hits=0,
        warnings=("The plugin is off: they count once it is turned on.",) if off else (),
    )


@action(permission=SETTINGS, approval=Approval.SELF, preview=preview_save, spoken=False)
async def save_settings(ctx: Ctx, plugin: Word, values: Values, seen: Seen = "") -> Reply:
    """Save a form of settings: `values` is a JSON object of names and texts, null for a default.

    `seen` stands for the settings as the form showed them; when somebody changed them since, nothing is
    saved.
    """
    changes = read_values(values)
    now = await core(ctx).save_settings(ctx.effect, ctx.user, plugin, changes, seen)
    said = shown(ctx, plugin, dict(now))
    return Reply(
        f"Saved {', '.join(sorted(changes))} of {plugin}.",
        data=said.data,
        evidence=said.evidence,
        private=True,
    )


ACTIONS = (save_settings,)
