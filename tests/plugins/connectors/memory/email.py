"""The e-mail port over dicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.api import Conflict, Effect, LeaseLost, NotFound, Scope
from plugins.customers.port import Customer
from plugins.email.port import (
    Back,
    Batch,
    Delivery,
    Email,
    Mailing,
    MailPage,
    MailQuery,
    MailStatus,
    NewEmail,
    NewMailing,
    Outcome,
    Outgoing,
    Recipient,
    Return,
    Sender,
    Stop,
    Template,
)
from tests.plugins.connectors.memory.store import Books, Row, first

LEFT = {"sent", "unknown"}


class MemoryMail:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.applied = books.applied

    def _email(self, row: Row) -> Email:
        who = self.books.one("customers", row["customer"]) or {}
        area = {name: who[name] for name in ("region", "site", "partner")}
        return replace(self.books.as_(Email, row), customer_name=who["name"], **area)

    def _all(self, scope: Scope) -> list[Email]:
        told = [(row["id"], self._email(row)) for row in self.books.rows("emails")]
        seen = [(e.at, nr, e) for nr, e in told if scope.covers(e.area)]
        return [e for _, _, e in sorted(seen, key=lambda one: one[:2], reverse=True)]

    def _row(self, number: str) -> Row:
        row = next(
            (r for r in self.books.rows("emails") if (r["number"] or "").lower() == number.lower()), None
        )
        if row is None:
            raise NotFound(f"There is no message {number}.")
        return row

    # templates

    async def templates(self) -> Sequence[Template]:
        return sorted(self.books.all(Template, "templates"), key=lambda t: t.name)

    async def save_template(self, effect: Effect, template: Template) -> Template:
        def write() -> Template:
            known = self.books.find("templates", name=template.name)
            if known:
                self.books.put(known[0], subject=template.subject, body=template.body)
            else:
                self.books.add("templates", template)
            return template

        return await self.books.once(effect, write)

    async def remove_template(self, effect: Effect, name: str) -> None:
        def write() -> None:
            known = self.books.find("templates", name=name)
            if not known:
                raise NotFound(f"There is no template {name}.")
            self.books.rows("templates").remove(known[0])

        await self.books.once(effect, write)

    # reading

    async def sent(self, scope: Scope, customer: str, limit: int = 5) -> Sequence[Email]:
        return [e for e in self._all(scope) if e.customer == customer and e.status != "draft"][:limit]

    async def find(self, scope: Scope, query: MailQuery, limit: int = 20) -> MailPage:
        found = [
            e
            for e in self._all(scope)
            if (e.status in query.statuses if query.statuses else e.status != "draft")
            and (query.since is None or e.at >= query.since)
            and query.mailing in {None, e.mailing}
        ]
        return MailPage(
            emails=tuple(found[:limit]), total=len(found), counts=Counter(e.status for e in found)
        )

    async def get(self, scope: Scope, number: str) -> Email | None:
        return next((e for e in self._all(scope) if (e.number or "").lower() == number.strip().lower()), None)

    async def find_by_message_id(self, scope: Scope, message_id: str) -> Email | None:
        return next((e for e in self._all(scope) if e.message_id == message_id), None)

    async def recipients(
        self,
        scope: Scope,
        *,
        customers: Sequence[str] | None = None,
        plan: str | None = None,
        limit: int = 20_000,
    ) -> Sequence[Recipient]:
        on = {
            row["customer"]
            for row in self.books.find("services", status="ACTIVE")
            if row["plan"]["code"] == plan
        }
        wanted = on if customers is None else set(customers)
        found = [
            c for c in self.books.all(Customer, "customers") if c.number in wanted and scope.covers(c.area)
        ]
        return [
            Recipient(customer=c.number, name=c.name, contact=c.contact, email=c.email) for c in found[:limit]
        ]

    # stops

    async def stops(self, addresses: Sequence[str]) -> Mapping[str, Stop]:
        wanted = {address.lower() for address in addresses}
        known = sorted(self.books.all(Stop, "stops"), key=lambda s: s.reason, reverse=True)
        return {stop.address: stop for stop in known if stop.address in wanted}

    async def find_stops(self, scope: Scope, limit: int = 50) -> Sequence[tuple[Stop, str]]:
        people = [c for c in self.books.all(Customer, "customers") if c.email and scope.covers(c.area)]
        stops = sorted(self.books.all(Stop, "stops"), key=lambda s: s.at, reverse=True)
        return [(s, c.number) for s in stops for c in people if (c.email or "").lower() == s.address][:limit]

    def _stop(self, stop: Stop) -> None:
        for row in self.books.find("stops", address=stop.address.lower(), reason=stop.reason):
            self.books.rows("stops").remove(row)
        self.books.add("stops", replace(stop, address=stop.address.lower()))

    async def stop(self, effect: Effect, stop: Stop) -> None:
        await self.books.once(effect, lambda: self._stop(stop))

    async def lift_stop(self, effect: Effect, address: str, reason: str) -> None:
        def write() -> None:
            known = self.books.find("stops", address=address.lower(), reason=reason)
            if not known:
                raise NotFound(f"{address} is not stopped for that.")
            self.books.rows("stops").remove(known[0])

        await self.books.once(effect, write)

    # writing

    def _write(
        self, effect: Effect, new: NewEmail, status: str, due: datetime | None, mailing: str | None
    ) -> str:
        self.books.one("customers", new.customer, "customer")
        number = f"mail-{len(self.books.rows('emails')) + 1}"
        email = Email(at=self.books.now(), status=status, by=effect.by, number=number, due_at=due, mailing=mailing,
                      message_id=f"<{number}@{self.books.tenant.slug}>" if new.sender else None, **vars(new))  # fmt: skip
        self.books.add("emails", email, lease=None, handed=False, tried=None)
        return number

    async def _kept(self, effect: Effect, write: Callable[[], str]) -> Email:
        return self._email(self._row(await self.books.once(effect, write)))

    async def draft(self, effect: Effect, new: NewEmail) -> Email:
        return await self._kept(effect, lambda: self._write(effect, new, "draft", None, None))

    async def queue(self, effect: Effect, new: NewEmail) -> Email:
        return await self._kept(effect, lambda: self._write(effect, new, "queued", self.books.now(), None))

    async def _moved(self, effect: Effect, number: str, fits: set[str], **values: Any) -> Email:
        def write() -> str:
            row = self._row(number)
            if row["status"] not in fits:
                raise Conflict(f"{number} is {row['status']}.")
            self.books.put(row, **values)
            return number

        return await self._kept(effect, write)

    async def change_draft(self, effect: Effect, number: str, subject: str, body: str) -> Email:
        return await self._moved(effect, number, {"draft"}, subject=subject, body=body)

    async def queue_draft(self, effect: Effect, number: str, sender: Sender) -> Email:
        at, message_id = self.books.now(), f"<{number}@{self.books.tenant.slug}>"
        return await self._moved(effect, number, {"draft"}, status="queued", at=at, due_at=at, by=effect.by,
                                 sender=sender.address, reply_to=sender.reply_to, message_id=message_id)  # fmt: skip

    async def cancel(self, effect: Effect, number: str) -> Email:
        return await self._moved(effect, number, {"draft", "queued"}, status="cancelled", due_at=None)

    async def retry(self, effect: Effect, number: str) -> Email:
        at = self.books.now()
        return await self._moved(
            effect, number, {"failed", "bounced", "unknown"}, status="queued", due_at=at, error=None
        )

    async def bounce(self, effect: Effect, number: str, said: str, *, stop: bool = True) -> Email:
        def write() -> str:
            row = self._row(number)
            self.books.put(row, status="bounced", error=said, due_at=None)
            if stop:
                self._stop(
                    Stop(address=row["to"], reason="bounced", at=self.books.now(), detail=said, by=effect.by)
                )
            return number

        return await self._kept(effect, write)

    # mailings

    def _mailing(self, row: Row) -> Mailing:
        mails = self.books.find("emails", mailing=row["number"])
        left = Counter(row["left_out"]) + Counter(m["left"] for m in mails if m.get("left"))
        return replace(
            self.books.as_(Mailing, row), counts=Counter(m["status"] for m in mails), left_out=left
        )

    async def queue_mailing(self, effect: Effect, new: NewMailing) -> Mailing:
        def write() -> str:
            number = self.books.next("mailings", "news-{nr}")
            self.books.add("mailings", Mailing(number=number, audience=new.audience, subject=new.subject, body=new.body,
                                               total=len(new.messages), by=effect.by, at=self.books.now(), kind=new.kind,
                                               starts_at=new.starts_at, left_out=new.left_out))  # fmt: skip
            for message in new.messages:
                self._write(effect, message, "queued", new.starts_at, number)
            return number

        return self._mailing(self.books.one("mailings", await self.books.once(effect, write)) or {})

    async def mailings(self, scope: Scope, limit: int = 20) -> Sequence[Mailing]:
        seen = [m for m in map(self._mailing, self.books.rows("mailings")) if self._whole(scope, m.number)]
        return first(seen, limit, lambda m: m.at, reverse=True)

    def _whole(self, scope: Scope, number: str) -> bool:
        return all(
            self.books.sees(scope, row["customer"]) for row in self.books.find("emails", mailing=number)
        )

    async def get_mailing(self, scope: Scope, number: str) -> Mailing | None:
        row = self.books.one("mailings", number)
        return self._mailing(row) if row and self._whole(scope, row["number"]) else None

    async def cancel_mailing(self, effect: Effect, number: str) -> Mailing:
        def write() -> None:
            row = self.books.one("mailings", number, "mailing") or {}
            waiting = self.books.find("emails", mailing=row["number"], status="queued")
            if not waiting:
                raise Conflict(f"Nothing of {number} waits.")
            for mail in waiting:
                self.books.put(mail, status="cancelled", due_at=None)
            self.books.put(row, cancelled_at=self.books.now(), cancelled_by=effect.by)

        await self.books.once(effect, write)
        return self._mailing(self.books.one("mailings", number) or {})

    # the outbox

    async def take_due(self, *, most: int, per_minute: int, lease: timedelta) -> Batch:
        async with self.books.turn:
            now = self.books.now()
            self._give_up(now)
            tried = sorted(self.books.at(r, "tried") for r in self.books.rows("emails") if r.get("tried"))
            window = timedelta(minutes=1)
            lately = [at for at in tried if at > now - window]
            if len(lately) >= per_minute:
                return Batch(again=lately[0] + window - now, paced=True)
            waiting = self.books.find("emails", status="queued")
            due = sorted((r for r in waiting if self.books.at(r, "due_at") <= now), key=lambda r: r["id"])
            taken = due[: min(most, per_minute - len(lately))]
            for row in taken:
                self.books.put(
                    row,
                    status="sending",
                    lease=now + lease,
                    tried=now,
                    handed=False,
                    attempts=row["attempts"] + 1,
                )
            if taken:
                return Batch(messages=tuple(map(self._outgoing, taken)), again=timedelta())
            soonest = min((self.books.at(r, "due_at") for r in waiting), default=None)
            return Batch(again=None if soonest is None else max(soonest - now, timedelta(milliseconds=10)))

    def _give_up(self, now: datetime) -> None:
        for row in self.books.find("emails", status="sending"):
            if self.books.at(row, "lease") < now and row["handed"]:
                self.books.put(row, status="unknown", error="It may have arrived.", due_at=None)
            elif self.books.at(row, "lease") < now:
                self.books.put(row, status="queued", due_at=now)

    def _outgoing(self, row: Row) -> Outgoing:
        mailing = self.books.one("mailings", row["mailing"]) if row["mailing"] else None
        email = self._email(row)
        return Outgoing(
            number=row["number"], message_id=row["message_id"] or "", sender=row["sender"] or "", reply_to=row["reply_to"] or "",
            to=email.to, subject=email.subject, body=email.body, html=email.html, attempts=email.attempts, at=email.at,
            give_up_at=email.at + timedelta(days=1), mailing=mailing and mailing["kind"].lower(),
        )  # fmt: skip

    async def hand_over(self, message: Outgoing, lease: timedelta) -> None:
        async with self.books.turn:
            row, now = self._row(message.number), self.books.now()
            mine = row["status"] == "sending" and row["attempts"] == message.attempts and not row["handed"]
            if not mine or self.books.at(row, "lease") <= now:
                raise LeaseLost(f"{message.number} is another's")
            reasons = {s["reason"] for s in self.books.find("stops", address=message.to.lower())}
            why = reasons & ({"bounced", "unsubscribed"} if message.mailing == "news" else {"bounced"})
            if message.mailing and why:
                self.books.put(row, status=str(MailStatus.LEFT_OUT), left=min(why), due_at=None)
                raise Conflict(f"{message.to} is left out.")
            self.books.put(row, handed=True, lease=now + lease)

    async def settle(self, message: Outgoing, delivery: Delivery, again_at: datetime | None = None) -> None:
        async with self.books.turn:
            row, now = self._row(message.number), self.books.now()
            if row["attempts"] != message.attempts or row["status"] not in {"sending", "unknown"}:
                return
            status = "queued" if again_at else delivery.outcome.value
            self.books.put(row, status=status, due_at=again_at, error=delivery.said or None,
                           sent_at=now if status == "sent" else None)  # fmt: skip
            if delivery.outcome is Outcome.BOUNCED:
                self._stop(Stop(address=row["to"], reason="bounced", at=now, detail=delivery.said))

    # what comes back

    async def last_returned(self, mailbox: str, validity: int) -> int:
        return max(
            (r["uid"] for r in self.books.find("returns", mailbox=mailbox, validity=validity)), default=0
        )

    async def forget_returns(self, before: datetime) -> int:
        async with self.books.turn:
            rows = self.books.rows("returns")
            newest = Counter[tuple[str, int]]()
            for row in rows:
                box = (row["mailbox"], row["validity"])
                newest[box] = max(newest[box], row["uid"])
            kept = [
                row
                for row in rows
                if row["number"]
                or self.books.at(row, "noted") >= before
                or row["uid"] == newest[row["mailbox"], row["validity"]]
            ]
            gone = len(rows) - len(kept)
            rows[:] = kept
            return gone

    async def take_return(self, returned: Return) -> bool:
        async with self.books.turn:
            known = self.books.find("returns", digest=returned.digest)
            known += self.books.find(
                "returns", mailbox=returned.mailbox, validity=returned.validity, uid=returned.uid
            )
            if known:
                return False
            self.books.add("returns", returned, noted=self.books.now())
            if returned.number and returned.back in {Back.BOUNCED, Back.REFUSED}:
                row = self._row(returned.number)
                if row["status"] in LEFT:
                    self.books.put(row, status="bounced", error=returned.said)
                    if returned.back is Back.BOUNCED:
                        self._stop(
                            Stop(
                                address=row["to"], reason="bounced", at=self.books.now(), detail=returned.said
                            )
                        )
            return True
