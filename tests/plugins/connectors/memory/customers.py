"""The customers port over dicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.api import EVERYWHERE, Conflict, Effect, Money, NotFound, Scope
from plugins.billing.port import CreditNote, Invoice, InvoiceLine, InvoiceStatus, Payment
from plugins.customers.port import (
    TAKE_BACK,
    ContactChange,
    Customer,
    CustomerPage,
    CustomerQuery,
    CustomerStatus,
    Found,
    NewCustomer,
    Note,
    Plan,
    PlanChange,
    PlanChanged,
    PlanQuote,
    Service,
    ServiceOrder,
    ServicesChanged,
    ServiceStatus,
)
from tests.plugins.connectors.memory import words
from tests.plugins.connectors.memory.store import Books, Row, first

ORDER = list(ServiceStatus)
LISTED = [CustomerStatus.ACTIVE, CustomerStatus.SUSPENDED, CustomerStatus.PROSPECT, CustomerStatus.CHURNED]
IN_USE = [ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED, ServiceStatus.PENDING, ServiceStatus.TERMINATED]


def _has(text: str, words_: str) -> bool:
    """Say whether these words stand in a text one after the other, whole."""
    plain, wanted = (" ".join(re.findall(r"\w+", each.lower())) for each in (text, words_))
    return f" {wanted} " in f" {plain} "


class MemoryCustomers:
    tells_devices = True

    def __init__(self, books: Books) -> None:
        self.books = books
        self.applied = books.applied

    # finding

    async def find(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Found]:
        seen = [c for c in self.books.all(Customer, "customers") if scope.covers(c.area)]
        found = [f for c in seen if (f := self._identified(c, text))]
        if not found:
            found = self._worded(seen, text)
        return first(found, limit, lambda f: (-f.score, f.customer.number))

    def _identified(self, c: Customer, text: str) -> Found | None:
        plain, low = text.strip(), text.strip().lower()
        lines = self.books.find("services", customer=c.number)
        own = {c.number: "account number", c.email: "e-mail"}
        own |= {line["number"]: "service number" for line in lines}
        own |= {line["username"]: "PPPoE username" for line in lines}
        for table, name in (("invoices", "invoice"), ("payments", "payment"), ("tickets", "ticket")):
            own |= {row["number"]: name for row in self.books.find(table, customer=c.number)}
        for known, by in own.items():
            if known and low and known.lower() == low:
                return Found(customer=c, by=by, exact=True)
        for line in lines:
            if by := self._line_by(line, plain):
                return Found(customer=c, by=by, exact=True)
        typed = words.digits(plain)
        for phone, by in ((c.phone, "phone"), (c.alt_phone, "second phone")):
            if typed and phone and words.digits(phone).endswith(typed):
                whole = len(typed) >= 9
                return Found(customer=c, by=by if whole else "end of the phone number", exact=whole)
        return None

    def _line_by(self, line: Row, text: str) -> str:
        at = words.address(text)
        live = [s for s in self.books.find("sessions", service=line["number"]) if s["ended_at"] is None]
        if (at and str(at) == line["ipv4"]) or words.within(at, line["ipv6_prefix"]):
            return "IP"
        if at and any(s["ipv4"] == str(at) for s in live):
            return "IP of the session"
        if words.mac(text) and words.mac(text) == words.mac(line["cpe_mac"] or ""):
            return "MAC"
        return "ONT serial" if words.serial(text) and words.serial(text) == line["ont_serial"] else ""

    def _worded(self, seen: Sequence[Customer], text: str) -> list[Found]:
        typed = words.tokens(text[:200])
        named = [c for c in seen if typed and sorted(words.tokens(c.name)) == sorted(typed)]
        found = []
        for c in seen if typed else ():
            own = words.tokens(f"{c.name} {c.contact or ''} {c.address}")
            fits = [words.alike(word, own) for word in typed]
            if all(fits):
                found.append(Found(customer=c, by="name", exact=named == [c], score=sum(fits) / len(fits)))
        return found

    # reading

    async def find_by(self, scope: Scope, query: CustomerQuery, limit: int = 50) -> CustomerPage:
        fits = [
            c for c in self.books.all(Customer, "customers") if scope.covers(c.area) and self.chosen(c, query)
        ]
        if query.since or query.until:
            fits.sort(key=lambda c: (-(self._day(c, query) or date.min).toordinal(), c.number))
        else:
            fits.sort(key=lambda c: (LISTED.index(c.status), c.name, c.number))
        counts = [(status, sum(c.status is status for c in fits)) for status in LISTED]
        return CustomerPage(customers=tuple(fits[:limit]), by_status=tuple(one for one in counts if one[1]))

    def _day(self, c: Customer, query: CustomerQuery) -> date | None:
        if query.status is CustomerStatus.SUSPENDED:
            lines = [self._service(row) for row in self.books.find("services", customer=c.number)]
            off = [s.suspended_at for s in lines if s.status is ServiceStatus.SUSPENDED and s.suspended_at]
            return self.books.local(max(off)) if off else None
        return c.churned_on if query.status is CustomerStatus.CHURNED else c.since

    def chosen(self, c: Customer, query: CustomerQuery) -> bool:
        day, area = self._day(c, query), (query.area or "").lower()
        known = self.books.rows("sites")
        sites = [s["code"] for s in known if s["code"].lower() == area]
        if not sites and all(s["region"] != area for s in known):
            sites = [s["code"] for s in known if _has(s["name"], area)]
        lines = [self._service(row) for row in self.books.find("services", customer=c.number)]
        plans = {line.plan.code for line in lines if line.status is not ServiceStatus.TERMINATED}
        return (
            (query.status is None or c.status is query.status)
            and (query.kind is None or c.kind == query.kind)
            and (query.tier is None or c.tier == query.tier)
            and (query.plan is None or query.plan in plans)
            and (not area or area in {c.region, (c.city or "").lower()} or c.site in sites)
            and (query.since is None or (day is not None and day >= query.since))
            and (query.until is None or (day is not None and day <= query.until))
            and (query.owing is None or self._owes(c.number) is query.owing)
            and (query.paying is None or self._paid(c.number) is query.paying)
            and (query.paying is not False or c.status is not CustomerStatus.PROSPECT)
            and (query.suspended_for is None or any(self._off_for(s, query.suspended_for) for s in lines))
        )

    def _off_for(self, line: Service, why: str) -> bool:
        return line.status is ServiceStatus.SUSPENDED and _has(line.suspend_reason or "", why)

    def _paid(self, number: str) -> bool:
        own = self.books.all(Payment, "payments", customer=number)
        return any(p.status == "succeeded" and not p.reversed and not p.reverses for p in own)

    def _owes(self, number: str) -> bool:
        return any(i.owed.minor > 0 for i in self.books.all(Invoice, "invoices", customer=number))

    async def get(self, scope: Scope, number: str) -> Customer | None:
        row = self.books.one("customers", number)
        return self._customer(row) if row and self.books.sees(scope, number) else None

    def _customer(self, row: Row) -> Customer:
        return self.books.as_(Customer, row)

    def _service(self, row: Row) -> Service:
        service, today = self.books.as_(Service, row), self.books.today
        if service.next_plan and service.next_plan_on and service.next_plan_on <= today:
            service = replace(service, plan=service.next_plan, next_plan=None, next_plan_on=None)
        if service.terminated_on and service.terminated_on <= today:
            service = replace(service, status=ServiceStatus.TERMINATED)
        return service

    async def services(self, scope: Scope, number: str) -> Sequence[Service]:
        if not self.books.sees(scope, number) or not self.books.one("customers", number):
            return []
        found = [self._service(row) for row in self.books.find("services", customer=number)]
        return sorted(found, key=lambda s: (IN_USE.index(s.status), s.number))

    async def find_services(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Service]:
        low = text.strip().lower()
        found = [
            self._service(row)
            for row in self.books.rows("services")
            if self.books.sees(scope, row["customer"])
            and (
                (low and low in {row["number"].lower(), (row["username"] or "").lower()})
                or self._line_by(row, text)
            )
        ]
        return first(found, limit, lambda s: (IN_USE.index(s.status), s.number))

    async def plans(self) -> Sequence[Plan]:
        return sorted((p for p in self.books.all(Plan, "plans") if p.active), key=lambda p: p.price.minor)

    async def notes(self, scope: Scope, number: str, limit: int = 10) -> Sequence[Note]:
        rows = self.books.find("notes", customer=number) if self.books.sees(scope, number) else []
        return first((self.books.as_(Note, row) for row in rows), limit, lambda n: n.at, reverse=True)

    # writing

    async def add_note(
        self, effect: Effect, number: str, body: str, author: str = "", at: datetime | None = None
    ) -> Note:
        def write() -> Note:
            self.books.one("customers", number, "customer")
            note = Note(at=at or effect.at, by=effect.by, body=body, author=author)
            self.books.add("notes", note, customer=number)
            return note

        return await self.books.once(effect, write)

    async def remove_note(self, effect: Effect, number: str, note: Note) -> Note:
        def write() -> Note:
            self.books.one("customers", number, "customer")
            for row in self.books.find("notes", customer=number):
                if self.books.as_(Note, row) == note:
                    self.books.rows("notes").remove(row)
                    return note
            raise Conflict("That note is not there any more.")

        return await self.books.once(effect, write)

    async def change_contact(
        self, effect: Effect, number: str, new: ContactChange, was: ContactChange | None = None
    ) -> Customer:
        def write() -> str:
            row = self.books.one("customers", number, "customer")
            held = {} if was is None else {k: v for k, v in vars(was).items() if v is not None}
            if any((row.get(name) or "") != value for name, value in held.items()):
                raise Conflict(f"Customer {number} was changed since.")
            self.books.put(
                row, **{name: value or None for name, value in vars(new).items() if value is not None}
            )
            return number

        return self._customer(self.books.one("customers", await self.books.once(effect, write)))

    async def suspend(
        self, effect: Effect, number: str, reason: str, services: Sequence[str] = ()
    ) -> ServicesChanged:
        def change(row: Row) -> None:
            now = self.books.now()
            self.books.put(row, status=ServiceStatus.SUSPENDED, suspended_at=now, suspend_reason=reason)

        return await self._switch(effect, number, services, ServiceStatus.ACTIVE, change)

    async def resume(self, effect: Effect, number: str, services: Sequence[str] = ()) -> ServicesChanged:
        def change(row: Row) -> None:
            self.books.put(row, status=ServiceStatus.ACTIVE, suspended_at=None, suspend_reason=None)

        return await self._switch(effect, number, services, ServiceStatus.SUSPENDED, change)

    async def _switch(
        self, effect: Effect, number: str, services: Sequence[str], status: ServiceStatus, change: Any
    ) -> ServicesChanged:
        def write() -> list[str]:
            self.books.one("customers", number, "customer")
            rows = self.books.find("services", customer=number, status=status.name)
            rows = [row for row in rows if not services or row["number"] in services]
            if not rows:
                raise Conflict(f"Customer {number} has no {status} line.")
            for row in rows:
                change(row)
            self._settle_status(number)
            return sorted(row["number"] for row in rows)

        changed = await self.books.once(effect, write)
        customer = self._customer(self.books.one("customers", number, "customer"))
        return ServicesChanged(customer=customer, services=tuple(changed))

    def _settle_status(self, number: str) -> None:
        row = self.books.one("customers", number, "customer")
        has = {self._service(line).status for line in self.books.find("services", customer=number)}
        if ServiceStatus.ACTIVE in has:
            self.books.put(row, status=CustomerStatus.ACTIVE, churned_on=None)
        elif ServiceStatus.SUSPENDED in has:
            self.books.put(row, status=CustomerStatus.SUSPENDED, churned_on=None)
        elif has == {ServiceStatus.TERMINATED}:
            self.books.put(row, status=CustomerStatus.CHURNED, churned_on=self.books.today)

    # plans

    def _plan(self, code: str) -> Plan:
        plan = next((p for p in self.books.all(Plan, "plans") if p.code == code and p.active), None)
        if plan is None:
            raise NotFound(f"No plan {code} is on sale.")
        return plan

    async def quote(self, scope: Scope, service: str, plan: str, *, next_period: bool = False) -> PlanQuote:
        return self._quote(scope, service, plan, next_period)

    def _quote(self, scope: Scope, service: str, plan: str, next_period: bool) -> PlanQuote:
        """This system bills calendar months."""
        line = self._line(scope, service)
        wanted = self._plan(plan)
        if (
            line.status is ServiceStatus.TERMINATED
            or wanted.code == line.plan.code
            or wanted.kind != line.kind
        ):
            raise Conflict(f"{service} cannot move to {wanted.name}.")
        today = self.books.today
        start = today.replace(day=1)
        end = (start + timedelta(days=32)).replace(day=1)
        billed = bool(self.books.find("invoices", customer=line.customer))
        return PlanQuote(
            service=line, plan=wanted, on=end if next_period else today, start=start, end=end, billed=billed
        )

    def _line(self, scope: Scope, number: str) -> Service:
        row = self.books.one("services", number, "service")
        if row is None or not self.books.sees(scope, row["customer"]):
            raise NotFound(f"There is no service {number}.")
        return self._service(row)

    async def change_plan(self, effect: Effect, quote: PlanQuote) -> PlanChanged:
        number = quote.service.number

        def write() -> str | None:
            later = quote.on > self.books.today
            now = self._quote(EVERYWHERE, number, quote.plan.code, later)
            if (now.net, now.on, now.service.plan) != (quote.net, quote.on, quote.service.plan):
                raise Conflict(f"{number} changed meanwhile.")
            document = self._settle(effect, now) if now.net.minor else None
            row = self.books.one("services", number)
            self.books.put(
                row, **({"next_plan": now.plan, "next_plan_on": now.on} if later else {"plan": now.plan})
            )
            change = PlanChange(service=now.service, before=now.service.plan, after=now.plan, at=self.books.now(),
                                by=effect.by, on=now.on, document=document, net=now.net if document else None)  # fmt: skip
            self.books.add("changes", change, line=number, reverted=False)
            return document

        document = await self.books.once(effect, write)
        return PlanChanged(service=self._line(EVERYWHERE, number), document=document)

    def _settle(self, effect: Effect, quote: PlanQuote) -> str:
        who, today, net = quote.service.customer, self.books.today, quote.net
        if net.minor > 0:
            number = self.books.next("invoices", "2026/{nr}")
            invoice = Invoice(number=number, customer=who, issued_on=today, due_on=today + timedelta(days=14), total=net,
                              paid=Money(0, net.currency), status=InvoiceStatus.OPEN,
                              lines=(InvoiceLine(text=quote.plan.name, amount=net),))  # fmt: skip
            self.books.add("invoices", invoice)
            return number
        number = self.books.next("credits", "GS{nr}")
        note = CreditNote(
            number=number, customer=who, at=self.books.now(), amount=-net, reason="plan", by=effect.by
        )
        self.books.add("credits", note)
        return number

    def _last(self, scope: Scope, service: str) -> tuple[Row, PlanChange]:
        line, today = self._line(scope, service), self.books.today
        rows = self.books.find("changes", line=service, reverted=False)
        if not rows:
            raise Conflict(f"No plan change of {service} is known.")
        change = replace(self.books.as_(PlanChange, rows[-1]), service=line)
        if change.on > today:
            return rows[-1], change
        if line.plan.code != change.after.code or self.books.now() > change.at + TAKE_BACK:
            raise Conflict(f"The last plan change of {service} cannot be taken back any more.")
        return rows[-1], change

    async def last_change(self, scope: Scope, service: str) -> PlanChange:
        return self._last(scope, service)[1]

    async def revert_plan(self, effect: Effect, service: str) -> PlanChanged:
        def write() -> str | None:
            row, change = self._last(EVERYWHERE, service)
            line = self.books.one("services", service)
            self.books.put(line, plan=change.before, next_plan=None, next_plan_on=None)
            row["reverted"] = True
            if change.document and (note := self.books.one("credits", change.document)):
                self.books.put(note, voided_at=self.books.now(), voided_by=effect.by)
            elif change.document:
                self.books.put(self.books.one("invoices", change.document), status=InvoiceStatus.VOID)
            return change.document

        document = await self.books.once(effect, write)
        return PlanChanged(service=self._line(EVERYWHERE, service), document=document)

    # lines

    async def create(self, effect: Effect, new: NewCustomer) -> Customer:
        def write() -> str:
            number = self.books.next("customers", "C-{nr}")
            customer = Customer(
                number=number, status=CustomerStatus.PROSPECT, since=self.books.today, **vars(new)
            )
            self.books.add("customers", customer)
            return number

        return self._customer(self.books.one("customers", await self.books.once(effect, write)))

    async def provision(self, effect: Effect, new: ServiceOrder) -> Service:
        def write() -> str:
            customer = self.books.one("customers", new.customer, "customer")
            plan = self._plan(new.plan)
            used = [row for row in self.books.rows("services") if row["status"] != "TERMINATED"]
            number = self.books.next("services", "line-{nr}")
            username = new.username or f"{words.tokens(customer['name'])[0]}-{number}".lower()
            if any((row["username"] or "").lower() == username.lower() for row in used):
                raise Conflict(f"{username} is taken.")
            if new.ont_serial and any(row["ont_serial"] == new.ont_serial.upper() for row in used):
                raise Conflict(f"{new.ont_serial} is in use.")
            if new.port:
                self._check_port(new.port)
            status = ServiceStatus.ACTIVE if new.active else ServiceStatus.PENDING
            service = Service(number=number, customer=new.customer, plan=plan, kind=plan.kind, status=status,
                              username=username, ont_serial=new.ont_serial, address=new.address,
                              activated_on=self.books.today if new.active else None)  # fmt: skip
            self.books.add("services", service)
            self.books.rows("wires").append({"service": number, "port": new.port})
            self._settle_status(new.customer)
            return number

        return self._line(EVERYWHERE, await self.books.once(effect, write))

    def _check_port(self, key: str) -> None:
        row = next((row for row in self.books.rows("ports") if f"{row['device']} {row['name']}" == key), None)
        if row is None:
            raise NotFound(f"There is no port {key}.")
        ended = {line["number"] for line in self.books.find("services", status="TERMINATED")}
        taken = [wire for wire in self.books.find("wires", port=key) if wire["service"] not in ended]
        if row["capacity"] is not None and len(taken) >= row["capacity"]:
            raise Conflict(f"{key} is full.")

    async def activate(self, effect: Effect, service: str) -> Service:
        def change(row: Row, line: Service) -> None:
            if line.status is not ServiceStatus.PENDING:
                raise Conflict(f"{service} is {line.status}.")
            self.books.put(row, status=ServiceStatus.ACTIVE, activated_on=self.books.today)

        return await self._change(effect, service, change)

    async def terminate(self, effect: Effect, service: str, on: date, reason: str) -> Service:
        def change(row: Row, line: Service) -> None:
            if line.terminated_on is not None:
                raise Conflict(f"{service} ends already.")
            ended = {"status": ServiceStatus.TERMINATED} if on <= self.books.today else {}
            self.books.put(row, terminated_on=on, before=row["status"], **ended)

        return await self._change(effect, service, change)

    async def keep(self, effect: Effect, service: str) -> Service:
        def change(row: Row, line: Service) -> None:
            if line.terminated_on is None:
                raise Conflict(f"{service} does not end.")
            self.books.put(row, terminated_on=None)
            row["status"] = row["before"]

        return await self._change(effect, service, change)

    async def _change(self, effect: Effect, service: str, change: Any) -> Service:
        def write() -> None:
            line = self._line(EVERYWHERE, service)
            change(self.books.one("services", service), line)
            self._settle_status(line.customer)

        await self.books.once(effect, write)
        return self._line(EVERYWHERE, service)
