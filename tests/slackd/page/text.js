// Words: rich text, mrkdwn, Markdown and emoji, as nodes.
import { h, link, called } from "./dom.js";
import { clock, dated, exactly, typed } from "./times.js";

const EMOJI = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", eyes: "👀", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌",
  warning: "⚠️", tada: "🎉", rocket: "🚀", wave: "👋", pray: "🙏", fire: "🔥", heart: "❤️", joy: "😂", smile: "😄", slightly_smiling_face: "🙂",
  thinking_face: "🤔", raised_hands: "🙌", clap: "👏", bell: "🔔", no_bell: "🔕", mag: "🔍", memo: "📝", phone: "☎️", email: "📧", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵", large_orange_circle: "🟠",
  white_circle: "⚪", black_circle: "⚫", rotating_light: "🚨", wrench: "🔧", hammer_and_wrench: "🛠️", satellite: "🛰️", satellite_antenna: "📡",
  bulb: "💡", lock: "🔒", key: "🔑", moneybag: "💰", receipt: "🧾", chart_with_upwards_trend: "📈", bar_chart: "📊", calendar: "📅", ticket: "🎫",
  information_source: "ℹ️", question: "❓", exclamation: "❗", arrow_right: "➡️", leftwards_arrow_with_hook: "↩️", stopwatch: "⏱️", robot_face: "🤖", sos: "🆘",
};
export const PICK = ["+1", "eyes", "white_check_mark", "tada", "heart", "joy", "pray", "x"];

export function emoji(name) {
  return EMOJI[name.split("::")[0]] || `:${name}:`;
}

export const decoded = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
export const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export function mention(world, id) {
  const own = id === world.me ? "mention own" : "mention";
  return h("span", { class: own }, `@${called(world.people?.[id], id)}`);
}

function place(world, id) {
  return h("span", { class: "mention" }, `#${world.places?.find((each) => each.id === id)?.name || id}`);
}

function date(stamp, format, fallback) {
  const at = new Date(stamp * 1000);
  if (Number.isNaN(at.getTime())) return fallback || "";
  const long = dated(stamp), short = dated(stamp, "short"), time = clock(stamp);
  const known = { date_num: typed(stamp).slice(0, 10), date: long, date_long: long, date_short: short, date_pretty: long, date_short_pretty: short, date_long_pretty: long, time, time_secs: exactly(stamp), ago: long, day_divider_pretty: long };
  return (format || "{date} {time}").replace(/\{(\w+)\}/g, (whole, name) => known[name] ?? whole);
}

function live(world, inside) {
  const [what, label] = inside.split("|");
  if (what.startsWith("@")) return mention(world, what.slice(1));
  if (what.startsWith("#")) return place(world, what.slice(1));
  if (what.startsWith("!subteam^")) return h("span", { class: "mention" }, `@${world.groups?.[what.slice(9)] || label || "group"}`);
  if (what.startsWith("!date^")) { const [, stamp, format] = what.split("^"); return date(Number(stamp), format, label); }
  if (what.startsWith("!")) return h("span", { class: "mention" }, `@${label || what.slice(1)}`);
  return link(decoded(what), label && decoded(label));
}

const MRKDWN = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\d*])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\d*])|(?<![\p{L}\d_])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\d_])|(?<![\p{L}\d~])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\d~])|:([a-z0-9_+-]+(?:::[a-z0-9-]+)?):/gu;

function inline(world, text) {
  const found = [];
  let at = 0;
  for (const hit of text.matchAll(MRKDWN)) {
    found.push(decoded(text.slice(at, hit.index)));
    const [, block, code, inside, bold, italic, strike, name] = hit;
    if (block !== undefined) found.push(h("pre", {}, decoded(block.replace(/^\n/, ""))));
    else if (code !== undefined) found.push(h("code", {}, decoded(code)));
    else if (inside !== undefined) found.push(live(world, inside));
    else if (bold !== undefined) found.push(h("strong", {}, inline(world, bold)));
    else if (italic !== undefined) found.push(h("em", {}, inline(world, italic)));
    else if (strike !== undefined) found.push(h("s", {}, inline(world, strike)));
    else found.push(emoji(name));
    at = hit.index + hit[0].length;
  }
  return [...found, decoded(text.slice(at))];
}

export function mrkdwn(world, text) {
  const parts = [];
  let quoted = [];
  const flush = () => { if (quoted.length) parts.push(h("blockquote", {}, inline(world, quoted.join("\n")))); quoted = []; };
  let plain = [];
  const flow = () => { if (plain.length) parts.push(h("span", { class: "lines" }, inline(world, plain.join("\n")))); plain = []; };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) { flow(); quoted.push(quote[1]); } else { flush(); plain.push(line); }
  }
  flush(); flow();
  return parts;
}

export function words(world, object) {
  if (!object) return [];
  if (typeof object === "string") return [object];
  if (object.type === "mrkdwn") return mrkdwn(world, object.text);
  if (object.type?.startsWith("rich_text")) return richText(world, object);
  if (object.type === "plain_text") return [object.text.replace(/:([a-z0-9_+-]+):/g, (_whole, name) => emoji(name))];
  return [object.text ?? ""];
}

function styled(node, style = {}) {
  let found = node;
  if (style.code) found = h("code", {}, found);
  if (style.bold) found = h("strong", {}, found);
  if (style.italic) found = h("em", {}, found);
  if (style.strike) found = h("s", {}, found);
  if (style.underline) found = h("u", {}, found);
  return found;
}

function piece(world, part) {
  const kinds = {
    text: () => part.text,
    link: () => link(part.url, part.text),
    user: () => mention(world, part.user_id),
    channel: () => place(world, part.channel_id),
    usergroup: () => h("span", { class: "mention" }, `@${world.groups?.[part.usergroup_id] || part.usergroup_id}`),
    broadcast: () => h("span", { class: "mention" }, `@${part.range}`),
    emoji: () => emoji(part.name),
    date: () => date(part.timestamp, part.format, part.fallback),
    color: () => part.value,
  };
  return styled((kinds[part.type] || (() => part.text || ""))(), part.style);
}

export function richText(world, block) {
  return (block.elements || []).map((part) => richPart(world, part));
}

function richPart(world, part) {
  const inside = (part.elements || []).map((each) => (each.elements ? richPart(world, each) : piece(world, each)));
  if (part.type === "rich_text_list") {
    const items = part.elements.map((each) => h("li", {}, (each.elements || []).map((one) => piece(world, one))));
    return h(part.style === "ordered" ? "ol" : "ul", { class: `indent${part.indent || 0}` }, items);
  }
  if (part.type === "rich_text_quote") return h("blockquote", {}, inside);
  if (part.type === "rich_text_preformatted") return h("pre", {}, inside);
  return h("div", { class: "lines" }, inside);
}

const MARKS = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|<([^<>\n]+)>|\*\*(.+?)\*\*|(?<![\p{L}\d_])_(.+?)_(?![\p{L}\d_])|\*([^*\s][^*]*)\*|~~(.+?)~~|:([a-z0-9_+-]+):|\\([\\`*_{}[\]()#+.!|<>~-])/gu;

function spans(world, text) {
  const found = [];
  let at = 0;
  for (const hit of text.matchAll(MARKS)) {
    found.push(decoded(text.slice(at, hit.index)));
    const [, code, label, url, inside, bold, under, star, strike, name, literal] = hit;
    if (code) found.push(h("code", {}, code));
    else if (label) found.push(link(url, label));
    else if (inside) found.push(live(world, inside));
    else if (bold) found.push(h("strong", {}, spans(world, bold)));
    else if (under || star) found.push(h("em", {}, spans(world, under || star)));
    else if (strike) found.push(h("s", {}, spans(world, strike)));
    else found.push(literal || emoji(name));
    at = hit.index + hit[0].length;
  }
  return [...found, decoded(text.slice(at))];
}

// The Markdown of a markdown block: headings, lists, quotes, code and tables.
export function markdown(world, text) {
  const out = [], lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at], take = (test) => { const got = []; while (at < lines.length && test(lines[at])) { got.push(lines[at]); at += 1; } at -= 1; return got; };
    const head = /^(#{1,6})\s+(.*)$/.exec(line);
    if (!line.trim()) continue;
    if (line.startsWith("```")) {
      at += 1;
      const code = take((each) => !each.startsWith("```"));
      at += 1;
      out.push(h("pre", {}, code.join("\n")));
    } else if (head) out.push(h("p", { class: "heading" }, spans(world, head[2])));
    else if (/^(-{3,}|\*{3,})$/.test(line.trim())) out.push(h("hr"));
    else if (line.startsWith(">")) out.push(h("blockquote", { class: "lines" }, spans(world, take((each) => each.startsWith(">")).map((each) => each.replace(/^> ?/, "")).join("\n"))));
    else if (/^\s*[-*+] /.test(line)) out.push(h("ul", {}, take((each) => /^\s*[-*+] /.test(each)).map((each) => h("li", {}, spans(world, each.replace(/^\s*[-*+] /, ""))))));
    else if (/^\s*\d+[.)] /.test(line)) out.push(h("ol", { start: /\d+/.exec(line)[0] }, take((each) => /^\s*\d+[.)] /.test(each)).map((each) => h("li", {}, spans(world, each.replace(/^\s*\d+[.)] /, ""))))));
    else if (line.includes("|") && /^[\s|:-]+$/.test(lines[at + 1] || "")) {
      const cells = (each) => each.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => spans(world, cell.trim().replaceAll("\\|", "|")));
      const rows = take((each) => each.includes("|"));
      out.push(h("table", { class: "grid" }, h("thead", {}, h("tr", {}, cells(rows[0]).map((cell) => h("th", { scope: "col" }, cell)))),
        h("tbody", {}, rows.slice(2).map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, cell)))))));
    } else out.push(h("p", { class: "lines" }, spans(world, take((each) => each.trim() && !/^(#{1,6}\s|```|>|\s*[-*+] |\s*\d+[.)] )/.test(each)).join("\n"))));
  }
  return out;
}
