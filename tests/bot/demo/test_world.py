"""The simulated provider is the same for the same seed, hangs together, and looks like one."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from bot.demo.world.cast import SAVANNA_CAST
from bot.demo.world.chunk import Chunk
from bot.demo.world.isp import (
    FIRST_RESPONSE_HOURS,
    GRACE_DAYS,
    RESOLVE_HOURS,
    SUSPEND_AFTER_DAYS,
    TERMINATE_AFTER_DAYS,
)
from bot.demo.world.places import LAKESIDE, SAVANNA
from bot.demo.world.plants import DRIFT_DAYS, GENEROUS, LEAVER
from bot.demo.world.seeded import Shuffle
from bot.demo.world.staff import SAVANNA_STAFF
from bot.demo.world.tell import fingerprint, tell
from bot.demo.world.world import build_world
from tests.bot.demo.conftest import NOW, told

TODAY = NOW.date()
NAIVE = NOW.replace(tzinfo=None)


def by(rows: list[dict], column: str) -> dict:
    return {row[column]: row for row in rows}


def customer(rows: dict, number: int) -> dict:
    return by(rows["isp_customers"], "number")[str(number)]


def of_customer(rows: dict, table: str, number: int) -> list[dict]:
    wanted = customer(rows, number)["id"]
    return [row for row in rows[table] if row["customer_id"] == wanted]


class TestDeterminism:
    def test_same_seed_same_rows_to_the_last_byte(self):
        worlds = [build_world(SAVANNA, 300, 5, NOW) for _ in range(2)]
        assert fingerprint(worlds[0]) == fingerprint(worlds[1])

    @pytest.mark.parametrize(
        "size, seed, now", [(300, 6, NOW), (301, 5, NOW), (300, 5, NOW + timedelta(hours=1))]
    )
    def test_anything_else_gives_other_rows(self, size, seed, now):
        assert fingerprint(build_world(SAVANNA, size, seed, now)) != fingerprint(
            build_world(SAVANNA, 300, 5, NOW)
        )

    def test_no_world_is_smaller_than_its_cast(self):
        with pytest.raises(ValueError, match="at least 200"):
            build_world(SAVANNA, 199, 5, NOW)
        assert told(build_world(SAVANNA, 200, 5, NOW))["isp_customers"]

    @pytest.mark.parametrize("n", [2, 7, 300, 12_000, 2**24])
    def test_shuffle_hits_every_place_once(self, n):
        places = Shuffle.of(n, 99)(np.arange(min(n, 20_000)))
        assert len(set(places.tolist())) == min(n, 20_000)
        assert places.min() >= 0 and places.max() < n


class TestReferences:
    @pytest.mark.parametrize(
        "table, key",
        [
            ("isp_customers", "id"), ("isp_customers", "number"), ("isp_services", "id"), ("isp_services", "number"),
            ("isp_services", "username"), ("isp_onts", "serial"), ("isp_invoices", "id"), ("isp_invoices", "number"),
            ("isp_payments", "id"), ("isp_payments", "number"), ("isp_credit_notes", "number"), ("isp_tickets", "id"),
            ("isp_tickets", "number"), ("isp_ticket_events", "id"), ("isp_notes", "id"), ("isp_sessions", "id"),
            ("isp_emails", "id"), ("isp_ports", "id"), ("isp_devices", "name"), ("isp_sites", "code"),
            ("isp_customers", "phone"),
        ],
    )  # fmt: skip
    def test_keys_are_unique(self, rows, table, key):
        values = [row[key] for row in rows[table]]
        assert len(set(values)) == len(values)

    def test_addresses_of_lines_are_unique(self, rows):
        for column in ("ipv4", "cpe_mac", "ipv6_prefix", "ont_serial"):
            values = [row[column] for row in rows["isp_services"] if row[column]]
            assert values and len(set(values)) == len(values), column

    def test_measurements_have_one_value_per_moment(self, rows):
        keys = Counter((r["subject"], r["metric"], r["at"]) for r in rows["isp_measurements"])
        assert max(keys.values()) == 1

    @pytest.mark.parametrize(
        "child, column, parent, key",
        [
            ("isp_services", "customer_id", "isp_customers", "id"), ("isp_services", "plan_code", "isp_plans", "code"),
            ("isp_services", "port_id", "isp_ports", "id"), ("isp_onts", "port_id", "isp_ports", "id"),
            ("isp_onts", "service_id", "isp_services", "id"), ("isp_invoices", "customer_id", "isp_customers", "id"),
            ("isp_payments", "invoice_id", "isp_invoices", "id"), ("isp_credit_notes", "invoice_id", "isp_invoices", "id"),
            ("isp_tickets", "customer_id", "isp_customers", "id"), ("isp_ticket_events", "ticket_id", "isp_tickets", "id"),
            ("isp_tickets", "outage_number", "isp_outages", "number"), ("isp_sessions", "service_id", "isp_services", "id"),
            ("isp_sessions", "nas", "isp_devices", "name"), ("isp_ports", "device", "isp_devices", "name"),
            ("isp_devices", "site", "isp_sites", "code"), ("isp_devices", "parent", "isp_devices", "name"),
            ("isp_customers", "site", "isp_sites", "code"), ("isp_emails", "customer_id", "isp_customers", "id"),
            ("isp_outages", "device", "isp_devices", "name"), ("isp_maintenance", "site", "isp_sites", "code"),
        ],
    )  # fmt: skip
    def test_children_have_parents(self, rows, child, column, parent, key):
        there = {row[key] for row in rows[parent]}
        assert {row[column] for row in rows[child] if row[column] is not None} <= there

    def test_parents_are_told_first(self, world):
        seen: set[str] = set()
        for batch in tell(world):
            if "device" in batch.columns and batch.table == "isp_ports":
                assert "isp_devices" in seen
            if "customer_id" in batch.columns:
                assert "isp_customers" in seen
            seen.add(batch.table)

    def test_ports_hold_what_they_can(self, rows):
        load = Counter(row["port_id"] for row in rows["isp_onts"])
        ports = by(rows["isp_ports"], "id")
        assert all(count <= ports[port]["capacity"] for port, count in load.items())
        assert max(row["capacity"] for row in rows["isp_ports"] if row["kind"] == "pon") == 64

    def test_every_device_but_the_core_hangs_on_one_in_its_region(self, rows):
        region = {row["code"]: row["region"] for row in rows["isp_sites"]}
        where = {row["name"]: region[row["site"]] for row in rows["isp_devices"]}
        for device in rows["isp_devices"]:
            assert (device["parent"] is None) == device["name"].startswith("core-")
            assert device["parent"] is None or where[device["parent"]] == where[device["name"]]


class TestMoney:
    def test_paid_is_the_sum_of_payments_and_credits(self, rows):
        paid: Counter = Counter()
        for row in rows["isp_payments"]:
            if row["status"] == "succeeded":
                paid[row["invoice_id"]] += row["amount_minor"]
        for row in rows["isp_credit_notes"]:
            paid[row["invoice_id"]] += row["amount_minor"]
        for invoice in rows["isp_invoices"]:
            assert invoice["paid_minor"] == paid[invoice["id"]], invoice["number"]
            assert (invoice["status"] == "paid") == (invoice["paid_minor"] == invoice["total_minor"])
            assert invoice["due_on"] - invoice["issued_on"] == timedelta(days=GRACE_DAYS)

    def test_lines_add_up(self, rows):
        import json

        for invoice in rows["isp_invoices"][:500]:
            assert sum(line["minor"] for line in json.loads(invoice["lines"])) == invoice["total_minor"]

    def test_most_pay_within_days_some_late_some_never(self, rows):
        issued = {row["id"]: row["issued_on"] for row in rows["isp_invoices"]}
        ok = [row for row in rows["isp_payments"] if row["status"] == "succeeded"]
        delay = np.array([(row["at"].date() - issued[row["invoice_id"]]).days for row in ok])
        assert 0.55 < (delay <= 7).mean() < 0.85
        assert 0.02 < (delay > GRACE_DAYS + 3).mean() < 0.15
        assert 0.6 < sum(row["method"] == "mobile_money" for row in ok) / len(ok) < 0.8
        owing = {
            r["customer_id"] for r in rows["isp_invoices"] if r["status"] == "open" and r["due_on"] < TODAY
        }
        assert 0.03 < len(owing) / len(rows["isp_customers"]) < 0.1

    def test_automatic_charges_fail_for_reasons(self, rows):
        failed = [row for row in rows["isp_payments"] if row["status"] == "failed"]
        assert {row["failure"] for row in failed} >= {
            "insufficient_funds",
            "card_expired",
            "provider_timeout",
        }
        assert all(row["failure"] for row in failed) and all(row["provider"] for row in rows["isp_payments"])
        assert 0.01 < len(failed) / len(rows["isp_payments"]) < 0.08

    def test_the_suspended_are_long_overdue(self, rows):
        oldest: dict[str, date] = {}
        for row in rows["isp_invoices"]:
            if row["status"] == "open":
                oldest[row["customer_id"]] = min(row["due_on"], oldest.get(row["customer_id"], row["due_on"]))
        for service in rows["isp_services"]:
            if service["status"] == "suspended":
                late = service["suspended_at"].date() - oldest[service["customer_id"]]
                assert late.days >= SUSPEND_AFTER_DAYS - 1
                assert service["suspended_at"] <= NAIVE
                assert (TODAY - oldest[service["customer_id"]]).days <= TERMINATE_AFTER_DAYS

    def test_thirteen_months_and_not_in_the_future(self, rows):
        months = {(row["issued_on"].year, row["issued_on"].month) for row in rows["isp_invoices"]}
        assert 13 <= len(months) <= 14
        assert max(row["issued_on"] for row in rows["isp_invoices"]) <= TODAY
        assert max(row["at"] for row in rows["isp_payments"]) <= NAIVE


class TestTickets:
    def test_four_to_six_in_a_hundred_customers_a_month(self, rows):
        year = [row for row in rows["isp_tickets"] if row["opened_at"] > NAIVE - timedelta(days=390)]
        assert 0.035 < len(year) / 13 / len(rows["isp_customers"]) < 0.075

    def test_promises_follow_the_policy(self, rows):
        for row in rows["isp_tickets"]:
            wait = timedelta(hours=FIRST_RESPONSE_HOURS[row["priority"]])
            assert row["first_response_due"] - row["opened_at"] == wait
            assert row["resolve_due"] - row["opened_at"] == timedelta(hours=RESOLVE_HOURS[row["priority"]])

    def test_each_is_in_the_queue_of_whoever_has_it_or_is_waited_for(self, rows):
        teams = {row["team"] for row in rows["isp_tickets"]}
        assert teams == {"support", "billing", "noc", "field"}
        for row in rows["isp_tickets"]:
            if row["category"] == "installation":
                assert row["team"] == "field"
            elif (row["assignee"] or "").startswith("bea.muthoni@"):
                assert row["team"] == "billing"

    def test_history_is_in_order_and_over_by_now(self, rows):
        for row in rows["isp_tickets"]:
            steps = [row["opened_at"], row["first_response_at"], row["resolved_at"], row["closed_at"]]
            known = [step for step in steps if step]
            assert known == sorted(known) and known[-1] <= NAIVE, row["number"]
            assert (row["status"] in ("resolved", "closed")) == (row["resolved_at"] is not None)
            assert (row["resolution"] is None) == (row["resolved_at"] is None)
        opened = {row["id"]: row["opened_at"] for row in rows["isp_tickets"]}
        assert all(opened[e["ticket_id"]] <= e["at"] <= NAIVE for e in rows["isp_ticket_events"])

    def test_some_miss_their_promise_and_some_are_missing_it_now(self, rows):
        done = [row for row in rows["isp_tickets"] if row["resolved_at"]]
        missed = sum(row["resolved_at"] > row["resolve_due"] for row in done) / len(done)
        assert 0.06 < missed < 0.25
        late = [r for r in rows["isp_tickets"] if not r["resolved_at"] and r["resolve_due"] < NAIVE]
        assert len(late) >= 8

    def test_texts_vary_and_no_slot_is_left_open(self, rows):
        texts = [
            text
            for row in rows["isp_tickets"]
            for text in (row["subject"], row["body"], row["resolution"])
            if text
        ]
        assert not any("{" in text or "}" in text for text in texts)
        assert len({row["body"] for row in rows["isp_tickets"]}) > 500
        assert not any("{" in row["body"] for row in rows["isp_ticket_events"] + rows["isp_emails"])

    def test_sundays_are_quieter_and_no_hour_bulges_today(self, rows):
        opened = [row["opened_at"] + timedelta(hours=3) for row in rows["isp_tickets"]]
        weekdays = Counter(moment.weekday() for moment in opened)
        assert weekdays[6] < 0.8 * np.mean([weekdays[day] for day in range(1, 6)])
        paid = Counter(
            (row["at"] + timedelta(hours=3)).weekday()
            for row in rows["isp_payments"]
            if row["method"] == "mobile_money" and row["status"] == "succeeded"
        )
        assert paid[6] < 0.9 * np.mean([paid[day] for day in range(1, 6)])

    def test_numbers_follow_time(self, rows):
        ordered = sorted(rows["isp_tickets"], key=lambda row: row["number"])
        moments = [row["opened_at"] for row in ordered]
        assert moments == sorted(moments)


class TestLines:
    def test_most_are_online_with_healthy_light(self, rows):
        dark = {row["id"] for row in rows["isp_ports"] if row["status"] != "up"}
        fiber = [
            r for r in rows["isp_onts"] if r["serial"][:4] in ("HWTC", "ZTEG") and r["port_id"] not in dark
        ]
        fiber_lit = [row for row in fiber if row["rx_dbm"] is not None]
        rx = np.array([row["rx_dbm"] for row in fiber_lit])
        assert 0.93 < sum(row["status"] == "online" for row in fiber) / len(fiber) < 0.99
        assert 0.004 < (rx < -27).mean() < 0.06
        assert -22 < np.median(rx) < -17
        far = np.array([row["distance_m"] for row in fiber_lit])
        assert np.corrcoef(far, rx)[0, 1] < -0.3

    def test_one_live_session_per_line_at_most(self, rows):
        live = Counter(row["service_id"] for row in rows["isp_sessions"] if row["ended_at"] is None)
        assert max(live.values()) == 1
        assert all(row["terminate_cause"] for row in rows["isp_sessions"] if row["ended_at"])
        assert all(
            r["ended_at"] is None or r["started_at"] < r["ended_at"] <= NAIVE for r in rows["isp_sessions"]
        )

    def test_sessions_of_a_line_do_not_overlap(self, rows):
        spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for row in rows["isp_sessions"]:
            spans[row["service_id"]].append((row["started_at"], row["ended_at"] or NAIVE))
        for line in spans.values():
            line.sort()
            assert all(a[1] <= b[0] for a, b in pairwise(line))

    def test_site_sessions_now_match_the_live_ones(self, rows):
        device_site = {row["name"]: row["site"] for row in rows["isp_devices"]}
        live = Counter(
            device_site[row["nas_port"].partition("/")[0]]
            for row in rows["isp_sessions"]
            if row["ended_at"] is None
        )
        last: dict[str, dict] = {}
        for row in rows["isp_measurements"]:
            if row["metric"] == "sessions":
                last[row["subject"]] = row
        troubled = {device_site[row["device"]] for row in rows["isp_ports"] if row["status"] != "up"}
        for subject, row in last.items():
            site = subject.removeprefix("site:")
            if site not in troubled:
                assert abs(row["value"] - live[site]) <= 3 + 0.1 * live[site], site


class TestCast:
    def test_everyone_is_there_under_their_number(self, rows):
        for member in SAVANNA_CAST:
            row = customer(rows, member.number)
            assert (
                row["name"] == member.name
                and row["status"] == member.status
                and row["region"] == member.region
            )

    @pytest.mark.parametrize("name, count", [("Amina Bello", 2), ("John Mwangi", 2), ("Peter Otieno", 1)])
    def test_nobody_else_has_their_name(self, rows, name, count):
        assert sum(row["name"] == name for row in rows["isp_customers"]) == count

    @pytest.mark.parametrize("size", [200, 3_000])
    def test_the_two_aminas_live_in_westlands_and_nyali_at_every_size(self, size):
        found = told(build_world(SAVANNA, size, 9, NOW))
        assert customer(found, 100234)["city"] == "Westlands"
        assert customer(found, 100187)["city"] == "Nyali"

    def test_others_share_names_too(self, rows):
        assert sum(n > 1 for n in Counter(r["name"] for r in rows["isp_customers"]).values()) > 20

    @pytest.mark.parametrize(
        "anchor",
        [
            NOW,
            datetime(2026, 3, 31, 2, 5, tzinfo=NOW.tzinfo),
            datetime(2028, 2, 29, 20, 0, tzinfo=NOW.tzinfo),
        ],
    )
    def test_heroine_owes_has_one_open_ticket_and_good_light_whenever_it_is(self, anchor):
        rows = told(build_world(SAVANNA, 300, 5, anchor))
        day = anchor.astimezone(SAVANNA.zone).date()
        owed = [
            r
            for r in of_customer(rows, "isp_invoices", 100234)
            if r["status"] == "open" and r["due_on"] < day
        ]
        assert len(owed) == 1 and owed[0]["total_minor"] == 399_900
        tickets = [t for t in of_customer(rows, "isp_tickets", 100234) if not t["resolved_at"]]
        assert [t["subject"] for t in tickets] == ["Very slow in the evenings"]
        assert tickets[0]["assignee"] == "sam.ochieng@savanna-fibre.example"
        serial = of_customer(rows, "isp_services", 100234)[0]["ont_serial"]
        ont = by(rows["isp_onts"], "serial")[serial]
        assert ont["rx_dbm"] == -21.0 and ont["status"] == "online"
        peter = [
            r
            for r in of_customer(rows, "isp_invoices", 100151)
            if r["status"] == "open" and r["due_on"] < day
        ]
        assert len(peter) == 2
        assert of_customer(rows, "isp_services", 100151)[0]["status"] == "suspended"

    def test_the_outage_reaches_zainab_and_the_dialysis_centre(self, rows):
        ports = by(rows["isp_ports"], "id")
        for number in (100203, 100211):
            line = of_customer(rows, "isp_services", number)[0]
            assert ports[line["port_id"]]["status"] == "down"
            assert not any(
                s["service_id"] == line["id"] and s["ended_at"] is None for s in rows["isp_sessions"]
            )


class TestPlants:
    def test_drift_shows_in_port_and_line(self, world, rows):
        subject = world.network.subject(int(world.plants.drift_ports[0]))
        series = [row["value"] for row in rows["isp_measurements"] if row["subject"] == subject]
        assert np.ptp(series[: -DRIFT_DAYS - 1]) < 1.0
        assert series[-DRIFT_DAYS - 1] - series[-1] > 2.5
        others = [
            row
            for row in rows["isp_measurements"]
            if row["metric"] == "rx_dbm" and row["subject"].startswith("port:olt")
        ]
        slopes: dict[str, list[float]] = defaultdict(list)
        for row in others:
            slopes[row["subject"]].append(row["value"])
        sinking = [s for s, v in slopes.items() if v[-DRIFT_DAYS - 1] - v[-1] > 1.5]
        assert sinking == [subject]

    def test_planted_colleagues_work_there(self):
        assert {LEAVER, GENEROUS} <= {colleague.login for colleague in SAVANNA_STAFF}

    def test_payments_fall_only_at_one_carrier(self, world, rows):
        since = datetime.fromtimestamp(world.plants.drop_at, tz=NOW.tzinfo).replace(tzinfo=None)
        today = [row for row in rows["isp_payments"] if row["at"] >= since]
        share = {
            name: np.mean([row["status"] == "succeeded" for row in today if row["provider"] == name])
            for name in ("SimbaPay", "Twiga Money")
        }
        assert share["SimbaPay"] < 0.5 and share["Twiga Money"] > 0.8

    def test_the_second_provider_has_no_plants_and_no_bills(self, lakeside):
        assert "isp_invoices" not in lakeside and "isp_payments" not in lakeside
        assert all(row["status"] == "resolved" for row in lakeside["isp_outages"])
        assert {row["currency"] for row in lakeside["isp_plans"]} == {"UGX"}

    def test_both_have_an_account_100234_and_it_is_not_the_same_person(self, rows, lakeside):
        assert customer(rows, 100234)["name"] != customer(lakeside, 100234)["name"]

    def test_identifiers_of_two_worlds_do_not_meet(self, rows, lakeside):
        ours = {row["id"] for row in rows["isp_customers"]}
        assert not ours & {row["id"] for row in lakeside["isp_customers"]}

    def test_a_chunk_knows_its_second_lines(self, world):
        found = [
            s
            for number, low, high in world.chunks()
            for s in Chunk(world, number, low, high).services.tolist()
        ]
        assert sorted(found) == list(range(world.subs.services))
        assert world.subs.services > world.subs.n


def test_the_two_providers_are_different_places() -> None:
    assert {r.name for r in SAVANNA.regions}.isdisjoint({r.name for r in LAKESIDE.regions})
