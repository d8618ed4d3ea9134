// Tables that sort and turn pages, and charts drawn as SVG.
import { h, svg } from "./dom.js";
import { words } from "./text.js";

const SHORT = 20;  // a cell of at most so many characters is not broken into lines
const amount = (value) => (Math.abs(value) >= 10000 ? Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(value) : Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(value));

function cellText(cell) {
  if (cell.type === "rich_text") return JSON.stringify(cell.elements).replace(/"\w+":|[^\p{L}\p{N} .-]/gu, "");
  return cell.text ?? String(cell.value ?? "");
}

const cellOf = (world, cell) => (cell.type === "rich_text" ? words(world, cell) : cell.text ?? String(cell.value ?? ""));
const weight = (cell) => (cell.type === "raw_number" ? cell.value : cellText(cell));

export function plainTable(world, block) {
  const settings = block.column_settings || [];
  const look = (at) => `${settings[at]?.align || "left"}${settings[at]?.is_wrapped ? "" : " nowrap"}`;
  const [first, ...rest] = block.rows;
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, first.map((cell, at) => h("th", { scope: "col", class: look(at) }, cellOf(world, cell))))),
    h("tbody", {}, rest.map((row) => h("tr", {}, row.map((cell, at) => h("td", { class: look(at) }, cellOf(world, cell))))))));
}

export function dataTable(world, block) {
  const [head, ...all] = block.rows, size = block.page_size || 5;
  const shown = { page: 0, by: -1, down: false, filter: "" };
  const box = h("div", { class: "data-table" });
  const draw = () => {
    const wanted = shown.filter.toLowerCase();
    const kept = all.filter((row) => !wanted || row.some((cell) => cellText(cell).toLowerCase().includes(wanted)));
    if (shown.by >= 0) kept.sort((a, b) => { const [x, y] = [weight(a[shown.by]), weight(b[shown.by])]; return (x < y ? -1 : x > y ? 1 : 0) * (shown.down ? -1 : 1); });
    const pages = Math.max(1, Math.ceil(kept.length / size));
    shown.page = Math.min(shown.page, pages - 1);
    const from = shown.page * size, part = kept.slice(from, from + size);
    const numeric = head.map((_cell, at) => all.some((row) => row[at].type === "raw_number"));
    table.replaceChildren(h("thead", {}, h("tr", {}, head.map((cell, at) => h("th", { scope: "col", class: numeric[at] ? "right" : "", "aria-sort": shown.by === at ? (shown.down ? "descending" : "ascending") : "none" },
        h("button", { type: "button", class: "sort", onclick: () => { shown.down = shown.by === at && !shown.down; shown.by = at; draw(); table.querySelectorAll("th button")[at].focus(); } }, cellOf(world, cell), shown.by === at ? (shown.down ? " ↓" : " ↑") : ""))))),
      h("tbody", {}, part.map((row) => h("tr", {}, row.map((cell, at) => h(at === (block.row_header_column_index || 0) ? "th" : "td", { class: `${numeric[at] ? "right " : ""}${cellText(row[at]).length <= SHORT ? "nowrap" : ""}`, ...(at === (block.row_header_column_index || 0) ? { scope: "row" } : {}) }, cellOf(world, cell)))))));
    const go = (step) => { shown.page += step; draw(); };
    foot.replaceChildren(kept.length ? `${from + 1} to ${from + part.length} of ${kept.length}` : "nothing matches",
      pages > 1 ? h("button", { type: "button", disabled: shown.page === 0, "aria-label": "Previous page", onclick: () => go(-1) }, "‹") : "",
      pages > 1 ? h("button", { type: "button", disabled: shown.page === pages - 1, "aria-label": "Next page", onclick: () => go(1) }, "›") : "");
  };
  const table = h("table", { class: "grid", "aria-label": block.caption || "Table" }), foot = h("div", { class: "foot", "aria-live": "polite" });
  const search = all.length > size ? h("input", { type: "search", placeholder: "Filter", "aria-label": `Filter ${block.caption || "the table"}`, oninput: (event) => { shown.filter = event.target.value; shown.page = 0; draw(); } }) : null;
  box.append(block.caption ? h("div", { class: "caption" }, block.caption) : "", h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": block.caption || "Table" }, table), h("div", { class: "under" }, foot, search || ""));
  draw();
  return box;
}

const INKS = ["#1264a3", "#e8912d", "#2eb67d", "#e01e5a", "#7d5bbe", "#36c5f0", "#8a6d00", "#a3304b", "#4a7c59", "#616061", "#b3541e", "#0b6e75"];
const W = 560, H = 240, LEFT = 56, BOTTOM = 44, TOP = 12, RIGHT = 12;

export function chart(block) {
  const drawn = block.chart.type === "pie" ? pie(block.chart) : axes(block.chart);
  const label = `${block.title}, ${block.chart.type} chart`;
  return h("figure", { class: "chart", "aria-label": label }, h("figcaption", {}, block.title), drawn.legend ? legend(drawn.legend) : null, drawn.node, asTable(block));
}

function legend(names) {
  return h("ul", { class: "legend" }, names.map((name, at) => h("li", { tint: INKS[at % INKS.length] }, name)));
}

function asTable(block) {
  const { chart: of } = block;
  const rows = of.type === "pie" ? of.segments.map((each) => [each.label, each.value]) : of.axis_config.categories.map((name, at) => [name, ...of.series.map((each) => each.data[at]?.value)]);
  const head = of.type === "pie" ? ["", "Value"] : [of.axis_config.x_label || "", ...of.series.map((each) => each.name)];
  return h("details", {}, h("summary", {}, "Show as a table"), h("div", { class: "scroll" }, h("table", { class: "grid" }, h("thead", {}, h("tr", {}, head.map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((each, at) => (at ? h("td", { class: "right" }, amount(each)) : h("th", { scope: "row" }, String(each))))))))));
}

function pie(of) {
  const total = of.segments.reduce((sum, each) => sum + each.value, 0);
  let turned = -Math.PI / 2;
  const at = (angle, r = 100) => `${(120 + r * Math.cos(angle)).toFixed(2)} ${(120 + r * Math.sin(angle)).toFixed(2)}`;
  const slices = of.segments.map((each, number) => {
    const wide = (each.value / total) * 2 * Math.PI, from = turned, ink = INKS[number % INKS.length];
    turned += wide;
    const tip = svg("title", {}, `${each.label}: ${amount(each.value)} (${Math.round((each.value / total) * 100)} %)`);
    if (of.segments.length === 1) return svg("circle", { cx: 120, cy: 120, r: 100, fill: ink }, tip);
    return svg("path", { d: `M120 120 L${at(from)} A100 100 0 ${wide > Math.PI ? 1 : 0} 1 ${at(turned)} Z`, fill: ink, class: "slice" }, tip);
  });
  const names = of.segments.map((each) => `${each.label} ${Math.round((each.value / total) * 100)} %`);
  return { node: svg("svg", { viewBox: "0 0 240 240", class: "pie", role: "img" }, slices), legend: names };
}

function scale(of) {
  const every = of.series.flatMap((each) => each.data.map((point) => point.value));
  const low = Math.min(0, ...every), high = Math.max(0, ...every, low + 1e-9);
  const raw = (high - low) / 4, unit = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * unit).find((each) => each >= raw) || 1;
  const from = Math.floor(low / step) * step, to = Math.max(Math.ceil(high / step) * step, from + step);
  const ticks = [];
  for (let tick = from; tick <= to + step / 2; tick += step) ticks.push(tick);
  return { ticks, y: (value) => H - BOTTOM - ((value - from) / (to - from)) * (H - BOTTOM - TOP) };
}

function axes(of) {
  const { ticks, y } = scale(of), names = of.axis_config.categories, each = (W - LEFT - RIGHT) / names.length;
  const x = (at) => LEFT + each * (at + 0.5);
  const lines = ticks.map((tick) => [svg("line", { x1: LEFT, x2: W - RIGHT, y1: y(tick), y2: y(tick), class: tick === 0 ? "zero" : "rule" }), svg("text", { x: LEFT - 6, y: y(tick) + 4, class: "tick end" }, amount(tick))]);
  const every = Math.max(1, Math.ceil(names.length / 10));
  const below = names.map((name, at) => (at % every ? "" : svg("text", { x: x(at), y: H - BOTTOM + 16, class: "tick mid" }, name.length > 12 ? `${name.slice(0, 11)}…` : name)));
  const titles = [of.axis_config.x_label ? svg("text", { x: (W + LEFT) / 2, y: H - 6, class: "tick mid" }, of.axis_config.x_label) : "", of.axis_config.y_label ? svg("text", { x: 12, y: H / 2 - 16, class: "tick mid", transform: `rotate(-90 12 ${H / 2 - 16})` }, of.axis_config.y_label) : ""];
  const marks = of.series.map((series, number) => (of.type === "bar" ? bars(series, number, of.series.length, { x, y, each }) : curve(series, number, of.type, { x, y })));
  const node = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "axes", role: "img" }, lines.flat(), below, titles, marks.flat());
  return { node, legend: of.series.length > 1 ? of.series.map((series) => series.name) : null };
}

const tip = (series, point) => svg("title", {}, `${series.name}, ${point.label}: ${amount(point.value)}`);

function bars(series, number, many, { x, y, each }) {
  const wide = (each * 0.7) / many, ink = INKS[number % INKS.length];
  return series.data.map((point, at) => svg("rect", { x: x(at) - each * 0.35 + wide * number, width: Math.max(wide - 1, 1), y: Math.min(y(point.value), y(0)), height: Math.max(Math.abs(y(point.value) - y(0)), 0.5), rx: 2, fill: ink }, tip(series, point)));
}

function curve(series, number, kind, { x, y }) {
  const ink = INKS[number % INKS.length], path = series.data.map((point, at) => `${at ? "L" : "M"}${x(at).toFixed(1)} ${y(point.value).toFixed(1)}`).join(" ");
  const found = [svg("path", { d: path, fill: "none", stroke: ink, "stroke-width": 2 })];
  if (kind === "area") found.unshift(svg("path", { d: `${path} L${x(series.data.length - 1).toFixed(1)} ${y(0)} L${x(0).toFixed(1)} ${y(0)} Z`, fill: ink, opacity: 0.25 }));
  return [...found, ...series.data.map((point, at) => svg("circle", { cx: x(at), cy: y(point.value), r: 3, fill: ink }, tip(series, point)))];
}
