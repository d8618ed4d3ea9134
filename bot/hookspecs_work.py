"""The hooks for what happens without a colleague's question: background work, and links for outsiders."""

from __future__ import annotations

from collections.abc import Sequence

from bot.contract.job import Job
from bot.contract.link import PublicLink
from bot.hookspecs_mark import hookspec


@hookspec
def register_jobs() -> Sequence[Job]:  # type: ignore[empty-body]  # a specification has no body
    """Work in the background: an outbox that is sent, a mailbox that is read, a sweep.

    Example::

        async def send_due(ctx: Context[Settings], payload: Mapping[str, Any]) -> timedelta | None:
            for message in await ctx.port(Mail).take_due(limit=20):
                await ctx.effect.check()
                ...
            return timedelta(seconds=1) if more else None    # in how long to go on; None: done

        @hookimpl
        def register_jobs() -> Sequence[Job]:
            return [Job(name="send", about="Sends what waits", run=send_due, every=timedelta(seconds=30))]

    An action asks for a run at once with `await ctx.enqueue("send")`. Runs may overlap, and one whose process
    died is run again: the job keeps what it did in the database. Once the plugin is off, nothing runs.
    """


@hookspec
def register_public_links() -> Sequence[PublicLink]:  # type: ignore[empty-body]  # a specification has no body
    """Let outsiders do one thing each with a link they were sent: unsubscribe, confirm an appointment.

    Example::

        async def show(ctx: Context[Settings], number: str) -> Reply:
            return Reply("No more news by e-mail?")

        async def run(ctx: Context[Settings], number: str) -> Reply:
            await ctx.port(Mail).stop(ctx.effect, ...)
            return Reply("You get no more news from us.")

        @hookimpl
        def register_public_links() -> Sequence[PublicLink]:
            return [PublicLink(name="unsubscribe", about="Takes them off mailings", button="Unsubscribe",
                               show=show, run=run)]

    `ctx.link("unsubscribe", "EM-1001")` is what to send; it is sealed, so that nobody makes one for another
    number. Opening it only shows. Each press is in the audit.
    """
