"""Channel rules: what may be done in a place, which is never more than without the rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract.channel import CHANNELS, DIRECT, SHARED, ChannelRule
from bot.contract.people import User
from bot.contract.place import SOMEWHERE, Place, PlaceKind
from bot.core.here import Rules
from bot.errors import NotAllowed
from tests.bot.understand import isp

VIEW = isp.VIEW
ACTIONS = [VIEW.action(o.id) for o in VIEW.actions_for(isp.person())]
READS = next(o for o in ACTIONS if o.item.reads_only and o.plugin == "tickets")
WRITES = next(o for o in ACTIONS if not o.item.reads_only and o.plugin == "tickets")
OTHER = next(o for o in ACTIONS if o.plugin == "billing")
NOC = Place(surface="slack", channel="CNOC", kind=PlaceKind.PUBLIC)
SHARED_NOC = Place(surface="slack", channel="CNOC", kind=PlaceKind.SHARED)
DM = Place(surface="slack", channel="D1", kind=PlaceKind.DIRECT)

names = st.lists(st.sampled_from(["tickets", "billing", READS.id, WRITES.id, "nothing"]), max_size=3).map(
    tuple
)
rules = st.lists(
    st.builds(
        ChannelRule,
        channel=st.sampled_from(["CNOC", "COTHER"]),
        only=names,
        reads_only=st.booleans(),
        roles=st.lists(st.sampled_from(["noc", "support"]), max_size=2).map(tuple),
        closed=st.booleans(),
        outsiders=st.booleans(),
    )
    | st.builds(
        ChannelRule,
        channel=st.sampled_from([CHANNELS, DIRECT, SHARED]),
        surface=st.just(""),
        only=names,
        reads_only=st.booleans(),
        closed=st.booleans(),
        outsiders=st.booleans(),
    ),
    max_size=4,
)
places = st.builds(
    Place,
    surface=st.sampled_from(["slack", "web"]),
    channel=st.sampled_from(["CNOC", "COTHER", ""]),
    kind=st.sampled_from(PlaceKind),
)
people = st.lists(st.sampled_from(["tickets:read", "tickets:write", "billing:read"]), unique=True).flatmap(
    lambda held: (
        st.sampled_from([isp.person(*held, roles=frozenset(roles)) for roles in ((), ("noc",))])
        if held
        else st.just(User(id="u", name="U"))
    )
)


@given(rules, places, people)
def test_a_rule_only_ever_narrows(found: list[ChannelRule], place: Place, user: User) -> None:
    here = Rules(found).here(user, place)
    offered = {o.id for o in here.narrow(VIEW).actions_for(user)}
    assert offered <= {o.id for o in VIEW.actions_for(user)}
    for owned in ACTIONS:
        assert (owned.id in offered) == (here.allows(owned) and user.may(owned.item.permission))
        if here.allows(owned):
            here.check(owned)
        else:
            with pytest.raises(NotAllowed, match=r"[a-z]"):
                here.check(owned)
        if here.closed:
            assert not here.allows(owned)


@given(rules, people)
def test_where_outsiders_read_nothing_goes_unless_a_rule_was_made_for_them(
    found: list[ChannelRule], user: User
) -> None:
    allowed = any(Rules(found).here(user, SHARED_NOC).allows(o) for o in ACTIONS)
    assert not allowed or any(rule.outsiders and not rule.closed for rule in found)


@given(rules, places, people)
def test_nothing_is_looked_up_where_nothing_could_be_done_with_it(
    found: list[ChannelRule], place: Place, user: User
) -> None:
    here = Rules(found).here(user, place)
    for kind in VIEW.entity_kinds:
        usable = [
            o for o in here.narrow(VIEW).actions_for(user) if kind in {r.kind for r in o.item.refs.values()}
        ]
        if here.rule is not None:
            assert here.looks_up(VIEW, kind) == bool(usable)


def test_its_own_rule_stands_before_the_default_of_its_kind() -> None:
    found = Rules(
        [
            ChannelRule(channel=CHANNELS, surface="", closed=True),
            ChannelRule(channel="CNOC", only=("tickets",)),
        ]
    )
    me = isp.person()
    assert found.here(me, NOC).allows(READS)
    assert not found.here(me, NOC).allows(OTHER)
    assert "nothing" in found.here(me, Place(surface="slack", channel="C2")).closed
    assert "nothing" in found.here(me, SOMEWHERE).closed, (
        "a place nothing is known of is a channel without a rule"
    )
    assert found.here(me, DM).allows(OTHER)


def test_a_rule_of_another_surface_is_another_rule() -> None:
    found = Rules([ChannelRule(channel="CNOC", surface="web", closed=True)])
    assert not found.here(isp.person(), NOC).closed


def test_a_rule_made_for_colleagues_does_not_hold_once_outsiders_read_along() -> None:
    mine = ChannelRule(channel="CNOC", only=("tickets",))
    assert "other organisations" in Rules([mine]).here(isp.person(), SHARED_NOC).closed
    theirs = ChannelRule(channel="CNOC", only=("tickets",), outsiders=True)
    assert Rules([theirs]).here(isp.person(), SHARED_NOC).allows(READS)
    assert not Rules([theirs]).here(isp.person(), SHARED_NOC).allows(OTHER)


@pytest.mark.parametrize(
    ("rule", "owned", "said"),
    [
        (
            ChannelRule(channel="CNOC", only=("network", "tickets")),
            OTHER,
            "In this channel I do only network and tickets. Ask me in a direct message.",
        ),
        (ChannelRule(channel="CNOC", reads_only=True), WRITES, "I only look things up"),
        (ChannelRule(channel="CNOC", roles=("noc",)), READS, "only for people with the role noc"),
        (ChannelRule(channel="CNOC", closed=True), READS, "I answer nothing in this channel"),
    ],
)
def test_a_refusal_says_what_goes_here_and_where_else_to_ask(
    rule: ChannelRule, owned: object, said: str
) -> None:
    with pytest.raises(NotAllowed) as error:
        Rules([rule]).here(isp.person(), NOC).check(owned)  # type: ignore[arg-type]  # an action
    assert said in str(error.value) and "direct message" in str(error.value)


def test_in_a_direct_message_nobody_is_sent_to_a_direct_message() -> None:
    shut = ChannelRule(channel=DIRECT, surface="", closed=True)
    closed = Rules([shut]).here(isp.person(), DM).closed
    assert "in direct messages" in closed and "Ask me" not in closed


def test_in_a_shared_channel_an_admin_learns_how_to_allow_it() -> None:
    assert (
        "admin set_channel channel=CNOC only=network outsiders=yes"
        in Rules().here(isp.person(), SHARED_NOC).closed
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            ChannelRule(channel="C1", name="noc", only=("network", "tickets_*")),
            "In #noc: only network and tickets.",
        ),
        (
            ChannelRule(channel=DIRECT, surface="", reads_only=True),
            "In direct messages: everything, looking things up, no changes.",
        ),
        (
            ChannelRule(channel="C1", roles=("noc", "admin")),
            "In C1: everything, for people with the role noc or admin.",
        ),
        (ChannelRule(channel="C1", closed=True), "In C1: nothing."),
    ],
)
def test_a_rule_reads_as_a_sentence(rule: ChannelRule, words: str) -> None:
    assert rule.words == words


def test_where_a_guest_reads_nothing_is_shown_without_a_rule_for_outsiders() -> None:
    noc = Place(surface="slack", channel="C1", kind=PlaceKind.GUESTS)
    rule = ChannelRule(channel="C1", only=("network",))
    for rules in (Rules(), Rules([rule])):
        said = rules.here(isp.person(), noc).closed
        assert said.startswith("A guest may read this channel, so I show nothing here.")
        assert "outsiders=yes" in said
        assert not rules.tells(noc, "network_outages")
    opened = Rules([replace(rule, outsiders=True)])
    assert not opened.here(isp.person(), noc).closed
    assert opened.tells(noc, "network_outages")
    assert not rules.tells(noc, "admin_set_channel")
    narrow = Rules([replace(rule, channel="*channels", reads_only=True)])
    assert narrow.tells(replace(noc, kind=PlaceKind.PUBLIC), "admin_set_channel"), "whom it binds may read it"
    assert not Rules([replace(rule, channel="*channels")]).tells(noc, "network_outages")
