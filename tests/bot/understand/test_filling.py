"""Which argument a word of a message goes to: both ends of a time, counts, people, and texts whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.understand.understander import Understander
from tests.bot.understand.test_bad_input import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


@pytest.mark.parametrize(
    ("words", "role", "action", "args"),
    [
        ("failed payments from monday to wednesday", "billing", "billing_failed", {"since": "2026-11-16", "until": "2026-11-18"}),
        ("payments until friday", "billing", "billing_payments", {"since": None, "until": "2026-11-20"}),
        ("invoices from 1 to 10 november", "billing", "billing_invoices", {"since": "2026-11-01", "until": "2026-11-10"}),
        ("payments last quarter", "billing", "billing_payments", {"since": "2026-07-01", "until": "2026-09-30"}),
        ("move MNT-0003 to Friday 00:00", "noc", "network_move_maintenance", {"starts_at": "2026-11-27T00:00:00+01:00", "hour": "00:00"}),
        ("move MNT-0003 to midnight on Friday", "noc", "network_move_maintenance", {"hour": "00:00"}),
        ("move MNT-0003 to Friday", "noc", "network_move_maintenance", {"hour": None}),
        ("move MNT-0003 to Friday from 00:00 to 02:00", "noc", "network_move_maintenance", {"by": None, "lasts": "PT7200S"}),
        ("move VIS-1004 to the 27th at 9", "support", "visits_move", {"at": "2026-11-27T09:00:00+01:00"}),
        ("invoices from the 1st to the 15th", "billing", "billing_invoices", {"since": "2026-11-01", "until": "2026-11-15"}),
        ("give TCK-11574 to halima, I am off now", "support", "tickets_assign", {"to": "halima"}),
        ("remind me to call Bea Muthoni at 16:00", "support", "reminders_add", {"to": None}),
        ("remind me at 16:00 to ask bea about 100234", "support", "reminders_add", {"to": None}),
        ("remind me at 15:00 that bea wants the list", "support", "reminders_add", {"to": None, "text": "bea wants the list"}),
        ("I'll call bea at 16:00", "support", "reminders_add", {"to": None}),
        ("remind sam at 15:00 that bea wants the list", "support", "reminders_add", {"to": "sam"}),
        ("remind bea at 16:00 to call 100234", "support", "reminders_add", {"to": "bea"}),
        ("set a reminder for bea at 16:00: call 100234", "support", "reminders_add", {"to": "bea"}),
        ("assign TCK-11574 to me, halima is off", "support", "tickets_assign", {"to": "ada@acme.example"}),
        ("open a ticket for 100234 no light high", "support", "tickets_create", {"priority": "high", "category": "no_service"}),
        ("100234 paid 2500 by airtel money ref AM9912", "billing", "billing_record_payment", {"method": "mobile_money", "reference": "AM9912"}),
        ("add a note to 100234: called twice, please post it", "support", "customers_add_note", {"note": "called twice"}),
        ("who didn't keep their promises", "billing", "billing_promises", {"standing": "broken"}),
        ("bills over 100 thousand need approval", "admin", "admin_add_policy", {"over_amount": "100,000.00 NGN"}),
        ("TCK-11574 to level 2 please", "support", "tickets_escalate", {"level": "L2"}),
        ("stop reminding me of REM-1007", "support", "reminders_cancel", {"reminder": "REM-1007"}),
        ("revenue in q3", "billing", "billing_revenue", {"month": None}),
        ("outages longer than 3 hours this year", "noc", "network_outages", {"longer_than": "PT10800S", "since": "2026-01-01"}),
        ("outages that lasted more than 4 hours in 2026", "noc", "network_outages", {"longer_than": "PT14400S", "since": "2026-01-01"}),
        ("outages over the last 3 days", "noc", "network_outages", {"longer_than": None, "since": "2026-11-19"}),
        ("longest outages this year", "noc", "network_outages", {"longest": True, "longer_than": None}),
        ("take back HWTC99AB34CD, it is faulty", "field", "network_return_ont", {"serial": "HWTC99AB34CD", "state": "faulty"}),
        ("give HWTC99AB34CD to me", "field", "network_issue_ont", {"serial": "HWTC99AB34CD"}),
        ("was ONT HWTC00000041 collected", "noc", "network_ont", {"serial": "HWTC00000041"}),
        ("onts returned this week", "noc", "network_stock", {"state": "returned"}),
        ("make MNT-0003 2 hours", "noc", "network_move_maintenance", {"lasts": "PT7200S", "starts_at": None, "by": None}),
        ("push MNT-0003 a week", "noc", "network_move_maintenance", {"by": "P7D", "starts_at": None}),
        ("move MNT-0003 in 2 hours", "noc", "network_move_maintenance", {"by": None, "starts_at": "2026-11-22T18:00:00+01:00"}),
        ("push VIS-1004 30 minutes", "support", "visits_move", {"by": "PT1800S", "at": None}),
        ("SVC-100234-1", "support", "customers_show", {"customer": "SVC-100234-1"}),
        ("longest active outages", "noc", "network_outages", {"longest": True, "active": True}),
        ("give kevin 2 F670L", "noc", "network_issue_ont", {"technician": "kevin", "model": "F670L", "count": 2}),
        ("give Kevin an HG8145V5", "admin", "network_issue_ont", {"technician": "Kevin", "model": "HG8145V5"}),
        ("give 2 F670L to kevin", "field", "network_issue_ont", {"technician": "kevin", "count": 2}),
        ("give kevin noc", "admin", "admin_grant", {"person": "kevin", "role": "noc"}),
        ("give 100203 3 days to pay", "support", "billing_promise", {"customer": "100203"}),
        ("uplink of olt-ctr-02-1", "noc", "network_device", {"device": "olt-ctr-02-1"}),
        ("hand 3 F670L to ada", "noc", "network_issue_ont", {"model": "F670L", "count": 3}),
        ("what is at CST-02", "noc", "network_site", {"site": "CST-02"}),
        ("suspend SVC-100234-1", "support", "customers_suspend", {"customer": "SVC-100234-1"}),
        ("huawei olts that are not up", "noc", "network_devices", {"vendor": "Huawei", "kind": "olt", "status": "not up"}),
        ("watch the level of 100234 for 20 minutes", "field", "network_watch_level", {"customer": "100234", "lasts": "PT1200S"}),
        ("stop watching", "field", "network_stop_watching", {}),
        ("how often did 100234 drop this week", "noc", "network_flapping", {"customer": "100234", "since": "2026-11-16", "until": "2026-11-22"}),
        ("credits i gave in november", "billing", "billing_credits", {"my": True, "by_agent": None}),
        ("who gave the most credits", "billing", "billing_credits", {"my": None, "by_agent": True}),
        ("who will be cut off on friday", "billing", "billing_suspensions", {"since": "2026-11-27", "until": "2026-11-27"}),
        ("who took the promises of this week", "billing", "billing_promises", {"by_agent": True}),
        ("offline pons added up per olt in ikeja", "noc", "network_pons", {"per": "OLT", "area": "ikeja"}),
        ("who is offline without the outage", "noc", "network_offline", {"unexplained": True}),
        ("who is offline", "noc", "network_offline", {"unexplained": None}),
        ("ONTs down more than 2 days", "noc", "network_onts", {"status": "down", "older_than": "P2D"}),
        ("devices not seen for an hour", "noc", "network_devices", {"older_than": "PT3600S", "status": None}),
        ("ONTs that came back in the last hour", "noc", "network_onts", {"status": "came back"}),
        ("which pools are above 80 percent", "noc", "network_pools", {"over": "80 percent"}),
        ("pons over 70%", "noc", "network_full_pons", {"over": "70%"}),
        ("is there an outage at 100234", "support", "network_line", {"customer": "100234"}),
        ("nobody changes anything until tomorrow 08:00, audit", "noc", "freeze_start", {"until": "2026-11-23T08:00:00+01:00"}),
        ("outages last weekend", "noc", "network_outages", {"since": "2026-11-14", "until": "2026-11-15"}),
        ("what did halima do yesterday evening", "admin", "admin_audit_search", {"since": "2026-11-21T18:00:00+01:00", "until": "2026-11-22T00:00:00+01:00"}),
        ("audit since monday until wednesday", "admin", "admin_audit_search", {"about": None, "since": "2026-11-16T00:00:00+01:00"}),
        ("freeze changes until 22:00 because of the match", "noc", "freeze_start", {"starts_at": None, "until": "2026-11-22T22:00:00+01:00", "because": "the match"}),
        ("freeze everything tonight because of the match", "noc", "freeze_start", {"starts_at": "2026-11-22T18:00:00+01:00", "until": "2026-11-23T00:00:00+01:00"}),
        ("cover for ada from friday 18:00 to monday 08:00", "noc", "oncall_cover", {"starts": "2026-11-27T18:00:00+01:00", "until": "2026-11-30T08:00:00+01:00"}),
        ("give bea the role noc until friday", "admin", "admin_grant", {"role": "noc", "lasts": "PT460800S"}),
        ("give bea the noc role for the coast", "admin", "admin_grant", {"region": "coast"}),
        ("tickets in the coast region", "support", "tickets_search", {"area": "coast"}),
        ("tickets since the 15th", "support", "tickets_search", {"since": "2026-11-15"}),
        ("open tickets on the coast", "support", "tickets_search", {"area": "coast", "customer": None}),
        ("tickets breaching tonight", "support", "tickets_breaching", {"within": "PT28800S"}),
        ("who had 102.22.4.17 on saturday at 23:00", "noc", "network_holders", {"at": "2026-11-21T23:00:00+01:00"}),
        ("100203 promises to pay at the end of the month", "billing", "billing_promise", {"until": "2026-11-30"}),
        ("show me 20 payments of 100203", "billing", "billing_payments", {"limit": 20}),
        ("weak signals below -28 dbm", "noc", "network_weak_signals", {"below": -28}),
        ("lines that dropped at least 5 times in the last 3 hours", "noc", "network_flapping", {"least": 5, "within": "PT10800S"}),
        ("credit 100203 500 for a week without internet", "billing", "billing_credit", {"amount": "500.00 NGN", "reason": "a week without internet", "days": None}),
        ("credit 100203 500 because the line was down for 2 days", "billing", "billing_credit", {"amount": "500.00 NGN", "reason": "the line was down for 2 days", "days": None}),
        ("open a ticket for 100203: Our shop opens at 9, no light", "support", "tickets_create", {"subject": "Our shop opens at 9, no light"}),
        ("add a note to 100203, She wants to be called tomorrow", "support", "customers_add_note", {"note": "She wants to be called tomorrow"}),
        ("comment on TCK-11574: Our shop opens at nine", "support", "tickets_comment", {"text": "Our shop opens at nine"}),
        ("close TCK-11574 because the ONT was replaced yesterday", "support", "tickets_close", {"resolution": "the ONT was replaced yesterday"}),
        ("halima covers me from friday to sunday", "noc", "oncall_cover", {"person": "halima", "instead_of": "ada@acme.example"}),
    ],
)  # fmt: skip
async def test_each_word_goes_where_it_belongs(
    understander: Understander, words: str, role: str, action: str, args: Mapping[str, Any]
) -> None:
    got = await ask(understander, words, role)
    guess = next(g for g in got.guesses if g.action_id == action)
    assert {name: guess.args.get(name) for name in args} == args
