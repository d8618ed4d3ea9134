// One message with all that hangs on it.
import { h, avatar, called, menu, toast } from "./dom.js";
import { clock, moment } from "./times.js";
import { icon } from "./icons.js";
import { blocks, attachment } from "./blocks.js";
import { emoji, mrkdwn, PICK } from "./text.js";

export function message(page, said, { inThread = false } = {}) {
  const { world } = page, ctx = page.contextOf(said), author = authorOf(world, said);
  if (said.subtype === "tombstone") return h("article", { class: "message gone" }, said.text);
  const body = said.blocks?.length && !said.is_text ? blocks(ctx, said.blocks) : h("div", { class: "block" }, mrkdwn(world, said.text || ""));
  return h("article", { class: `message${said.is_ephemeral ? " ephemeral" : ""}`, "data-ts": said.ts, "aria-label": `${author.name}, ${clock(said.ts)}` },
    avatar(author.person, author.id),
    h("div", { class: "said" },
      said.is_ephemeral ? h("div", { class: "note" }, icon("eye"), " Only visible to you") : null,
      h("div", { class: "by" }, h("strong", {}, author.name), author.person?.is_bot ? h("span", { class: "badge" }, "APP") : null, author.person?.is_guest ? h("span", { class: "badge" }, "GUEST") : null, author.person?.is_stranger ? h("span", { class: "badge" }, "EXTERNAL") : null, h("time", { datetime: new Date(said.ts * 1000).toISOString(), title: moment(said.ts) }, clock(said.ts))),
      h("div", { class: said.streaming_state === "in_progress" ? "blocks streaming" : "blocks" }, body, said.edited ? h("span", { class: "note" }, " (edited)") : null),
      (said.attachments || []).map((each) => attachment(ctx, each)),
      files(page, said), reactions(page, said), inThread ? null : replies(page, said)),
    said.is_ephemeral ? null : tools(page, said, inThread));
}

function authorOf(world, said) {
  const person = world.people[said.user];
  return { id: said.user || said.bot_id || "", person, name: said.username || said.bot_profile?.name || called(person, said.user) };
}

function files(page, said) {
  return (said.files || []).map((file) => (file.is_image
    ? h("a", { class: "file", href: page.file(file.id), target: "_blank" }, h("img", { src: page.file(file.id), alt: file.alt_txt || file.title || file.name, loading: "lazy" }))
    : h("a", { class: "file", href: page.file(file.id), download: file.name || "" }, icon("file"), ` ${file.title || file.name || "file"}`, h("span", { class: "note" }, ` ${file.pretty_type || ""} ${Math.ceil((file.size || 0) / 1024)} kB`))));
}

function reactions(page, said) {
  if (!said.reactions?.length) return null;
  return h("div", { class: "reactions" }, said.reactions.map((each) => {
    const mine = each.users.includes(page.world.me), who = each.users.map((id) => called(page.world.people[id], id)).join(", ");
    return h("button", { type: "button", class: mine ? "mine" : "", "aria-pressed": String(mine), title: `${who} · :${each.name}:`, "aria-label": `${each.name}, ${each.count}`, onclick: () => page.move(mine ? "unreact" : "react", { channel: page.world.channel, ts: said.ts, name: each.name }) }, emoji(each.name), " ", each.count);
  }));
}

function replies(page, said) {
  const status = status_of(page, said.thread_ts || said.ts);
  const count = said.reply_count ? h("button", { type: "button", class: "link replies", onclick: () => page.openThread(said.ts) }, `${said.reply_count} ${said.reply_count === 1 ? "reply" : "replies"}`) : null;
  return h("div", { class: "row" }, count, page.thread === said.ts ? null : status);
}

// What the agent shows in a thread: that it works, and how to stop it.
export function status_of(page, root) {
  const session = page.world.sessions[root];
  if (session?.status !== "processing") return null;
  return h("div", { class: "working", role: "status" }, h("span", { class: "dots", "aria-hidden": "true" }, "●●●"), ` ${session.loading || "Backhaul is working…"} `,
    session.can_stop ? h("button", { type: "button", onclick: () => page.move("stop", { channel: page.world.channel, thread: root }) }, icon("stop"), " Stop") : null);
}

function tools(page, said, inThread) {
  const channel = page.world.channel, own = said.user === page.world.me;
  const react = h("button", { type: "button", class: "quiet", "aria-haspopup": "menu", "aria-label": "Add a reaction", title: "Add a reaction", onclick: () => menu(react, PICK.map((name) => ({ label: `${emoji(name)} ${name}`, run: () => page.move("react", { channel, ts: said.ts, name }) })), "Reactions") }, icon("smile"));
  const more = h("button", { type: "button", class: "quiet", "aria-haspopup": "menu", "aria-label": "More actions", title: "More actions", onclick: () => menu(more, [
    ...page.world.shortcuts.filter((each) => each.type === "message").map((each) => ({ label: each.name, note: each.description, run: () => page.move("message_shortcut", { channel, ts: said.ts, callback_id: each.callback_id }) })),
    ...(own ? [{ label: "Edit message", run: () => edit(page, said) }, { label: "Delete message", danger: true, run: () => page.move("delete", { channel, ts: said.ts }) }] : []),
    { label: "Copy text", run: () => navigator.clipboard?.writeText(said.text || "").then(() => toast("Copied.")) },
  ], "More actions") }, icon("more"));
  return h("div", { class: "tools", role: "toolbar", "aria-label": "Message" }, react, inThread ? null : h("button", { type: "button", class: "quiet", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => page.openThread(said.thread_ts || said.ts, true) }, icon("reply")), more);
}

function edit(page, said) {
  const node = document.querySelector(`[data-ts="${said.ts}"] .blocks`);
  const field = h("textarea", { rows: 3, "aria-label": "Edit message", value: page.editable(said.text) });
  const done = () => page.redraw();
  const save = () => { page.move("edit", { channel: page.world.channel, ts: said.ts, text: page.composed(field.value) }).then(done); };
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); save(); } if (event.key === "Escape") done(); });
  node.replaceChildren(field, h("div", { class: "row" }, h("button", { type: "button", onclick: done }, "Cancel"), h("button", { type: "button", class: "primary", onclick: save }, "Save")));
  field.focus();
}
