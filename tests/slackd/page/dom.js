// Building the page: only nodes and text, never markup from strings.

export function h(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  fill(node, props);
  node.append(...kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

export function svg(tag, props = {}, ...kids) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, String(value));
  node.append(...kids.flat());
  return node;
}

function fill(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value") node.value = value;
    else if (name === "tint") node.style.setProperty("--tint", value);
    else node.setAttribute(name, value === true ? "" : value);
  }
}

// Links lead to the web or to mail; anything else (javascript:, data:) is shown as text.
export function link(url, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return h("span", {}, label || url);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label || url);
}

// Follow a button's address, if it is one of the web.
export function visit(url) {
  if (/^https?:\/\//i.test(url || "")) window.open(url, "_blank", "noopener,noreferrer");
}

export function called(person, id = "") {
  if (!person) return id;
  return person.is_bot ? title(person.name) : title(person.name.replace(/[._]/g, " "));
}

function title(words) {
  return words.replace(/(^|\s)\p{L}/gu, (letter) => letter.toUpperCase());
}

const TINTS = ["#4a154b", "#1264a3", "#2f7d5b", "#b3541e", "#7d3c98", "#0b6e75", "#8a6d00", "#a3304b"];

export function avatar(person, id) {
  const name = called(person, id);
  const sum = [...id].reduce((all, each) => all + each.codePointAt(0), 0);
  const letters = name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("");
  const shape = person?.is_bot ? "avatar app" : "avatar";
  return h("span", { class: shape, tint: TINTS[sum % TINTS.length], "aria-hidden": "true" }, person?.is_bot ? "◎" : letters);
}

export function toast(words) {
  const box = document.getElementById("toasts");
  const said = h("div", { class: "toast" }, words, h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => said.remove() }, "×"));
  box.append(said);
  setTimeout(() => said.remove(), 9000);
}

// A question with two answers; resolves to whether the person agreed.
export function confirmed(asked) {
  if (!asked) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (agreed) => { box.close(); box.remove(); resolve(agreed); };
    const style = asked.style === "danger" ? "danger" : "primary";
    const box = h("dialog", { class: "confirm", "aria-label": asked.title?.text || "Please confirm", oncancel: (event) => { event.preventDefault(); answer(false); } },
      h("h2", {}, asked.title?.text || ""), h("p", {}, asked.text?.text || ""),
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => answer(false) }, asked.deny?.text || "Cancel"),
        h("button", { type: "button", class: style, onclick: () => answer(true) }, asked.confirm?.text || "Yes")));
    document.getElementById("dialogs").append(box);
    box.showModal();
  });
}

// A menu under a button: [{label, run}], closed by Escape, by a choice or by going elsewhere.
export function menu(button, items, label) {
  document.querySelector(".menu")?.remove();
  const close = (back = true) => { box.remove(); button.setAttribute("aria-expanded", "false"); if (back) button.focus(); };
  const box = h("div", { class: "menu", role: "menu", "aria-label": label }, items.map((item) =>
    h("button", { type: "button", role: "menuitem", class: item.danger ? "danger-text" : "", onclick: () => { close(); item.run(); } }, item.label, item.note ? h("small", {}, item.note) : null)));
  box.addEventListener("keydown", (event) => {
    const all = [...box.children], at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { all.at((at + step) % all.length).focus(); event.preventDefault(); }
    if (event.key === "Escape") { close(); event.stopPropagation(); event.preventDefault(); }
  });
  box.addEventListener("focusout", (event) => { if (event.relatedTarget && !box.contains(event.relatedTarget)) close(false); });
  const host = button.closest("dialog") || document.body, place = button.getBoundingClientRect();
  host.append(box);
  const top = place.bottom + box.offsetHeight > innerHeight ? place.top - box.offsetHeight - 4 : place.bottom + 4;
  box.style.left = `${Math.max(8, Math.min(place.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, top)}px`;
  button.setAttribute("aria-expanded", "true");
  box.firstElementChild?.focus();
  setTimeout(() => document.addEventListener("pointerdown", (event) => { if (!box.contains(event.target)) box.remove(); }, { once: true }));
}
