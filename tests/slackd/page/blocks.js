// Block Kit: every block as nodes. `ctx` as in elements.js.
import { h, link } from "./dom.js";
import { moment } from "./times.js";
import { icon } from "./icons.js";
import { words, markdown, richText, mrkdwn } from "./text.js";
import { element } from "./elements.js";
import { plainTable, dataTable, chart } from "./figures.js";

export function blocks(ctx, list) {
  return (list || []).map((block) => one(ctx, block));
}

function one(ctx, block) {
  const draw = DRAWN[block.type];
  const node = draw ? draw(ctx, block) : h("div", { class: "note" }, `(${block.type})`);
  node.classList?.add("block", `block-${block.type}`);
  return node;
}

export function image(ctx, part) {
  const file = part.slack_file?.id || /files-pri\/\w+-(\w+)/.exec(part.slack_file?.url || "")?.[1];
  if (file) return h("img", { src: ctx.file(file), alt: part.alt_text || "", loading: "lazy" });
  return h("span", { class: "elsewhere" }, icon("picture"), " ", link(part.image_url || "", part.alt_text || "picture"));
}

function section(ctx, block) {
  const body = h("div", { class: "body" }, words(ctx.world, block.text), block.fields ? h("div", { class: "fields" }, block.fields.map((each) => h("div", {}, words(ctx.world, each)))) : null);
  if (!block.accessory) return h("div", {}, body);
  return h("div", { class: "with-accessory" }, body, h("div", { class: "accessory" }, block.accessory.type === "image" ? image(ctx, block.accessory) : element(ctx, block, block.accessory)));
}

function context(ctx, block) {
  return h("div", {}, block.elements.map((each) => (each.type === "image" ? image(ctx, each) : h("span", {}, words(ctx.world, each)))));
}

function picture(ctx, block) {
  return h("figure", {}, block.title ? h("figcaption", {}, words(ctx.world, block.title)) : null, image(ctx, block));
}

function input(ctx, block) {
  const name = block.label?.text || "";
  const wrong = ctx.errors?.[block.block_id];
  const made = element({ ...ctx, label: name }, block, block.element);
  const field = made?.querySelector?.("input,select,textarea") || made;
  if (wrong) { field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-errormessage", `wrong-${block.block_id}`); }
  return h("div", { class: wrong ? "wrong" : "" }, h("div", { class: "label" }, words(ctx.world, block.label), block.optional ? h("span", { class: "note" }, " (optional)") : null), made,
    wrong ? h("div", { class: "complaint", id: `wrong-${block.block_id}`, role: "alert" }, wrong) : null, block.hint ? h("div", { class: "note" }, words(ctx.world, block.hint)) : null);
}

const LEVELS = { info: "i", warning: "!", error: "✕", success: "✓", default: "•" };

function alert(ctx, block) {
  const level = block.level || "default";
  return h("div", { class: level, role: "note" }, h("span", { class: "level", role: "img", "aria-label": level }, LEVELS[level]), h("div", {}, words(ctx.world, block.text)));
}

function card(ctx, block) {
  return h("div", {}, block.hero_image ? image(ctx, block.hero_image) : null, block.icon ? image(ctx, block.icon) : null,
    block.title ? h("strong", {}, words(ctx.world, block.title)) : null, block.subtitle ? h("div", { class: "note" }, words(ctx.world, block.subtitle)) : null,
    block.body ? h("div", {}, words(ctx.world, block.body)) : null, block.actions ? h("div", { class: "row" }, block.actions.map((each) => element(ctx, block, each))) : null);
}

function container(ctx, block) {
  const head = [h("strong", {}, words(ctx.world, block.title || block.rich_text_title)), block.subtitle ? h("span", { class: "note" }, words(ctx.world, block.subtitle)) : null];
  const inside = blocks(ctx, block.child_blocks);
  if (block.is_collapsible) return h("details", { open: !block.default_collapsed }, h("summary", {}, head), inside);
  return h("div", {}, h("div", { class: block.has_header_divider ? "divided" : "" }, head), inside);
}

const SIGNS = { pending: "○", in_progress: "◌", complete: "✓", error: "✕" };
const SAID = { pending: "waiting", in_progress: "running", complete: "done", error: "failed" };

function task(ctx, block) {
  const more = [block.details, block.output].filter(Boolean).map((each) => h("div", {}, typeof each === "string" ? each : richText(ctx.world, each)));
  const sources = block.sources?.length ? h("div", { class: "row" }, block.sources.map((each) => link(each.url, each.text))) : null;
  const head = [h("span", { class: `sign ${block.status}`, role: "img", "aria-label": SAID[block.status] || "" }, SIGNS[block.status] || "○"), " ", block.title];
  if (!more.length && !sources) return h("div", {}, h("div", { class: "task-title" }, head));
  return h("details", { open: block.status !== "complete" }, h("summary", { class: "task-title" }, head), more, sources);
}

function plan(ctx, block) {
  const done = (block.tasks || []).filter((each) => each.status === "complete").length;
  return h("details", { open: true }, h("summary", {}, h("strong", {}, words(ctx.world, block.title)), h("span", { class: "note" }, ` ${done} of ${block.tasks?.length || 0} done`)), (block.tasks || []).map((each) => { const made = task(ctx, each); made.classList.add("block-task_card"); return made; }));
}

function video(ctx, block) {
  return h("div", {}, "▶ ", link(block.title_url || block.video_url, block.title?.text), h("div", { class: "note" }, words(ctx.world, block.description)));
}

function auth(ctx, block) {
  return h("div", {}, h("strong", {}, block.name || ""), " ", block.is_connected ? "connected" : link(block.auth_url || "", "Connect"));
}

const row = (ctx, block) => h("div", {}, block.elements.map((each) => element(ctx, block, each)));

const DRAWN = {
  section, context, input, alert, card, container, plan, video, auth_provider: auth, image: picture, task_card: task,
  actions: row, context_actions: row,
  header: (ctx, block) => h("h3", {}, words(ctx.world, block.text)),
  divider: () => h("hr"),
  rich_text: (ctx, block) => h("div", {}, richText(ctx.world, block)),
  markdown: (ctx, block) => h("div", {}, markdown(ctx.world, block.text)),
  table: (ctx, block) => plainTable(ctx.world, block),
  data_table: (ctx, block) => dataTable(ctx.world, block),
  data_visualization: (_ctx, block) => chart(block),
  carousel: (ctx, block) => h("div", { tabindex: "0", role: "group", "aria-label": "Cards" }, block.elements.map((each) => { const made = card(ctx, each); made.classList.add("block-card"); return made; })),
  file: (_ctx, block) => h("div", {}, icon("file"), ` ${block.external_id || ""}`),
};

// What an app shows of a link: its blocks, or a work object with its fields.
export function attachment(ctx, part) {
  const work = part.work_object_entity;
  const inside = work ? entity(ctx, part, work) : [part.title ? h("div", {}, part.title_link ? link(part.title_link, part.title) : h("strong", {}, part.title)) : null, part.text ? h("div", {}, mrkdwn(ctx.world, part.text)) : null, blocks(ctx, part.blocks)];
  return h("div", { class: "attachment" }, inside, part.is_app_unfurl ? h("div", { class: "note" }, "shown by the app") : null);
}

const NAMES = { date_created: "Created", date_updated: "Updated", created_by: "Created by", assigned_to: "Assigned to", due_date: "Due" };

export function facts(ctx, work) {
  const own = Object.entries(work.entity_payload.fields || {}).map(([key, each]) => ({ label: each.label || NAMES[key] || key[0].toUpperCase() + key.slice(1), ...each, dated: key.startsWith("date_") }));
  return h("dl", {}, [...own, ...(work.entity_payload.custom_fields || [])].map((each) => [h("dt", {}, each.label), h("dd", {}, each.user ? each.user.text || `@${each.user.user_id}` : each.dated ? moment(each.value) : String(each.value ?? ""))]));
}

function entity(ctx, part, work) {
  const payload = work.entity_payload, title = payload.attributes?.title?.text || "";
  const buttons = [...(payload.actions?.primary_actions || []), ...(payload.actions?.overflow_actions || [])];
  return [h("button", { type: "button", class: "link", onclick: () => ctx.details?.(part) }, title), h("div", { class: "note" }, payload.attributes?.display_type || work.entity_type.split("/").at(-1)), facts(ctx, work),
    buttons.length ? h("div", { class: "row" }, buttons.map((each) => element(ctx, { block_id: null }, { type: "button", ...each, text: typeof each.text === "string" ? { text: each.text, type: "plain_text" } : each.text }))) : null];
}
