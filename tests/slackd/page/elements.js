// What can be pressed, chosen and filled in. `ctx`: {world, act(block, element, value), suggest(block, element, query), entered, surface}.
import { h, called, confirmed, menu, toast, visit } from "./dom.js";
import { icon } from "./icons.js";
import { typed as zoned, untyped } from "./times.js";
import { words } from "./text.js";

const label = (object) => words({}, object);
const plain = (object) => object?.text || "";

export function element(ctx, block, part) {
  const make = MAKERS[part.type];
  if (!make) return h("span", { class: "note" }, `(${part.type})`);
  if (part.visible_to_user_ids && !part.visible_to_user_ids.includes(ctx.world.me)) return null;
  return make(ctx, block, part);
}

async function act(ctx, block, part, value, node) {
  if (!(await confirmed(part.confirm))) return false;
  node?.setAttribute("aria-busy", "true");
  try {
    return await ctx.act(block, part, value);
  } finally {
    node?.removeAttribute("aria-busy");
  }
}

function button(ctx, block, part) {
  const made = h("button", { type: "button", class: part.style || "", "aria-label": part.accessibility_label || null, onclick: () => { visit(part.url); act(ctx, block, part, null, made); } }, label(part.text));
  return made;
}

function iconButton(ctx, block, part) {
  const made = h("button", { type: "button", class: "quiet", title: plain(part.text), "aria-label": part.accessibility_label || plain(part.text), onclick: () => act(ctx, block, part, null, made) }, icon("trash"));
  return made;
}

function feedback(ctx, block, part) {
  const one = (side, sign) => {
    const of = part[`${side}_button`];
    const made = h("button", { type: "button", class: "quiet thumb", title: plain(of.text), "aria-label": of.accessibility_label || plain(of.text), onclick: async () => {
      if (await act(ctx, block, part, side, made)) { made.parentElement.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each === made))); }
    } }, icon(sign));
    return made;
  };
  return h("span", { class: "feedback" }, one("positive", "up"), one("negative", "down"));
}

function overflow(ctx, block, part) {
  const made = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More", onclick: () => menu(made, part.options.map((option) => ({
    label: plain(option.text), note: plain(option.description), run: () => { visit(option.url); act(ctx, block, part, option.value ?? plain(option.text), made); },
  })), "More") }, "⋯");
  return made;
}

const named = (ctx, part) => ctx.label || plain(part.placeholder) || "Choose";
const told = (ctx, block, part, value, node) => { ctx.entered.set(block, part, value); return act(ctx, block, part, value, node); };

function options(list, chosen) {
  return list.map((option) => h("option", { value: option.value ?? plain(option.text), selected: chosen.includes(option.value) }, plain(option.text) + (option.description ? ` (${plain(option.description)})` : "")));
}

function choices(ctx, part) {
  const { people, places } = ctx.world, kind = part.type.replace("multi_", "");
  const option = (value, text) => ({ value, text: { text } });
  const persons = Object.entries(people).filter(([, each]) => !each.deleted).map(([id, each]) => option(id, called(each, id)));
  const rooms = places.filter((each) => each.kind !== "im").map((each) => option(each.id, `#${each.name}`));
  if (kind === "users_select") return persons;
  if (kind === "channels_select") return rooms;
  return [...rooms, ...persons];
}

function select(ctx, block, part) {
  const known = ctx.entered.get(block, part);
  const start = known ?? part.initial_option?.value ?? part.initial_user ?? part.initial_channel ?? part.initial_conversation ?? "";
  const groups = part.option_groups?.map((group) => h("optgroup", { label: plain(group.label) }, options(group.options, [start])));
  const list = part.options || (groups ? [] : choices(ctx, part));
  const made = h("select", { "aria-label": named(ctx, part), onchange: () => told(ctx, block, part, made.value || null, made) }, h("option", { value: "" }, plain(part.placeholder) || "Choose…"), groups || options(list, [start]));
  made.value = start;
  return made;
}

function many(ctx, block, part) {
  const list = part.options || part.option_groups?.flatMap((group) => group.options) || choices(ctx, part);
  const first = part.initial_options?.map((each) => each.value) || part.initial_users || part.initial_channels || part.initial_conversations || [];
  return chips(ctx, block, part, first.map((value) => list.find((each) => each.value === value) || { value, text: { text: value } }), (add) => {
    const made = h("select", { "aria-label": named(ctx, part), onchange: () => { add(list.find((each) => (each.value ?? plain(each.text)) === made.value)); made.value = ""; } }, h("option", { value: "" }, plain(part.placeholder) || "Add…"), options(list, []));
    return made;
  }, (option) => option.value ?? plain(option.text));
}

// Several chosen things: each a chip that can be taken away, and `adder` to add one.
function chips(ctx, block, part, first, adder, value) {
  const kept = [...(ctx.entered.get(block, part, true) || first)];
  const row = h("span", { class: "chips" });
  const tell = () => { ctx.entered.set(block, part, kept.map(value), [...kept]); draw(); act(ctx, block, part, kept.map(value)); };
  const add = (option) => { if (option && !kept.some((each) => each.value === option.value)) { if (kept.length >= (part.max_selected_items || 1e9)) toast(`Choose at most ${part.max_selected_items}.`); else { kept.push(option); tell(); } } };
  const draw = () => row.replaceChildren(...kept.map((option, at) => h("span", { class: "chip" }, plain(option.text), h("button", { type: "button", class: "quiet", "aria-label": `Take ${plain(option.text)} away`, onclick: () => { kept.splice(at, 1); tell(); } }, "×"))));
  draw();
  return h("span", { class: "many" }, row, adder(add));
}

let numbers = 0;

// A menu whose options the app is asked for while one types.
function external(ctx, block, part) {
  const known = ctx.entered.get(block, part, true) ?? part.initial_option;
  return combobox(ctx, block, part, known ? plain(known.text) : "", (option, input) => { input.value = plain(option.text); ctx.entered.set(block, part, option, option); act(ctx, block, part, option, input); });
}

function combobox(ctx, block, part, start, choose) {
  const id = `suggested${(numbers += 1)}`, least = part.min_query_length ?? 3;
  let timer = 0, asked = 0, found = [], at = -1;
  const list = h("ul", { id, role: "listbox", class: "suggested", hidden: true });
  const input = h("input", { type: "text", role: "combobox", autocomplete: "off", value: start, placeholder: plain(part.placeholder) || `Type ${least || 1} letters`, "aria-label": named(ctx, part), "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" });
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); at = -1; input.removeAttribute("aria-activedescendant"); };
  const take = (option) => { close(); choose(option, input); };
  const mark = (next) => { at = next; [...list.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === at))); if (found[at]) { input.setAttribute("aria-activedescendant", `${id}-${at}`); list.children[at].scrollIntoView({ block: "nearest" }); } };
  const show = (seen) => {
    found = seen.options || [];
    list.replaceChildren(...(found.length ? found.map((option, number) => h("li", { id: `${id}-${number}`, role: "option", "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); take(option); } }, plain(option.text), option.description ? h("small", {}, plain(option.description)) : null)) : [h("li", { class: "note" }, seen.error ? "Could not load options" : "No results")]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const ask = async () => { const number = (asked += 1); if (input.value.length < least) { close(); return; } const seen = await ctx.suggest(block, part, input.value); if (number === asked && document.activeElement === input) show(seen); };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 250); });
  input.addEventListener("focus", () => { if (least === 0 && list.hidden) ask(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % (found.length || 1)); event.preventDefault(); }
    if (event.key === "Enter" && found[at]) { take(found[at]); event.preventDefault(); }
    if (event.key === "Escape") { close(); event.preventDefault(); event.stopPropagation(); }
  });
  return h("span", { class: "combo" }, input, list);
}

function manyExternal(ctx, block, part) {
  return chips(ctx, block, part, part.initial_options || [], (add) => combobox(ctx, block, part, "", (option, input) => { add(option); input.value = ""; }), (option) => option);
}

function checks(ctx, block, part) {
  const one = part.type === "radio_buttons", name = `of${(numbers += 1)}`;
  const first = one ? [part.initial_option?.value] : (part.initial_options || []).map((each) => each.value);
  const known = ctx.entered.get(block, part), chosen = known === undefined || known === null ? first : [known].flat();
  const box = h("span", { class: "checks", role: one ? "radiogroup" : "group", "aria-label": named(ctx, part) }, part.options.map((option) => h("label", {}, h("input", { type: one ? "radio" : "checkbox", name, value: option.value, checked: chosen.includes(option.value), onchange: () => {
    const on = [...box.querySelectorAll("input:checked")].map((each) => each.value);
    told(ctx, block, part, one ? on[0] ?? null : on);
  } }), h("span", {}, words(ctx.world, option.text), option.description ? h("small", {}, words(ctx.world, option.description)) : null))));
  return box;
}

function typed(ctx, block, part) {
  const kinds = { number_input: "text", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };
  const first = part.initial_value ?? part.initial_date ?? part.initial_time ?? (part.initial_date_time ? zoned(part.initial_date_time) : "");
  const known = ctx.entered.get(block, part, true);
  const long = part.multiline || part.type === "rich_text_input";
  const made = h(long ? "textarea" : "input", { ...(long ? { rows: 4 } : { type: kinds[part.type] || "text" }), placeholder: plain(part.placeholder), "aria-label": named(ctx, part), maxlength: part.max_length, inputmode: part.type === "number_input" ? "decimal" : null, autofocus: part.focus_on_load });
  made.value = known ?? (typeof first === "string" ? first : "");
  const read = () => (made.value === "" ? null : part.type === "datetimepicker" ? untyped(made.value) : part.type === "rich_text_input" ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: made.value }] }] } : made.value);
  made.addEventListener("input", () => ctx.entered.set(block, part, read(), made.value));
  if (part.type.includes("picker")) made.addEventListener("change", () => act(ctx, block, part, read(), made));
  const when = part.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  if (block.dispatch_action) made.addEventListener(when.includes("on_character_entered") ? "input" : "change", () => ctx.act(block, part, read()));
  return made;
}

function files() {
  return h("span", { class: "note" }, "Send files with a message instead: this page takes none in a dialog.");
}

const MAKERS = {
  button, workflow_button: button, icon_button: iconButton, feedback_buttons: feedback, overflow,
  static_select: select, users_select: select, channels_select: select, conversations_select: select,
  multi_static_select: many, multi_users_select: many, multi_channels_select: many, multi_conversations_select: many,
  external_select: external, multi_external_select: manyExternal, checkboxes: checks, radio_buttons: checks,
  plain_text_input: typed, number_input: typed, email_text_input: typed, url_text_input: typed, rich_text_input: typed,
  datepicker: typed, timepicker: typed, datetimepicker: typed, file_input: files,
};
