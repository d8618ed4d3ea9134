// Modals of the app, as a stack whose top is shown, and the panel of a work object.
import { h, toast } from "./dom.js";
import { blocks, facts } from "./blocks.js";

const kept = new Map();  // view id -> what was entered in it
let shown = "";

// What has been entered so far: `.get(block, part, raw)`, `.set(block, part, value, raw)`.
export function entries() {
  const found = new Map(), key = (block, part) => `${block.block_id}/${part.action_id}`;
  return {
    found,
    get: (block, part, raw) => { const one = found.get(key(block, part)); return raw ? one?.raw : one?.value; },
    set: (block, part, value, raw = value) => found.set(key(block, part), { value, raw }),
  };
}

export function showView(page, errors = {}) {
  const { view } = page.world, host = document.getElementById("dialogs");
  const now = view ? `${view.id} ${view.hash} ${JSON.stringify(errors)}` : "";
  if (now === shown) return;
  const focus = document.activeElement?.closest?.("dialog.view") ? document.activeElement.getAttribute("aria-label") : null;
  shown = now;
  host.querySelector("dialog.view")?.remove();
  if (!view) return;
  const box = draw(page, view, errors);
  host.append(box);
  box.showModal();
  const before = focus && [...box.querySelectorAll("[aria-label]")].find((each) => each.getAttribute("aria-label") === focus);
  (box.querySelector("[aria-invalid]") || before || box.querySelector("form input, form select, form textarea, form button"))?.focus();
}

function draw(page, view, errors) {
  if (!kept.has(view.id)) kept.set(view.id, entries());
  const entered = kept.get(view.id);
  const ctx = { ...page.viewContext(view), entered, errors };
  const inputs = new Set(view.blocks.filter((each) => each.type === "input" && !each.dispatch_action).map((each) => each.block_id));
  const act = ctx.act;
  ctx.act = (block, part, value) => (inputs.has(block.block_id) ? true : act(block, part, value));
  const close = () => page.move("close_view", {});
  const submit = async () => {
    button?.setAttribute("aria-busy", "true");
    const values = Object.fromEntries([...entered.found].filter(([name]) => view.blocks.some((each) => each.type === "input" && name.startsWith(`${each.block_id}/`))).map(([name, one]) => [name, one.value]));
    const seen = await page.move("submit", { values }, { quiet: true });
    button?.removeAttribute("aria-busy");
    if (!seen) return;
    if (Object.keys(seen.errors || {}).length) { if (seen.errors[""]) toast(seen.errors[""]); showView(page, seen.errors); } else if (seen.error) page.complain(seen.error);
  };
  const button = view.submit ? h("button", { type: "submit", class: "primary" }, view.submit.text) : null;
  return h("dialog", { class: "view", "aria-labelledby": "view-title", oncancel: (event) => { event.preventDefault(); close(); } },
    h("form", { method: "dialog", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } },
      h("header", {}, view.depth > 1 ? h("button", { type: "button", class: "quiet", "aria-label": "Back", onclick: close }, "‹") : null, h("h2", { id: "view-title" }, view.title?.text || ""), h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "×")),
      h("div", { class: "blocks" }, blocks(ctx, view.blocks)),
      h("footer", {}, h("span", { class: "note" }, view.app || ""), h("button", { type: "button", onclick: close }, view.close?.text || "Cancel"), button)));
}

export function showDetails(page, details) {
  const work = details.entity;
  const inside = work ? [h("h2", {}, work.entity_payload.attributes?.title?.text || ""), facts(page.contextOf({ ts: "" }), work)] : [h("h2", {}, "Details"), h("p", {}, details.error ? String(details.error.custom_message || details.error.status || "The app could not show this.") : "The app showed nothing.")];
  const box = h("dialog", { class: "view", "aria-label": "Details", onclose: () => box.remove() }, inside, h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => box.close() }, "Close")));
  document.getElementById("dialogs").append(box);
  box.showModal();
}
