"""Channel rules by asking: set with a preview, shown, taken back; and a word before one locks oneself out."""

from __future__ import annotations

import pytest

from bot.api import BadInput, NotAllowed, NotFound, Place, PlaceKind

ID = "C0123ABCD"
NOC = Place(surface="slack", channel=ID, kind=PlaceKind.PUBLIC)
DM = Place(surface="slack", channel="D0123ABCD", kind=PlaceKind.DIRECT)


@pytest.fixture
async def desk(bench):
    made = await bench("admin")
    made.place = DM
    return made


async def done(desk, action, **args):
    return await desk.approve(await desk.act(action, **args), user=desk.ann)


async def test_at_first_there_is_none_and_what_holds_is_said(desk):
    said = await desk.act("channels")
    assert "There is no channel rule" in said.text and "other organisations" in said.text


async def test_set_shown_obeyed_and_taken_back(desk):
    asked = await desk.act("set_channel", channel=ID, only="admin_channels and admin_whoami")
    assert f"In {ID}: only admin_channels and admin_whoami." in asked.waiting.preview
    assert "no rule of its own" in asked.waiting.preview
    made = await desk.approve(asked, user=desk.ann)
    assert [row[:3] for row in (await desk.act("channels")).table.rows] == [
        (ID, ID, "only admin_channels and admin_whoami")
    ]
    desk.place = NOC
    await desk.act("whoami")
    with pytest.raises(NotAllowed, match="only admin_channels and admin_whoami"):
        await desk.act("policies")
    desk.place = DM
    await desk.undo(made)
    desk.place = NOC
    await desk.act("policies")


async def test_a_changed_rule_goes_back_to_what_it_was(desk):
    await done(desk, "set_channel", channel=ID, only="admin", roles="noc", note="why")
    changed = await done(desk, "set_channel", channel=ID, nothing=True)
    await desk.undo(changed)
    [row] = (await desk.act("channels")).table.rows
    assert row == (ID, ID, "only admin, for people with the role noc", "why")


async def test_what_waits_names_arguments_as_words_and_a_thing_once(desk):
    asked = await desk.act("set_channel", channel="direct", reads_only=True)
    assert asked.waiting.summary.endswith("channel “direct”, reads only “yes”")


async def test_cleared_and_brought_back(desk):
    await done(desk, "set_channel", channel="direct", reads_only=True)
    with pytest.raises(NotAllowed, match="look things up"):
        await desk.act("clear_channel", channel="direct")
    desk.place = NOC
    gone = await done(desk, "clear_channel", channel="direct")
    await desk.undo(gone)
    assert len((await desk.act("channels")).data) == 1
    with pytest.raises(NotFound):
        await desk.act("clear_channel", channel="shared")


async def test_a_yes_to_clearing_is_for_the_rule_that_was_shown(desk):
    await done(desk, "set_channel", channel=ID, only="admin")
    asked = await desk.act("clear_channel", channel=ID)
    assert "only admin → no rule of its own" in asked.waiting.preview
    await done(desk, "set_channel", channel=ID, only="admin", roles="noc")
    again = await desk.approve(asked, user=desk.ann)
    assert again.waiting is not None and "with the role noc → no rule" in again.waiting.preview
    assert len((await desk.act("channels")).data) == 1


async def test_here_is_the_channel_one_is_in(desk):
    desk.place = NOC
    made = await done(desk, "set_channel", channel="here", only="admin")
    assert made.data.channel == ID


@pytest.mark.parametrize(
    ("args", "warned"),
    [
        ({"nothing": True}, True),
        ({"only": "admin"}, False),
        ({"reads_only": True}, True),
        ({"roles": "noc"}, True),
    ],
)
async def test_who_would_lock_themselves_out_is_warned(desk, args, warned):
    desk.place = NOC
    asked = await desk.act("set_channel", channel="here", **args)
    assert ("could not change it back from here" in asked.waiting.preview) is warned


async def test_opening_a_channel_to_outsiders_is_warned_of(desk):
    asked = await desk.act("set_channel", channel="shared", only="admin_whoami")
    assert "Guests and people of other organisations will read" in asked.waiting.preview
    await desk.approve(asked, user=desk.ann)
    desk.place = Place(surface="slack", channel="C7777ABCD", kind=PlaceKind.SHARED)
    await desk.act("whoami")
    with pytest.raises(NotAllowed):
        await desk.act("policies")


async def test_not_for_everybody(desk):
    with pytest.raises(NotAllowed):
        await desk.act("channels", user=desk.eve)


async def test_what_waits_is_listed_only_where_it_may_be_shown(desk):
    await desk.act("add_role", name="night")
    await desk.act("set_channel", channel=ID, only="admin")
    assert len((await desk.act("waiting")).table.rows) == 2
    await done(desk, "set_channel", channel=ID, only="admin_waiting, admin_set_channel")
    desk.place = NOC
    assert [row[1] for row in (await desk.act("waiting")).table.rows if "role" in str(row)] == []


async def test_a_role_said_as_what_may_be_done_is_who(desk):
    desk.place = NOC
    asked = await desk.act("set_channel", channel="this channel", only="noc and admin")
    done = await desk.approve(asked, user=desk.ann)
    assert (done.data.channel, done.data.only, done.data.roles) == (ID, ("admin",), ("noc",))


async def test_a_rule_that_says_nothing_is_none(desk):
    with pytest.raises(BadInput, match="Say what may be done there"):
        await desk.act("set_channel", channel=ID)
