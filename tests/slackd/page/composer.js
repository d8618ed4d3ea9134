// Where one writes: mentions, commands, files, and what was half written in each place.
import { h, called, toast } from "./dom.js";
import { icon } from "./icons.js";

const drafts = new Map();

export function composer(page, { key, placeholder, send, commands }) {
  const list = h("ul", { role: "listbox", class: "suggested above", id: `list-${key}`, hidden: true });
  const field = h("textarea", { rows: 1, placeholder, "aria-label": placeholder, role: "combobox", "aria-expanded": "false", "aria-controls": `list-${key}`, value: drafts.get(key)?.text || "" });
  const files = drafts.get(key)?.files || [];
  const attached = h("div", { class: "chips" });
  let found = [], at = 0;

  const keep = () => drafts.set(key, { text: field.value, files });
  const grow = () => { field.style.height = "auto"; field.style.height = `${Math.min(field.scrollHeight, 220)}px`; };
  const close = () => { list.hidden = true; found = []; field.setAttribute("aria-expanded", "false"); };
  const mark = () => [...list.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === at)));
  const take = (one) => { const before = field.value.slice(0, field.selectionStart).replace(one.over, one.text); field.value = before + field.value.slice(field.selectionStart); field.selectionStart = field.selectionEnd = before.length; close(); keep(); field.focus(); };
  const look = () => {
    found = suggestions(page, field.value.slice(0, field.selectionStart), commands);
    at = 0;
    list.replaceChildren(...found.map((one, number) => h("li", { role: "option", "aria-selected": String(number === 0), onpointerdown: (event) => { event.preventDefault(); take(one); } }, h("strong", {}, one.shown), h("small", {}, one.note || ""))));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };
  const show = () => attached.replaceChildren(...files.map((file, number) => h("span", { class: "chip" }, file.name, h("button", { type: "button", class: "quiet", "aria-label": `Take ${file.name} away`, onclick: () => { files.splice(number, 1); show(); } }, "×"))));
  const go = async () => {
    const text = field.value.trim();
    if (!text && !files.length) return;
    const sent = [...files];
    field.value = ""; files.length = 0; drafts.delete(key); show(); grow();
    if (!(await send(text, sent))) { field.value = field.value || text; keep(); grow(); }
  };
  field.addEventListener("input", () => { keep(); grow(); look(); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (!list.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) { at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length; mark(); event.preventDefault(); return; }
    if (!list.hidden && (event.key === "Tab" || (event.key === "Enter" && field.value.slice(0, field.selectionStart) !== found[at].exact))) { take(found[at]); event.preventDefault(); return; }
    if (event.key === "Escape" && !list.hidden) { close(); event.stopPropagation(); return; }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); close(); go(); }
  });
  const chooser = h("input", { type: "file", multiple: true, hidden: true, onchange: async () => { for (const file of chooser.files) files.push({ name: file.name, base64: await base64(file) }); chooser.value = ""; keep(); show(); field.focus(); } });
  show();
  requestAnimationFrame(grow);
  return h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); go(); } }, list, attached, field,
    h("div", { class: "row" }, h("button", { type: "button", class: "quiet", title: "Attach files", "aria-label": "Attach files", onclick: () => chooser.click() }, "+"), chooser,
      h("button", { type: "button", class: "quiet", title: "Mention someone", "aria-label": "Mention someone", onclick: () => { field.focus(); field.setRangeText("@", field.selectionStart, field.selectionEnd, "end"); look(); } }, "@"),
      page.world.shortcuts.some((each) => each.type === "global") && commands ? h("button", { type: "button", class: "quiet", title: "Shortcuts", "aria-label": "Shortcuts", "aria-haspopup": "menu", onclick: (event) => page.shortcuts(event.currentTarget) }, icon("bolt")) : null,
      h("span", { class: "note" }, "Enter sends, Shift and Enter begins a line"), h("button", { type: "submit", class: "primary send", "aria-label": "Send" }, icon("send"))));
}

function suggestions(page, before, commands) {
  const { world } = page;
  const slash = /^\/\S*$/.exec(before);
  if (slash && commands) return world.commands.filter((each) => each.command.startsWith(slash[0])).map((each) => ({ shown: `${each.command} ${each.usage_hint || ""}`, note: each.description, over: /\/\S*$/, text: `${each.command} `, exact: each.command }));
  const word = /(^|\s)([@#])([\w. -]{0,30})$/.exec(before);
  if (!word) return [];
  const wanted = word[3].toLowerCase(), over = new RegExp(`${word[2]}${word[3].replace(/[.]/g, "\\.")}$`);
  const names = word[2] === "#" ? world.places.filter((each) => each.kind === "channel" || each.kind === "group").map((each) => each.name) : [...Object.entries(world.people).filter(([, each]) => !each.deleted).map(([id, each]) => called(each, id)), ...Object.values(world.groups)];
  return names.filter((name) => name.toLowerCase().split(" ").some((part) => part.startsWith(wanted)) || name.toLowerCase().startsWith(wanted)).slice(0, 8).map((name) => ({ shown: word[2] + name, over, text: `${word[2]}${name} ` }));
}

async function base64(file) {
  if (file.size > 5_000_000) { toast(`${file.name} is above 5 MB, which is more than this page sends.`); return ""; }
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
