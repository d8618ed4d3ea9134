"""Templates: added, changed and removed, each with a preview and a way back."""

from __future__ import annotations

from typing import Any

from bot.api import ActionCall, Approval, BadInput, Button, Change, Conflict, Context, Preview, Reply, action
from plugins.email.letter import Text, checked_body, checked_name, checked_subject, quoted
from plugins.email.placeholders import places_in
from plugins.email.port import Mail, Template, TemplateRef
from plugins.email.said import undoable

Ctx = Context[Any]


async def made(ctx: Ctx, name: str, subject: str, text: Text) -> Template:
    """Return a new template; Conflict when the name is taken."""
    template = Template(name=checked_name(name), subject=checked_subject(subject), body=checked_body(text))
    places_in(template.subject, template.body)
    if any(one.name == template.name for one in await ctx.port(Mail).templates()):
        raise Conflict(f"There is a template {template.name} already. Change that one, or take another name.")
    return template


def changed(template: Template, subject: str, text: str) -> Template:
    """Return a template with what is new in it."""
    if not subject.strip() and not text.strip():
        raise BadInput("Say what the new subject or text is.")
    after = Template(
        name=template.name,
        subject=checked_subject(subject) if subject.strip() else template.subject,
        body=checked_body(text) if text.strip() else template.body,
    )
    places_in(after.subject, after.body)
    return after


def as_text(template: Template) -> str:
    """Return a template as it stands, its `{names}` not filled in."""
    return quoted([f"Subject: {template.subject}", "", *template.body.splitlines()])


async def preview_add_template(ctx: Ctx, name: str, subject: str, text: Text) -> Preview:
    """Show the new template."""
    template = await made(ctx, name, subject, text)
    change = Change(what=template.name, after="new template")
    return Preview(text=f"New template {template.name}:\n{as_text(template)}", changes=(change,), hits=0)


@action(
    permission="email:templates",
    approval=Approval.SELF,
    preview=preview_add_template,
    examples=(
        "add template {name} with subject {subject}: {text}",
        "new e-mail template {name}, subject {subject}, text {text}",
    ),
)
async def add_template(ctx: Ctx, name: str, subject: str, text: Text) -> Reply:
    """Add an e-mail template.

    `{name}`, `{balance}` and the like are filled in when it is sent; `email templates` lists them.
    """
    template = await ctx.port(Mail).save_template(ctx.effect, await made(ctx, name, subject, text))
    reply = template_reply(ctx, template, f"Added {template.name}.")
    return undoable(reply, ActionCall(action_id="email_remove_template", args={"template": template.name}))


async def preview_change_template(
    ctx: Ctx, template: TemplateRef, text: Text = "", subject: str = ""
) -> Preview:
    """Show the template as it will be, and what changes."""
    del ctx
    after = changed(template, subject, text)
    changes = tuple(
        Change(what=what, before=old, after=new)
        for what, old, new in (
            ("Subject", template.subject, after.subject),
            ("Text", template.body, after.body),
        )
        if old != new
    )
    return Preview(text=f"{template.name} becomes:\n{as_text(after)}", changes=changes, hits=0)


@action(
    permission="email:templates",
    approval=Approval.SELF,
    preview=preview_change_template,
    examples=(
        "change template {template} to: {text}",
        "change the text of template {template}: {text}",
        "change the subject of template {template} to {subject}",
    ),
)
async def change_template(ctx: Ctx, template: TemplateRef, text: Text = "", subject: str = "") -> Reply:
    """Change the subject or text of an e-mail template."""
    after = await ctx.port(Mail).save_template(ctx.effect, changed(template, subject, text))
    back = {"template": template.name, "text": template.body, "subject": template.subject}
    reply = template_reply(ctx, after, f"Changed {after.name}.")
    return undoable(reply, ActionCall(action_id="email_change_template", args=back))


async def preview_remove_template(ctx: Ctx, template: TemplateRef) -> Preview:
    """Show what goes."""
    del ctx
    change = Change(what=template.name, before=template.subject, after="removed")
    return Preview(text=f"{template.name} is removed:\n{as_text(template)}", changes=(change,), hits=0)


@action(
    permission="email:templates",
    approval=Approval.SELF,
    preview=preview_remove_template,
    examples=("remove template {template}", "delete the template {template}"),
)
async def remove_template(ctx: Ctx, template: TemplateRef) -> Reply:
    """Remove an e-mail template; what was sent from it stays in the log."""
    await ctx.port(Mail).remove_template(ctx.effect, template.name)
    args = {"name": template.name, "subject": template.subject, "text": template.body}
    reply = Reply(f"Removed the template {template.name}.", evidence=(ctx.evidence(Mail),))
    return undoable(reply, ActionCall(action_id="email_add_template", args=args))


def template_reply(ctx: Ctx, template: Template, said: str = "") -> Reply:
    """Show a template."""
    head = f"{said}\n" if said else ""
    return Reply(
        f"{head}**{template.name}**\n{as_text(template)}",
        data=template,
        buttons=(Button("Change", "email_change_template", {"template": template.name}),),
        focus={"template": template.name},
        evidence=(ctx.evidence(Mail),),
    )
