// The page: whose seat, which channel, what is there, and what is done.
import { h, called, avatar, menu, toast } from "./dom.js";
import { day, live } from "./times.js";
import { escaped, decoded } from "./text.js";
import { blocks } from "./blocks.js";
import { message, status_of } from "./message.js";
import { icon } from "./icons.js";
import { composer } from "./composer.js";
import { entries, showView, showDetails } from "./dialogs.js";

const at = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const ERRORS = {
  operation_timeout: "The app did not answer within three seconds.", dispatch_failed: "The app is not connected, so nothing happened.",
  not_configured: "This app does not take clicks yet.", unknown_command: "That is no command here.", unknown_shortcut: "That shortcut is not here any more.",
  stale: "That button is not there any more.", message_not_found: "That message is gone.", not_in_channel: "Join the channel first.",
  is_archived: "This channel is archived.", account_inactive: "This account was deactivated.", channel_not_found: "That channel is not for this person.",
};

const page = {
  world: { people: {}, places: [], groups: {}, messages: [], sessions: {}, commands: [], shortcuts: [], prompts: [] },
  user: asked.get("user") || "", channel: asked.get("channel") || "", thread: asked.get("thread") || "", tab: asked.get("tab") || "messages",
  entered: new Map(), drawn: new Map(), shown: "",

  file(id) { return `/seen-file/${id}?user=${this.user}`; },

  // One move of this person's seat; what was seen of it, or null when Slack refused (and said so).
  async move(name, body, { quiet = false } = {}) {
    try {
      const answer = await fetch(`/people/${this.user}/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const told = await answer.json();
      if (!answer.ok) { this.complain(told.error.replace(/^AssertionError: /, "")); return null; }
      const seen = told.seen ?? true;
      if (seen?.error && !quiet) { this.complain(seen.error); return null; }
      return seen;
    } catch { toast("The emulated Slack does not answer; is it still running?"); return null; }
  },
  complain(error) { toast(ERRORS[error] || error); },

  contextOf(said) {
    if (!this.entered.has(said.ts)) this.entered.set(said.ts, entries());
    const where = { channel: this.world.channel, message: said.ts };
    const name = (block, part) => (block.block_id ? `${block.block_id}/${part.action_id}` : part.action_id);
    return { world: this.world, surface: "message", entered: this.entered.get(said.ts), file: (id) => this.file(id),
      act: (block, part, value) => this.move("click", { ...where, action_id: name(block, part), value }),
      suggest: async (block, part, query) => (await this.move("options", { ...where, action_id: name(block, part), query }, { quiet: true })) || { error: "failed" },
      details: async (part) => { const seen = await this.move("open_entity", { channel: where.channel, ts: said.ts, url: part.from_url }); if (seen) showDetails(this, await (await fetch(`/details/${seen.event.trigger_id}?user=${this.user}`)).json()); } };
  },
  viewContext(view) {
    if (!this.entered.has(view.id)) this.entered.set(view.id, entries());
    return { world: this.world, surface: view.type, entered: this.entered.get(view.id), file: (id) => this.file(id),
      act: (block, part, value) => this.move("press", { action_id: `${block.block_id}/${part.action_id}`, value }),
      suggest: async (block, part, query) => (await this.move("view_options", { action_id: `${block.block_id}/${part.action_id}`, query }, { quiet: true })) || { error: "failed" } };
  },

  // As Slack's composer sends it: names become ids, and < > & are escaped.
  composed(text) {
    const known = [...Object.entries(this.world.people).map(([id, each]) => [`@${called(each, id)}`, `<@${id}>`]), ...Object.entries(this.world.people).map(([id, each]) => [`@${each.name}`, `<@${id}>`]),
      ...Object.entries(this.world.groups).map(([id, name]) => [`@${name}`, `<!subteam^${id}>`]), ...this.world.places.filter((each) => each.kind !== "im").map((each) => [`#${each.name}`, `<#${each.id}|${each.name}>`])].sort((a, b) => b[0].length - a[0].length);
    let found = escaped(text);
    for (const [name, id] of known) found = found.replace(new RegExp(`(^|[\\s(])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w.-]*\\w)`, "gi"), (_whole, before) => before + id);
    return found.replace(/(^|[\s(])(https?:\/\/[^\s<>]+)/g, "$1<$2>");
  },
  editable(text) { return decoded((text || "").replace(/<@(\w+)>/g, (_whole, id) => `@${called(this.world.people[id], id)}`).replace(/<#\w+\|([^>]+)>/g, "#$1").replace(/<(https?:[^>|]+)(\|[^>]*)?>/g, "$1")); },

  async say(text, files, thread) {
    const channel = this.world.channel, more = thread ? { thread } : {};
    if (text.startsWith("/") && !files.length) {
      if (thread) { toast(`${text.split(" ")[0]} is not supported in threads. Sorry!`); return false; }
      return Boolean(await this.move("command", { channel, line: text }));
    }
    const words = this.composed(text);
    const sent = await this.move(files.length ? "upload" : "say", files.length ? { channel, files, text: words, ...more } : { channel, text: words, ...more });
    if (sent && !thread && this.place()?.is_app) this.awaited = typeof sent === "string" ? sent : sent.ts;
    return Boolean(sent);
  },
  shortcuts(button) { menu(button, this.world.shortcuts.filter((each) => each.type === "global").map((each) => ({ label: each.name, note: each.description, run: () => this.move("shortcut", { callback_id: each.callback_id }) })), "Shortcuts"); },
  place() { return this.world.places.find((each) => each.id === this.world.channel); },
  openThread(ts, focus) { this.thread = ts; this.redraw(); this.remember(); if (focus) at("thread").querySelector("textarea")?.focus(); },
  openPlace(id, tab = "messages") { this.channel = id; this.thread = ""; this.tab = tab; this.shown = ""; document.body.classList.remove("side-open"); at("menu").setAttribute("aria-expanded", "false"); this.remember(); listen(); },
  openTab(tab) { this.tab = tab; this.remember(); this.shown = ""; this.redraw(); if (tab === "home") this.move("open_home", {}); else this.move("open_chat", {}); },
  remember() {
    const kept = new URLSearchParams({ user: this.user, channel: this.channel, ...(this.thread ? { thread: this.thread } : {}), ...(this.tab === "messages" ? {} : { tab: this.tab }), ...(theme.value ? { theme: theme.value } : {}) });
    history.replaceState(null, "", `/?${kept}`);
  },
  redraw() { this.drawn.clear(); draw(); },
};

const theme = at("theme");
theme.value = asked.get("theme") ?? localStorage.getItem("theme") ?? "";
const paint = () => { document.documentElement.dataset.theme = theme.value; };
theme.addEventListener("change", () => { localStorage.setItem("theme", theme.value); paint(); page.remember(); });
paint();
at("menu").addEventListener("click", () => at("menu").setAttribute("aria-expanded", String(document.body.classList.toggle("side-open"))));
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && page.thread && !document.querySelector("dialog[open], .menu")) { page.thread = ""; page.remember(); draw(); } });

let stream = null;
function listen() {
  stream?.close();
  stream = new EventSource(`/live?user=${encodeURIComponent(page.user)}&channel=${encodeURIComponent(page.channel)}`);
  for (const name of ["me", "zone", "team", "people", "groups", "places", "channel", "messages", "sessions", "why_silent", "view", "home", "prompts", "commands", "shortcuts"]) stream.addEventListener(name, (event) => { page.world[name] = JSON.parse(event.data); if (name === "zone") live(page.world.zone); if (name === "people" || name === "places") page.drawn.clear(); });
  stream.addEventListener("done", () => {
    if (!page.channel) { const first = page.world.places.find((each) => each.is_app) || page.world.places[0]; page.openPlace(first.id, page.tab); if (first.is_app) page.move(page.tab === "home" ? "open_home" : "open_chat", {}); return; }
    draw();
  });
}

const readKey = (id) => `read ${page.user} ${id}`;
function sidebar() {
  const { places, people, me } = page.world, groups = [["Apps", (p) => p.is_app], ["Channels", (p) => !p.is_app && p.kind !== "im" && p.kind !== "mpim" && p.is_member], ["Direct messages", (p) => !p.is_app && (p.kind === "im" || p.kind === "mpim")], ["Others you can join", (p) => !p.is_member]];
  const line = (each) => {
    const read = localStorage.getItem(readKey(each.id)) || "0", news = each.id === page.channel ? [] : each.unread.filter(([ts]) => ts > read);
    const badge = each.kind === "im" ? news.length : news.filter(([, named]) => named).length;
    const name = each.kind === "im" || each.kind === "mpim" ? each.members.filter((id) => id !== me).map((id) => called(people[id], id)).join(", ") : each.name;
    const sign = each.is_app ? avatar(people[each.members.find((id) => people[id]?.is_bot)], "app") : each.kind === "group" ? icon("lock") : each.shared ? icon("shared") : h("span", { "aria-hidden": "true" }, "#");
    return h("li", {}, h("button", { type: "button", class: `place${news.length ? " unread" : ""}`, "aria-current": each.id === page.channel ? "page" : null, onclick: () => { page.openPlace(each.id); if (each.is_app) page.move("open_chat", {}); } }, sign, h("span", {}, name, each.archived ? " (archived)" : ""), badge ? h("span", { class: "count", "aria-label": `${badge} unread` }, badge) : news.length ? h("span", { class: "unseen" }, " unread") : null));
  };
  at("side").replaceChildren(...groups.map(([title, test]) => [title, places.filter(test)]).filter(([, list]) => list.length).map(([title, list]) => h("section", {}, h("h2", {}, title), h("ul", {}, list.map(line)))));
}

function heading(place) {
  const { people } = page.world, name = place.is_app ? called(people[place.members.find((id) => people[id]?.is_bot)], "app") : `${place.kind === "group" ? "" : "# "}${place.name}`;
  const tab = (id, label) => h("button", { type: "button", role: "tab", "aria-selected": String(page.tab === id), onclick: () => page.openTab(id) }, label);
  const title = page.world.team?.name ? `${name} · ${page.world.team.name}` : name;
  document.title = title;
  at("head").replaceChildren(h("div", { class: "title" }, h("h1", {}, place.kind === "group" ? icon("lock") : null, name), place.topic ? h("span", { class: "note" }, place.topic) : null, place.is_app ? null : h("span", { class: "note members" }, `${place.members.length} members`)), place.is_app ? h("div", { role: "tablist", class: "tabs" }, tab("home", "Home"), tab("messages", "Messages")) : "");
}

// Nodes of messages that did not change are kept, with what is open or typed in them.
function kept(said, inThread) {
  const key = `${inThread} ${said.ts}`, session = page.world.sessions[said.ts], as = JSON.stringify([said, session, page.thread === said.ts]), known = page.drawn.get(key);
  if (known?.as === as) return known.node;
  const node = message(page, said, { inThread });
  page.drawn.set(key, { as, node });
  return node;
}

function fillList(box, nodes, stay) {
  const low = stay || box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const wanted = nodes.filter(Boolean);
  for (const each of [...box.childNodes]) if (!wanted.includes(each)) each.remove();
  wanted.forEach((each, number) => { if (box.childNodes[number] !== each) box.insertBefore(each, box.childNodes[number] || null); });
  if (low) box.scrollTop = box.scrollHeight;
}

function dated(list, inThread) {
  const nodes = [];
  let before = "";
  for (const said of list) {
    const now = day(said.ts);
    if (now !== before && !inThread) nodes.push(h("div", { class: "day" }, h("span", {}, now)));
    before = now;
    nodes.push(kept(said, inThread));
  }
  return nodes;
}

function main(place) {
  const { world } = page, box = at("messages");
  if (place.is_app && page.tab === "home") {
    const view = world.home, as = `home ${view?.id} ${view?.hash}`;
    at("composer").replaceChildren();
    if (page.shown !== as) box.replaceChildren(view ? h("div", { class: "home blocks" }, blocks(page.viewContext(view), view.blocks)) : h("p", { class: "empty" }, "The app shows nothing here yet."));
    page.shown = as;
    return;
  }
  const fresh = page.shown !== `talk ${place.id}`;
  if (fresh) box.replaceChildren();
  page.shown = `talk ${place.id}`;
  const roots = world.messages.filter((each) => !each.thread_ts || each.thread_ts === each.ts || each.subtype === "thread_broadcast");
  const offers = place.is_app && world.prompts.length ? h("div", { class: "prompts" }, world.prompts.map((each) => h("button", { type: "button", onclick: () => page.say(each.message, []) }, each.title))) : null;
  fillList(box, [...(roots.length ? dated(roots, false) : [h("p", { class: "empty" }, place.is_app ? "Ask anything about customers, invoices, tickets and the network." : "Nothing was said here yet.")]), offers], fresh);
  if (fresh || at("composer").dataset.why !== world.why_silent) {
    at("composer").dataset.why = world.why_silent;
    const silent = world.why_silent === "not_in_channel" ? h("div", { class: "silent" }, "You are not in this channel. ", h("button", { type: "button", class: "primary", onclick: () => page.move("join", { channel: place.id }) }, "Join")) : world.why_silent ? h("div", { class: "silent" }, ERRORS[world.why_silent] || world.why_silent) : null;
    at("composer").replaceChildren(silent || composer(page, { key: place.id, placeholder: place.is_app ? "Message the app" : `Message #${place.name}`, commands: true, send: (text, files) => page.say(text, files) }));
  }
  if (fresh) requestAnimationFrame(() => { box.scrollTop = box.scrollHeight; });
  const last = place.unread.at(-1);
  if (last && document.visibilityState === "visible") localStorage.setItem(readKey(place.id), last[0]);
}

function threadPane() {
  const pane = at("thread"), root = page.thread;
  document.body.classList.toggle("has-thread", Boolean(root) && page.tab === "messages");
  pane.hidden = !root || page.tab !== "messages";
  if (pane.hidden) { pane.replaceChildren(); pane.dataset.of = ""; return; }
  if (pane.dataset.of !== root) {
    pane.dataset.of = root;
    pane.replaceChildren(h("header", {}, h("h2", {}, "Thread"), h("button", { type: "button", class: "quiet", "aria-label": "Close the thread", onclick: () => { page.thread = ""; page.remember(); draw(); } }, "×")), h("div", { class: "list", role: "log", "aria-live": "polite", "aria-label": "Replies", tabindex: "0" }), h("div", { class: "status" }), page.world.why_silent ? "" : composer(page, { key: root, placeholder: "Reply…", commands: false, send: (text, files) => page.say(text, files, root) }));
    pane.querySelector(".list").scrollTop = 1e9;
  }
  const found = page.world.messages.filter((each) => each.ts === root || each.thread_ts === root);
  pane.querySelector("h2").textContent = page.world.sessions[root]?.title || "Thread";
  fillList(pane.querySelector(".list"), dated(found, true), false);
  pane.querySelector(".status").replaceChildren(status_of(page, root) || "");
}

function draw() {
  const place = page.place();
  at("team").textContent = page.world.team?.name || "Slack";
  sidebar();
  if (!place) { at("head").replaceChildren(); at("composer").replaceChildren(); at("messages").replaceChildren(h("p", { class: "empty" }, "Choose a channel.")); return; }
  if (page.awaited && page.world.messages.some((each) => each.thread_ts === page.awaited && each.ts !== page.awaited)) { page.thread = page.awaited; page.awaited = ""; page.remember(); }
  heading(place);
  main(place);
  threadPane();
  showView(page);
}

const people = (await (await fetch("/people")).json()).people;
const seat = at("seat");
const teams = [...new Set(people.map((each) => each.team))];
const kind = (each) => (each.deleted ? " (deactivated)" : each.is_guest ? " (guest)" : each.is_stranger ? " (from elsewhere)" : "");
seat.append(...teams.map((team) => h("optgroup", { label: team }, people.filter((each) => each.team === team).map((each) => h("option", { value: each.id }, `${called(each)}${each.title ? `, ${each.title}` : ""}${kind(each)}`)))));
if (!people.some((each) => each.id === page.user)) page.user = people[0].id;
seat.value = page.user;
seat.addEventListener("change", () => { page.user = seat.value; page.world = { ...page.world, view: null, home: null }; page.entered.clear(); page.drawn.clear(); page.openPlace(page.world.places.find((each) => each.id === page.channel)?.kind === "im" ? "" : page.channel); });
listen();
