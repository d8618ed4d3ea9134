"""The billing port over dicts: what is paid on an invoice is never kept, but told again from the account's story."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from bot.api import EVERYWHERE, BadInput, Conflict, Effect, Money, NotAllowed, NotFound, Scope
from plugins.billing.port import (
    Balance,
    Bucket,
    Channel,
    CreditDay,
    CreditNote,
    CreditPage,
    CreditQuery,
    Debtor,
    DebtorQuery,
    Entry,
    FailedPayments,
    FailureGroup,
    Instalment,
    Invoice,
    InvoicePage,
    InvoiceQuery,
    InvoiceStatus,
    Ledger,
    Method,
    NewCredit,
    NewPayment,
    NewPromise,
    Overdue,
    Payment,
    PaymentPage,
    PaymentQuery,
    Promise,
    Reminder,
    Revenue,
    foreign,
    over_day,
    over_month,
    spread,
)
from plugins.customers.port import Customer, CustomerQuery, Service, ServiceStatus
from tests.plugins.connectors.memory.customers import MemoryCustomers
from tests.plugins.connectors.memory.store import Books, first

T = TypeVar("T")
FOREVER = 10**6
AGES = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))


@dataclass
class Story:
    """One account, told from its beginning."""

    invoices: list[Invoice]
    payments: list[Payment]
    credits: list[CreditNote]
    loose: int


def clean(reference: str | None) -> str:
    return "".join(c for c in reference or "" if c.isalnum()).upper()


def between(amount: Money, over: Money | None, under: Money | None) -> bool:
    units = {one.currency for one in (over, under) if one}
    more = over is None or amount.minor > over.minor
    return units <= {amount.currency} and more and (under is None or amount.minor < under.minor)


class MemoryBilling:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.applied = books.applied

    # the story

    def money(self, minor: int) -> Money:
        return Money(minor, self.books.tenant.currency)

    def story(self, customer: str) -> Story:
        b = self.books
        name = (b.one("customers", customer) or {}).get("name", "")
        nothing = self.money(0)
        invoices = [
            replace(
                i,
                customer_name=name,
                paid=nothing,
                status=InvoiceStatus.OPEN if i.status == "paid" else i.status,
            )
            for i in b.all(Invoice, "invoices", customer=customer)
        ]
        payments = [replace(p, customer_name=name) for p in b.all(Payment, "payments", customer=customer)]
        notes = [replace(n, customer_name=name) for n in b.all(CreditNote, "credits", customer=customer)]
        good = [p for p in payments if p.status == "succeeded" and not p.reversed and not p.reverses]
        sources = [(p.at, p.number, p.amount, p.invoice) for p in good]
        sources += [(n.at, n.number, n.amount, n.invoice) for n in notes if n.voided_at is None]
        went, left = defaultdict[str, list[str]](list), 0
        for _, number, amount, target in sorted(sources, key=lambda s: (s[3] is None, s[0])):
            shares = spread(amount, [i for i in invoices if i.status is InvoiceStatus.OPEN], target)
            for share in shares:
                at = next(nr for nr, i in enumerate(invoices) if i.number == share.invoice)
                invoices[at] = replace(invoices[at], paid=invoices[at].paid + share.amount)
                went[number].append(share.invoice)
            left += amount.minor - sum(share.amount.minor for share in shares)
        invoices = [
            replace(i, status=InvoiceStatus.PAID) if i.status == "open" and i.owed.minor == 0 else i
            for i in invoices
        ]
        payments = [replace(p, invoice=", ".join(went[p.number]) or p.invoice) for p in payments]
        return Story(invoices=invoices, payments=payments, credits=notes, loose=left)

    def accounts(self, scope: Scope) -> list[str]:
        return [c.number for c in self.books.all(Customer, "customers") if scope.covers(c.area)]

    def stories(self, scope: Scope, customer: str | None = None) -> dict[str, Story]:
        return {number: self.story(number) for number in self.accounts(scope) if customer in {None, number}}

    # reading one account

    async def balance(self, scope: Scope, customer: str, today: date) -> Balance | None:
        return (await self.balances(scope, [customer], today)).get(customer)

    async def balances(self, scope: Scope, customers: Sequence[str], today: date) -> Mapping[str, Balance]:
        return {
            number: self._balance(number, today) for number in self.accounts(scope) if number in customers
        }

    def _balance(self, number: str, today: date) -> Balance:
        story = self.story(number)
        due = [i for i in story.invoices if i.owed.minor]
        late = [i for i in due if i.due_on < today]
        by_time = sorted(story.payments, key=lambda p: p.at)
        good = [p for p in by_time if p.status == "succeeded" and not p.reversed and not p.reverses]
        bad = [p for p in by_time if p.status == "failed"]
        return Balance(
            customer=number,
            owed=self.money(sum(i.owed.minor for i in due) - story.loose),
            overdue=self.money(sum(i.owed.minor for i in late)),
            overdue_since=min((i.due_on for i in late), default=None),
            open_invoices=len(due),
            next_due=min((i.due_on for i in due if i.due_on >= today), default=None),
            last_payment=good[-1] if good else None,
            last_failure=bad[-1] if bad else None,
            credit=self.money(story.loose),
            currencies=(self.books.tenant.currency,),
        )

    async def invoices(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Invoice]:
        found = [i for story in self.stories(scope, customer).values() for i in story.invoices]
        return first(found, limit, lambda i: (i.issued_on, i.number), reverse=True)

    async def payments(self, scope: Scope, customer: str, limit: int = 12) -> Sequence[Payment]:
        found = [p for story in self.stories(scope, customer).values() for p in story.payments]
        return first(found, limit, lambda p: p.at, reverse=True)

    def _named(self, scope: Scope, table: str, number: str) -> Any:
        row = self.books.one(table, number)
        if row is None or not self.books.sees(scope, row["customer"]):
            return None
        told: list[Any] = getattr(self.story(row["customer"]), table)
        return next(one for one in told if one.number == row["number"])

    async def get_invoice(self, scope: Scope, number: str) -> Invoice | None:
        return self._named(scope, "invoices", number)

    async def get_payment(self, scope: Scope, number: str) -> Payment | None:
        return self._named(scope, "payments", number)

    async def get_credit(self, scope: Scope, number: str) -> CreditNote | None:
        return self._named(scope, "credits", number)

    async def ledger(
        self,
        scope: Scope,
        customer: str,
        limit: int = 20,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Ledger | None:
        if customer not in self.accounts(scope):
            return None
        story, zone = self.story(customer), self.books.tenant.zone
        lines = [
            Entry(at=datetime(*i.issued_on.timetuple()[:3], tzinfo=zone).astimezone(self.books.now().tzinfo),
                  kind="invoice", number=i.number, amount=i.total)
            for i in story.invoices if i.status not in {"void", "draft"}
        ]  # fmt: skip
        lines += [
            Entry(at=p.at, kind="payment", number=p.number, amount=-p.amount)
            for p in story.payments
            if p.status == "succeeded"
        ]
        lines += [
            Entry(at=n.at, kind="credit note", number=n.number, amount=-n.amount) for n in story.credits
        ]
        lines += [
            Entry(at=n.voided_at, kind="void", number=n.number, amount=n.amount)
            for n in story.credits
            if n.voided_at
        ]
        lines.sort(key=lambda e: (e.at, e.number))
        owed = self._balance(customer, self.books.today).owed.minor
        later = sum(e.amount.minor for e in lines if until and e.at >= until)
        lines = [e for e in lines if (not since or e.at >= since) and (not until or e.at < until)]
        cut, after = lines[-limit:] if limit else [], self.money(owed - later)
        return Ledger(
            entries=tuple(cut), before=after - self.money(sum(e.amount.minor for e in cut)), after=after
        )

    # lists

    async def find_invoices(
        self, scope: Scope, query: InvoiceQuery, today: date, limit: int = 20
    ) -> InvoicePage:
        stands: dict[str | None, Callable[[Invoice], bool]] = {
            None: lambda i: i.status != "draft",
            "unpaid": lambda i: i.owed.minor > 0,
            "overdue": lambda i: i.owed.minor > 0 and i.due_on < today,
            "paid": lambda i: i.status == "paid",
            "void": lambda i: i.status == "void",
            "disputed": lambda i: i.status == "open" and i.disputed_at is not None,
        }
        found = [
            i
            for story in self.stories(scope, query.customer).values()
            for i in story.invoices
            if stands[query.standing](i)
            and (query.since is None or (i.due_on if query.is_due else i.issued_on) >= query.since)
            and (query.until is None or (i.due_on if query.is_due else i.issued_on) <= query.until)
            and between(i.total, query.over, query.under)
            and self._of_those(i.customer, query.whose)
        ]
        if query.biggest:
            found.sort(key=lambda i: (-i.total.minor, i.number))
        elif query.is_due or query.standing in {"unpaid", "overdue"}:
            found.sort(key=lambda i: (i.due_on, i.number))
        else:
            found.sort(key=lambda i: (i.issued_on, i.number), reverse=True)
        return InvoicePage(
            invoices=tuple(found[:limit]),
            count=len(found),
            total=self.money(sum(i.total.minor for i in found)),
            owed=self.money(sum(i.owed.minor for i in found)),
        )

    async def find_payments(self, scope: Scope, query: PaymentQuery, limit: int = 20) -> PaymentPage:
        found = [
            p
            for story in self.stories(scope, query.customer).values()
            for p in story.payments
            if (query.since is None or p.at >= query.since)
            and (query.until is None or p.at < query.until)
            and (query.method is None or p.method == query.method)
            and (query.reference is None or clean(p.reference) == clean(query.reference))
            and (query.status is None or p.status == query.status)
            and between(p.amount, query.over, query.under)
            and (query.under is None or p.amount.minor > 0)
            and (query.amount is None or p.amount == query.amount)
            and self._of_those(p.customer, query.whose)
        ]
        if query.twice:
            found = [p for p in found if p.status == "succeeded" and not p.reversed and not p.reverses]
            payers = Counter(p.customer for p in found)
            found = [p for p in found if payers[p.customer] > 1]
        return PaymentPage(
            payments=tuple(first(found, limit, lambda p: (p.at, p.number), reverse=True)),
            count=len(found),
            failed=sum(p.status == "failed" for p in found),
            total=self.money(sum(p.amount.minor for p in found if p.status == "succeeded")),
        )

    async def find_credits(
        self, scope: Scope, query: CreditQuery, since: datetime, until: datetime, limit: int = 20
    ) -> CreditPage:
        found = self._credits(scope, query, since, until)
        total = self.money(sum(n.amount.minor for n in found if n.voided_at is None))
        notes = tuple(first(found, limit, lambda n: n.at, reverse=True))
        return CreditPage(notes=notes, count=len(found), total=total)

    def _credits(
        self, scope: Scope, query: CreditQuery, since: datetime, until: datetime
    ) -> list[CreditNote]:
        told = [n for story in self.stories(scope, query.customer).values() for n in story.credits]
        found = [n for n in told if since <= n.at < until and between(n.amount, query.over, query.under)]
        if query.agent:
            who = _words(query.agent)
            found = [n for n in found if query.agent == n.agent or who in _words(n.by)]
        own = {one.casefold() for one in query.by_one_of}
        return [n for n in found if not own or (n.agent or n.by).casefold() in own]

    def _of_those(self, number: str, whose: CustomerQuery | None) -> bool:
        c = self.books.as_(Customer, self.books.one("customers", number) or {})
        return whose is None or MemoryCustomers(self.books).chosen(c, whose)

    async def credit_days(
        self, scope: Scope, since: datetime, until: datetime, query: CreditQuery | None = None
    ) -> Sequence[CreditDay]:
        told = self._credits(scope, query or CreditQuery(), since, until)
        of: dict[tuple[date, str], list[CreditNote]] = {}
        for one in told:
            of.setdefault((self.books.local(one.at), one.agent or one.by), []).append(one)
        days = [
            CreditDay(
                agent=agent,
                name=notes[0].by,
                on=on,
                count=sum(n.voided_at is None for n in notes),
                total=self._sum(n for n in notes if n.voided_at is None),
                voided=sum(n.voided_at is not None for n in notes),
            )
            for (on, agent), notes in of.items()
        ]
        return sorted(days, key=lambda one: (-one.on.toordinal(), -one.total.minor, one.agent))

    async def overdue(
        self,
        scope: Scope,
        today: date,
        min_days: int = 1,
        limit: int = 20,
        among: DebtorQuery | None = None,
        max_days: int | None = None,
    ) -> Overdue:
        wanted, people = among or DebtorQuery(), MemoryCustomers(self.books)
        query = CustomerQuery(
            kind=wanted.kind, tier=wanted.tier, plan=wanted.plan, area=wanted.area, status=wanted.status
        )
        least = max(min_days, 1)
        whole = least == 1 and max_days is None
        owing = {
            number: [
                i
                for i in story.invoices
                if i.owed.minor and (whole or least <= (today - i.due_on).days <= (max_days or FOREVER))
            ]
            for number, story in self.stories(scope).items()
            if people.chosen(self.books.as_(Customer, self.books.one("customers", number) or {}), query)
        }
        owing = {n: due for n, due in owing.items() if n not in wanted.without}
        if wanted.name:
            called = {n: str((self.books.one("customers", n) or {})["name"]).lower() for n in owing}
            owing = {n: due for n, due in owing.items() if wanted.name.lower() in called[n]}
        if wanted.over is not None or wanted.under is not None:
            sums = {
                n: self.money(sum(i.owed.minor for i in due if (today - i.due_on).days >= least))
                for n, due in owing.items()
            }
            owing = {n: d for n, d in owing.items() if between(sums[n], wanted.over, wanted.under)}
        buckets = [
            self._bucket(owing, today, since, until)
            for since, until in AGES
            if until is None or until >= least or (until == 0 and least == 1)
            if max_days is None or 0 < since <= max_days
        ]
        late = {number: [i for i in due if (today - i.due_on).days >= least] for number, due in owing.items()}
        debtors = [self._debtor(number, due, today) for number, due in late.items() if due]
        return Overdue(
            buckets=tuple(buckets),
            debtors=tuple(first(debtors, limit, lambda d: d.owed.minor, reverse=True)),
            customers=len(debtors),
            total=self.money(sum(d.owed.minor for d in debtors)),
        )

    def _bucket(
        self, owing: Mapping[str, list[Invoice]], today: date, since: int, until: int | None
    ) -> Bucket:
        fits = {
            number: [
                i
                for i in due
                if since <= max((today - i.due_on).days, 0) <= (10**6 if until is None else until)
            ]
            for number, due in owing.items()
        }
        amount = sum(i.owed.minor for due in fits.values() for i in due)
        people = sum(1 for due in fits.values() if due)
        return Bucket(since=since, until=until, customers=people, amount=self.money(amount))

    def _debtor(self, number: str, due: Sequence[Invoice], today: date) -> Debtor:
        c = self.books.as_(Customer, self.books.one("customers", number) or {})
        plain = [i for i in due if i.disputed_at is None] or due
        oldest = min(i.due_on for i in plain)
        reminders = [
            self.books.as_(Reminder, row).at for row in self.books.find("reminders", customer=number)
        ]
        active = self.books.find("services", customer=number, status=ServiceStatus.ACTIVE.name)
        return Debtor(
            customer=number, name=c.name, status=c.status.value, tier=c.tier, phone=c.phone, kind=c.kind,
            region=c.region, owed=self.money(sum(i.owed.minor for i in due)), invoices=len(due), oldest_due=oldest,
            days=(today - oldest).days, services=len(active), credit=self.money(self.story(number).loose),
            disputed=self.money(sum(i.owed.minor for i in due if i.disputed_at)), reminded_at=max(reminders, default=None),
        )  # fmt: skip

    async def debtors(
        self,
        scope: Scope,
        today: date,
        customer: str | None = None,
        limit: int = 5_000,
        whose: CustomerQuery | None = None,
    ) -> Sequence[Debtor]:
        late = {
            number: [i for i in story.invoices if i.owed.minor and i.due_on < today]
            for number, story in self.stories(scope, customer).items()
            if self._of_those(number, whose)
        }
        found = [self._debtor(number, due, today) for number, due in late.items() if due]
        return first(found, limit, lambda d: d.oldest_due)

    async def failed(
        self,
        scope: Scope,
        since: datetime,
        until: datetime,
        limit: int = 15,
        method: Method | None = None,
        whose: CustomerQuery | None = None,
    ) -> FailedPayments:
        told = {n: s for n, s in self.stories(scope).items() if self._of_those(n, whose)}
        tried = [p for story in told.values() for p in story.payments if since <= p.at < until]
        tried = [p for p in tried if method is None or p.method == method]
        bad = [p for p in tried if p.status == "failed"]
        paid = {i.number for story in told.values() for i in story.invoices if i.status == "paid"}
        groups = defaultdict[tuple[str, str], list[Payment]](list)
        for p in bad:
            groups[p.failure or "unknown", p.provider or p.method].append(p)
        return FailedPayments(
            count=len(bad),
            tried=len(tried),
            recovered=sum(p.invoice in paid for p in bad),
            amount=self._sum(bad),
            groups=tuple(
                FailureGroup(reason=reason, provider=provider, count=len(each), amount=self._sum(each))
                for (reason, provider), each in groups.items()
            ),
            newest=tuple(first(bad, limit, lambda p: p.at, reverse=True)),
        )

    def _sum(self, all_: Iterable[Payment | CreditNote]) -> Money:
        return self.money(sum(one.amount.minor for one in all_))

    async def revenue(
        self, scope: Scope, month: date, today: date, whose: CustomerQuery | None = None
    ) -> Revenue:
        b, told = self.books, {n: s for n, s in self.stories(scope).items() if self._of_those(n, whose)}
        people = MemoryCustomers(b)
        lines = [people._service(row) for row in b.rows("services") if row["customer"] in told]
        lines = [line for line in lines if line.status is ServiceStatus.ACTIVE]
        stop = (month + timedelta(days=32)).replace(day=1)
        within = [
            p
            for s in told.values()
            for p in s.payments
            if month <= b.local(p.at) < stop and p.status == "succeeded"
        ]
        credits_ = [
            n for s in told.values() for n in s.credits if month <= b.local(n.at) < stop and not n.voided_at
        ]
        invoices = [i for s in told.values() for i in s.invoices]
        late = [i for i in invoices if i.due_on < today]
        regions = {c.number: c.region or "no region" for c in b.all(Customer, "customers")}
        return Revenue(
            month=month,
            mrr=self.money(sum(line.plan.price.minor for line in lines)),
            services=len(lines),
            invoiced=self.money(
                sum(i.total.minor for i in invoices if month <= i.issued_on < stop and i.status != "void")
            ),
            collected=self._sum(within),
            credited=self._sum(credits_),
            receivable=self.money(sum(i.owed.minor for i in invoices)),
            overdue=self.money(sum(i.owed.minor for i in late)),
            by_plan=self._split(lines, lambda line: line.plan.name, lambda line: line.number),
            by_region=self._split(lines, lambda line: regions[line.customer], lambda line: line.customer),
            customers=len({line.customer for line in lines}),
            collected_before=None,
        )

    def _split(
        self, lines: Sequence[Service], name: Callable[[Service], str], what: Callable[[Service], str]
    ) -> tuple[tuple[str, int, Money], ...]:
        groups = defaultdict[str, list[Service]](list)
        for line in lines:
            groups[name(line)].append(line)
        return tuple(
            (key, len({what(one) for one in each}), self.money(sum(one.plan.price.minor for one in each)))
            for key, each in groups.items()
        )

    # promises

    def _promise(self, number: str) -> Promise:
        row = self.books.one("promises", number)
        if row is None:
            raise NotFound(f"There is no promise {number}.")
        made = self.books.as_(Promise, row)
        story = self.story(made.customer)
        since = sorted((p for p in story.payments if p.at >= made.made_at and p.status == "succeeded"
                        and not p.reversed and not p.reverses), key=lambda p: p.at)  # fmt: skip
        wanted, reached = 0, []
        for one in made.instalments:
            wanted += one.amount.minor
            sums = [
                (self.books.local(p.at), sum(q.amount.minor for q in since[: nr + 1]))
                for nr, p in enumerate(since)
            ]
            reached.append(replace(one, paid_on=next((on for on, total in sums if total >= wanted), None)))
        customer = self.books.one("customers", made.customer) or {}
        return replace(
            made, customer_name=customer["name"], phone=customer["phone"], instalments=tuple(reached)
        )

    async def promises(
        self, scope: Scope, since: datetime, customer: str | None = None, limit: int = 1_000
    ) -> Sequence[Promise]:
        seen = self.accounts(scope)
        rows = [
            r
            for r in self.books.rows("promises")
            if r["customer"] in seen and customer in {None, r["customer"]}
        ]
        found = [p for p in (self._promise(row["number"]) for row in rows) if p.made_at >= since]
        return first(found, limit, lambda p: p.made_at, reverse=True)

    async def get_promise(self, scope: Scope, number: str) -> Promise | None:
        row = self.books.one("promises", number)
        return self._promise(number) if row and self.books.sees(scope, row["customer"]) else None

    async def promise(self, effect: Effect, new: NewPromise) -> Promise:
        def write() -> str:
            self._check(new.customer, new.instalments[0][1])
            for row in self.books.find("promises", customer=new.customer):
                if self._promise(row["number"]).holds(self.books.today):
                    raise Conflict(f"{new.customer} has an open promise already: {row['number']}.")
            number = self.books.next("promises", "V{nr}")
            parts = tuple(
                Instalment(nr=nr, due_on=on, amount=m) for nr, (on, m) in enumerate(new.instalments, 1)
            )
            self.books.add("promises", Promise(number=number, customer=new.customer, made_at=self.books.now(),
                                               by=effect.by, instalments=parts, note=new.note))  # fmt: skip
            return number

        return self._promise(await self.books.once(effect, write))

    async def cancel_promise(self, effect: Effect, number: str) -> Promise:
        def write() -> None:
            if self._promise(number).cancelled:
                raise Conflict(f"{number} is cancelled already.")
            self.books.put(self.books.one("promises", number) or {}, cancelled=True)

        await self.books.once(effect, write)
        return self._promise(number)

    # booking

    def _check(self, customer: str, amount: Money) -> str:
        row = self.books.one("customers", customer, "customer") or {}
        if amount.currency != self.books.tenant.currency:
            raise BadInput(foreign(row["name"], amount, [self.books.tenant.currency]))
        return str(row["name"])

    def _check_invoice(self, customer: str, number: str | None) -> None:
        if number and not self.books.find("invoices", customer=customer, number=number):
            raise NotFound(f"{customer} has no invoice {number}.")

    async def pay(self, effect: Effect, new: NewPayment) -> Payment:
        def write() -> tuple[str, str]:
            for row in self.books.rows("payments") if new.reference else ():
                stands = row["status"] == "succeeded" and not row["reversed"] and not row["reverses"]
                if stands and clean(row["reference"]) == clean(new.reference):
                    raise Conflict(f"{new.reference} is booked already: {row['number']}.")
            self._check(new.customer, new.amount)
            self._check_invoice(new.customer, new.invoice)
            number = self.books.next("payments", "{nr}5")
            self.books.add("payments", Payment(number=number, status="succeeded", by=effect.by, **vars(new)))
            return number, new.customer

        number, customer = await self.books.once(effect, write)
        return next(p for p in self.story(customer).payments if p.number == number)

    async def reverse(self, effect: Effect, number: str, reason: str) -> Payment:
        def write() -> tuple[str, str]:
            row = self.books.one("payments", number, "payment") or {}
            old = self.books.as_(Payment, row)
            if old.reversed or old.reverses or old.status != "succeeded":
                raise Conflict(f"{number} cannot be taken back.")
            row["reversed"] = True
            entry = self.books.next("payments", "{nr}5")
            self.books.add("payments", replace(old, number=entry, at=self.books.now(), amount=-old.amount, by=effect.by,
                                               note=reason, reverses=old.number, invoice=None))  # fmt: skip
            return entry, old.customer

        entry, customer = await self.books.once(effect, write)
        return next(p for p in self.story(customer).payments if p.number == entry)

    async def credit(self, effect: Effect, new: NewCredit) -> CreditNote:
        def write() -> str:
            name, b = self._check(new.customer, new.amount), self.books
            self._check_invoice(new.customer, new.invoice)
            stand = [n for n in self.story(new.customer).credits if n.voided_at is None]
            month = [n for n in stand if b.local(n.at).replace(day=1) == b.today.replace(day=1)]
            if new.month_limit and self._sum(month) + new.amount > new.month_limit:
                raise NotAllowed(over_month(name, self._sum(month), new.month_limit))
            mine = [n for s in self.stories(EVERYWHERE).values() for n in s.credits
                    if n.agent == new.agent and n.voided_at is None and b.local(n.at) == b.today]  # fmt: skip
            if new.agent and new.day_limit and self._sum(mine) + new.amount > new.day_limit:
                raise NotAllowed(over_day(self._sum(mine), new.day_limit, len(mine)))
            if new.invoice:
                total = b.as_(Invoice, b.one("invoices", new.invoice) or {}).total
                if self._sum(n for n in stand if n.invoice == new.invoice) + new.amount > total:
                    raise Conflict(f"{new.invoice} came to {total}.")
            number = b.next("credits", "GS{nr}")
            b.add("credits", CreditNote(number=number, customer=new.customer, at=b.now(), amount=new.amount,
                                        reason=new.reason, by=effect.by, invoice=new.invoice,
                                        agent=new.agent))  # fmt: skip
            return number

        return self._note(await self.books.once(effect, write))

    def _note(self, number: str) -> CreditNote:
        row = self.books.one("credits", number, "credit note") or {}
        return next(n for n in self.story(row["customer"]).credits if n.number == row["number"])

    async def void_credit(self, effect: Effect, number: str, reason: str) -> CreditNote:
        def write() -> None:
            row = self.books.one("credits", number, "credit note") or {}
            if row["voided_at"]:
                raise Conflict(f"{number} is void already.")
            self.books.put(row, voided_at=self.books.now(), voided_by=effect.by, why=reason)

        await self.books.once(effect, write)
        return self._note(number)

    async def remind(self, effect: Effect, customer: str, channel: Channel, owed: Money) -> Reminder:
        def write() -> Reminder:
            self.books.one("customers", customer, "customer")
            told = Reminder(
                customer=customer, at=self.books.now(), by=effect.by, channel=channel.value, owed=owed
            )
            self.books.add("reminders", told)
            return told

        return await self.books.once(effect, write)

    async def dispute(self, effect: Effect, number: str, text: str | None) -> Invoice:
        def write() -> str:
            row = self.books.one("invoices", number, "invoice") or {}
            told = next(i for i in self.story(row["customer"]).invoices if i.number == row["number"])
            if (text is None) == (told.disputed_at is None) or (text and told.status != "open"):
                raise Conflict(f"{number} is {told.status}.")
            self.books.put(row, dispute=text, disputed_at=self.books.now() if text else None)
            return str(row["customer"])

        customer = await self.books.once(effect, write)
        return next(i for i in self.story(customer).invoices if i.number == number)


def _words(name: str) -> str:
    """Return a name without what stands behind the @, and a blank before each of its words."""
    return " " + name.partition("@")[0].casefold().replace(".", " ")
