"""The provider's own tables behind the local connector: a small ISP, and a question about it to every function."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network

from bot.api import EVERYWHERE
from bot.db.users import do_add_person
from plugins.billing.port import DebtorQuery
from plugins.connectors.local import (
    queries_below,
    queries_billing,
    queries_choice,
    queries_customers,
    queries_effects,
    queries_find,
    queries_history,
    queries_impact,
    queries_lines,
    queries_money,
    queries_network,
    queries_network_write,
    queries_offline,
    queries_onts,
    queries_overdue,
    queries_pools,
    queries_scope,
    queries_tickets,
    queries_tickets_counts,
    queries_tickets_files,
    queries_tickets_merge,
    queries_tickets_volume,
    queries_tickets_write,
    queries_watch,
    queries_words,
)
from plugins.connectors.local.queries_below import Below
from plugins.connectors.local.queries_overdue import Late
from plugins.connectors.local.queries_words import Candidate
from plugins.customers.port import ContactChange, CustomerQuery, Note
from plugins.network.port import NewMaintenance, NewOutage, NewPool, OutageChange, Place
from plugins.tickets.port import (
    CountedBy,
    NewAttachment,
    NewTicket,
    Priority,
    TicketChange,
    TicketEvent,
    TicketQuery,
)
from tests.plugins.building import NOW, TODAY, Isp, ago
from tests.probes.asking import Asks

AMINA, OLT, PON = "100234", "olt-nth-03-1", "olt-nth-03-1 PON 1/1"
CURRENCY = "EUR"
SINCE = ago(days=90)
MONTH = (
    (date(2026, 11, 1), date(2026, 12, 1)),
    tuple(datetime(2026, m, 1, tzinfo=UTC) for m in (11, 12, 11, 12)),
)
PLACE = Place(kind="device", key=OLT)
BELOW = Below(place=PLACE, devices=[OLT], ports=[], since=NOW)
NOTE = Note(at=NOW, by="Eve", body="mine")
LINE = TicketEvent(at=NOW, by="Eve", kind="comment", body="mine", internal=False)
AMINA_WORD = [Candidate(nr=0, word="amina", score=1.0)]


PHOTO = NewAttachment(
    name="splice.jpg", media_type="image/jpeg", size=4, sha256="ab" * 32, content=b"\xff\xd8\xff\xd9"
)


async def fill(isp: Isp) -> Isp:
    """Give the tenant one of everything a provider has."""
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("bng1", "NTH-03", "bng")
    await isp.device(OLT, "NTH-03", parent="bng1", ip="10.9.0.3", status="degraded")
    await isp.port(OLT, capacity=64)
    await isp.port(OLT, "PON 1/2", status="down")
    await isp.insert("isp_pools", name="homes", prefix=IPv4Network("100.64.0.0/24"), site="NTH-03")
    for number, name, status in ((AMINA, "Amina Bello", "active"), ("200100", "Grace Otieno", "suspended")):
        await isp.customer(
            number, name, site="NTH-03", phone=f"+254712{number}", street="12 Harbour Road", status=status
        )
        await isp.service(number, port=PON, status=status)
    await isp.ont("HWTC1A2B3C4D", PON, f"SVC-{AMINA}-1")
    await isp.session(f"SVC-{AMINA}-1", nas="bng1", ipv4="100.64.0.9")
    for hours in (2, 3):
        await isp.session(
            f"SVC-{AMINA}-1", started_at=ago(hours=hours), ended_at=ago(hours=hours, minutes=-9)
        )
    for day in range(8):
        await isp.insert(
            "isp_measurements",
            subject=f"port:{PON}",
            metric="rx_dbm",
            at=ago(days=day),
            value=-22.0 + day / 2,
        )
    await isp.insert(
        "isp_measurements", subject=f"service:SVC-{AMINA}-1", metric="mbps_down", at=ago(days=1), value=41.0
    )
    for subject, metric, value in (("ont:HWTC1A2B3C4D", "rx_dbm", -19.5), ("site:NTH-03", "sessions", 40.0)):
        await isp.insert("isp_measurements", subject=subject, metric=metric, at=ago(days=1), value=value)
    await isp.ticket("TCK-10100", "No light", AMINA)
    await isp.ticket("TCK-10101", "Dark again", AMINA, outage_number="OUT-0042")
    await isp.ticket("TCK-10102", "No light too", AMINA, status="closed", merged_into="TCK-10100")
    await isp.invoice("INV-1", AMINA, 4_500, due=TODAY - timedelta(days=40))
    await isp.invoice("INV-2", AMINA, 4_500, due=TODAY + timedelta(days=4))
    await isp.payment("PAY-1", AMINA, 500, at=ago(days=3))
    await isp.payment(
        "PAY-2", AMINA, 4_500, at=ago(days=2), status="failed", failure="expired_card", invoice="INV-1"
    )
    await isp.insert(
        "isp_outages", number="OUT-0042", title="PON dark", port_id=isp.ids[PON], started_at=ago(minutes=12)
    )
    await isp.insert(
        "isp_maintenance",
        number="MNT-0007",
        title="BNG upgrade",
        device="bng1",
        starts_at=NOW + timedelta(hours=1),
        ends_at=NOW + timedelta(hours=2),
    )
    await isp.insert(
        "isp_emails",
        customer_id=isp.ids[AMINA],
        to_address="a@b.example",
        subject="Your invoice",
        body="Hi",
        status="sent",
        at=ago(days=1),
        by="Ada",
    )
    await isp.insert("isp_email_templates", name="reminder", subject="Invoice", body="Dear {name}")
    await isp.insert("isp_effects", key="effect-1", at=NOW)
    async with isp.sql() as session:
        await do_add_person(session, name="Ada Acme", email="ada@acme.example")
        await queries_customers.do_add_note(session, AMINA, Note(at=NOW, by="Ada", body="Call after six."))
        await queries_tickets_write.do_comment(
            session, "TCK-10100", TicketEvent(at=NOW, by="Ada", kind="comment", body="Called.")
        )
        await queries_tickets_files.do_attach(session, "TCK-10100", [PHOTO], "The splice", "Ada", NOW)
    return isp


ASKS: Asks = {
    queries_below.get_below: lambda s, a: queries_below.get_below(s, PLACE, NOW),
    queries_below.get_counts: lambda s, a: queries_below.get_counts(s, EVERYWHERE, BELOW),
    queries_below.get_sums: lambda s, a: queries_below.get_sums(s, EVERYWHERE, BELOW, CURRENCY),
    queries_below.find_first: lambda s, a: queries_below.find_first(s, EVERYWHERE, BELOW, BELOW.ways, 9),
    queries_billing.find_balances: lambda s, a: queries_billing.find_balances(
        s, EVERYWHERE, [AMINA], TODAY, CURRENCY
    ),
    queries_billing.find_invoices: lambda s, a: queries_billing.find_invoices(s, EVERYWHERE, AMINA, 9),
    queries_billing.get_invoice: lambda s, a: queries_billing.get_invoice(s, EVERYWHERE, "INV-1"),
    queries_billing.find_payments: lambda s, a: queries_billing.find_payments(s, EVERYWHERE, AMINA, 9),
    queries_choice.find_chosen: lambda s, a: queries_choice.find_chosen(
        s, EVERYWHERE, CustomerQuery(), TODAY, 9
    ),
    queries_customers.do_change_contact: lambda s, a: queries_customers.do_change_contact(
        s, AMINA, ContactChange(phone="+254700000001")
    ),
    queries_customers.get_customer: lambda s, a: queries_customers.get_customer(s, EVERYWHERE, AMINA),
    queries_customers.get_changed: lambda s, a: queries_customers.get_changed(s, AMINA),
    queries_customers.find_plans: lambda s, a: queries_customers.find_plans(s),
    queries_customers.find_notes: lambda s, a: queries_customers.find_notes(s, EVERYWHERE, AMINA, 9),
    queries_customers.do_add_note: lambda s, a: queries_customers.do_add_note(s, AMINA, NOTE),
    queries_customers.do_remove_note: lambda s, a: queries_customers.do_remove_note(s, AMINA, NOTE),
    queries_customers.do_suspend: lambda s, a: queries_customers.do_suspend(
        s, AMINA, "unpaid", [f"SVC-{AMINA}-1"], NOW
    ),
    queries_customers.do_resume: lambda s, a: queries_customers.do_resume(s, "200100", ["SVC-200100-1"]),
    queries_effects.get_applied: lambda s, a: queries_effects.get_applied(s, "effect-1"),
    queries_find.find_by_identifier: lambda s, a: queries_find.find_by_identifier(s, EVERYWHERE, AMINA, 9),
    queries_history.find_levels: lambda s, a: queries_history.find_levels(s, EVERYWHERE, AMINA, SINCE),
    queries_history.get_site_history: lambda s, a: queries_history.get_site_history(
        s, EVERYWHERE, "NTH-03", "sessions", SINCE
    ),
    queries_history.find_speed_tests: lambda s, a: queries_history.find_speed_tests(
        s, EVERYWHERE, AMINA, SINCE
    ),
    queries_history.find_slow: lambda s, a: queries_history.find_slow(s, EVERYWHERE, "NTH-03", SINCE, 2.0, 9),
    queries_impact.get_impact: lambda s, a: queries_impact.get_impact(
        s, EVERYWHERE, PLACE, currency=CURRENCY, now=NOW, limit=9
    ),
    queries_impact.get_up: lambda s, a: queries_impact.get_up(s, EVERYWHERE, PLACE, NOW),
    queries_impact.find_outages: lambda s, a: queries_impact.find_outages(s, EVERYWHERE),
    queries_impact.find_maintenance: lambda s, a: queries_impact.find_maintenance(
        s, EVERYWHERE, NOW, NOW + timedelta(days=9), 9
    ),
    queries_impact.find_sessions: lambda s, a: queries_impact.find_sessions(s, EVERYWHERE, "", SINCE),
    queries_lines.find_lines: lambda s, a: queries_lines.find_lines(s, EVERYWHERE, AMINA, NOW),
    queries_overdue.get_overdue: lambda s, a: queries_overdue.get_overdue(
        s, EVERYWHERE, Late(today=TODAY, days=0, most=90, among=DebtorQuery()), CURRENCY, 9
    ),
    queries_money.get_failed: lambda s, a: queries_money.get_failed(
        s, EVERYWHERE, (SINCE, NOW), CURRENCY, 9, queries_money.Tried(today=TODAY)
    ),
    queries_money.get_revenue: lambda s, a: queries_money.get_revenue(s, EVERYWHERE, *MONTH, TODAY, CURRENCY),
    queries_network.find_sites: lambda s, a: queries_network.find_sites(s, EVERYWHERE, "harbour", 9),
    queries_network.find_devices: lambda s, a: queries_network.find_devices(s, EVERYWHERE, OLT, 9),
    queries_network.find_ports: lambda s, a: queries_network.find_ports(s, EVERYWHERE, PON, 9),
    queries_network.find_sites_of: lambda s, a: queries_network.find_sites_of(s, EVERYWHERE, "north", 9),
    queries_offline.find_offline: lambda s, a: queries_offline.find_offline(s, EVERYWHERE, None, "", NOW, 9),
    queries_network.find_listed: lambda s, a: queries_network.find_listed(s, EVERYWHERE, "degraded", 9),
    queries_network.find_dark_ports: lambda s, a: queries_network.find_dark_ports(s, EVERYWHERE, "", "", 9),
    queries_network.find_full_ports: lambda s, a: queries_network.find_full_ports(s, EVERYWHERE, "", "", 9),
    queries_network.get_site: lambda s, a: queries_network.get_site(s, EVERYWHERE, "NTH-03"),
    queries_network.get_device: lambda s, a: queries_network.get_device(s, EVERYWHERE, OLT),
    queries_network.find_ports_of: lambda s, a: queries_network.find_ports_of(s, EVERYWHERE, OLT),
    queries_network.find_below: lambda s, a: queries_network.find_below(s, EVERYWHERE, device="bng1"),
    queries_network_write.do_declare: lambda s, a: queries_network_write.do_declare(
        s, NewOutage(title="mine", device=OLT), "Eve", NOW
    ),
    queries_network_write.do_change_outage: lambda s, a: queries_network_write.do_change_outage(
        s, "OUT-0042", OutageChange(note="mine"), NOW
    ),
    queries_network_write.get_changed_outage: lambda s, a: queries_network_write.get_changed_outage(
        s, "OUT-0042"
    ),
    queries_network_write.do_plan: lambda s, a: queries_network_write.do_plan(
        s, NewMaintenance(title="mine", port=PON, starts_at=NOW, ends_at=NOW + timedelta(hours=1)), "Eve"
    ),
    queries_network_write.do_set_work: lambda s, a: queries_network_write.do_set_work(
        s, "MNT-0007", "cancelled"
    ),
    queries_network_write.do_move_work: lambda s, a: queries_network_write.do_move_work(
        s, "MNT-0007", NOW + timedelta(days=1), NOW + timedelta(days=2), NOW
    ),
    queries_network_write.get_work: lambda s, a: queries_network_write.get_work(s, "MNT-0007"),
    queries_network_write.do_disconnect: lambda s, a: queries_network_write.do_disconnect(
        s, f"SVC-{AMINA}-1", NOW
    ),
    queries_network_write.do_reboot: lambda s, a: queries_network_write.do_reboot(s, "HWTC1A2B3C4D", NOW),
    queries_network_write.do_swap: lambda s, a: queries_network_write.do_swap(
        s, "HWTC1A2B3C4D", "ZTEG00000001", "F660", NOW
    ),
    queries_network_write.has_ont: lambda s, a: queries_network_write.has_ont(s, "HWTC1A2B3C4D"),
    queries_pools.find_pools: lambda s, a: queries_pools.find_pools(s, EVERYWHERE, "", 9),
    queries_pools.find_free: lambda s, a: queries_pools.find_free(s, EVERYWHERE, "homes", 9),
    queries_pools.do_add_pool: lambda s, a: queries_pools.do_add_pool(
        s, NewPool(name="mine", prefix="100.64.0.0/24")
    ),
    queries_pools.do_remove_pool: lambda s, a: queries_pools.do_remove_pool(s, "homes"),
    queries_scope.find_rows: lambda s, a: queries_scope.find_rows(
        s,
        "select number from isp_customers c where @within(c.region, c.site, c.partner) order by 1",
        EVERYWHERE,
    ),
    queries_tickets.get_ticket: lambda s, a: queries_tickets.get_ticket(s, EVERYWHERE, "TCK-10100"),
    queries_tickets.find_tickets: lambda s, a: queries_tickets.find_tickets(
        s, EVERYWHERE, TicketQuery(text="light"), 9
    ),
    queries_tickets.find_history: lambda s, a: queries_tickets.find_history(s, EVERYWHERE, "TCK-10100", 9),
    queries_tickets.find_agents: lambda s, a: queries_tickets.find_agents(s, "ada", 9),
    queries_tickets_files.do_attach: lambda s, a: queries_tickets_files.do_attach(
        s, "TCK-10100", [PHOTO], "", "Eve", NOW
    ),
    queries_tickets_files.do_remove: lambda s, a: queries_tickets_files.do_remove(
        s, "TCK-10100", ["FILE-1001"], "Eve", NOW
    ),
    queries_tickets_files.find_files: lambda s, a: queries_tickets_files.find_files(
        s, EVERYWHERE, "TCK-10100", 9
    ),
    queries_tickets_files.get_file: lambda s, a: queries_tickets_files.get_file(s, EVERYWHERE, "FILE-1001"),
    queries_tickets_files.get_content: lambda s, a: queries_tickets_files.get_content(
        s, EVERYWHERE, "FILE-1001"
    ),
    queries_tickets_merge.do_merge: lambda s, a: queries_tickets_merge.do_merge(
        s, "TCK-10101", "TCK-10100", "Eve", NOW
    ),
    queries_tickets_merge.do_unmerge: lambda s, a: queries_tickets_merge.do_unmerge(
        s, "TCK-10102", "Eve", NOW
    ),
    queries_tickets_merge.do_link: lambda s, a: queries_tickets_merge.do_link(
        s, ["TCK-10100"], "OUT-0042", "Eve", NOW
    ),
    queries_tickets_merge.do_unlink: lambda s, a: queries_tickets_merge.do_unlink(
        s, ["TCK-10101"], "OUT-0042", "Eve", NOW
    ),
    queries_tickets_counts.find_counts: lambda s, a: queries_tickets_counts.find_counts(
        s, EVERYWHERE, CountedBy.CUSTOMER, TicketQuery(), 9, NOW
    ),
    queries_tickets_volume.get_volume: lambda s, a: queries_tickets_volume.get_volume(
        s, EVERYWHERE, [SINCE, NOW], None
    ),
    queries_tickets_write.do_keep: lambda s, a: queries_tickets_write.do_keep(s, a.ids["TCK-10100"], LINE),
    queries_tickets_write.do_create: lambda s, a: queries_tickets_write.do_create(
        s, NewTicket(subject="mine", customer=AMINA), "Eve", NOW
    ),
    queries_tickets_write.do_comment: lambda s, a: queries_tickets_write.do_comment(s, "TCK-10100", LINE),
    queries_tickets_write.do_change: lambda s, a: queries_tickets_write.do_change(
        s, "TCK-10100", TicketChange(priority=Priority.HIGH), "Eve", NOW
    ),
    queries_tickets_write.get_changed: lambda s, a: queries_tickets_write.get_changed(s, "TCK-10100"),
    queries_watch.get_signs: lambda s, a: queries_watch.get_signs(s, EVERYWHERE, PLACE, NOW),
    queries_onts.find_onts: lambda s, a: queries_onts.find_onts(s, EVERYWHERE, PLACE, NOW, 9),
    queries_onts.find_weak: lambda s, a: queries_onts.find_weak(s, EVERYWHERE, -10.0, PLACE, NOW, 9),
    queries_watch.find_sinking: lambda s, a: queries_watch.find_sinking(s, EVERYWHERE, SINCE, 1.0, 9),
    queries_watch.get_ont_now: lambda s, a: queries_watch.get_ont_now(s, EVERYWHERE, "SVC-100234-1"),
    queries_watch.find_went: lambda s, a: queries_watch.find_went(s, EVERYWHERE, AMINA, SINCE, NOW),
    queries_watch.find_flapping: lambda s, a: queries_watch.find_flapping(s, EVERYWHERE, SINCE, NOW, 2, 9),
    queries_watch.find_holders: lambda s, a: queries_watch.find_holders(
        s, EVERYWHERE, "100.64.0.9", SINCE, NOW, 9
    ),
    queries_words.get_uses: lambda s, a: queries_words.get_uses(s, ["name"], ["amina"]),
    queries_words.find_vocabulary: lambda s, a: queries_words.find_vocabulary(s, ["name"]),
    queries_words.find_customer_rows: lambda s, a: queries_words.find_customer_rows(
        s, EVERYWHERE, ["name"], AMINA_WORD, need=1, limit=9
    ),
}
