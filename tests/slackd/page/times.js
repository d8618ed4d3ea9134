// Hours and days as the person in this seat has them, wherever the browser is.
let zone = "UTC";

export function live(in_zone) { zone = in_zone || zone; }

const said = (ts, how) => new Date(ts * 1000).toLocaleString("en-GB", { timeZone: zone, ...how });

export const clock = (ts) => said(ts, { hour: "2-digit", minute: "2-digit" });
export const exactly = (ts) => said(ts, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const dated = (ts, month = "long") => said(ts, { day: "numeric", month, year: "numeric" });
export const moment = (ts) => said(ts, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

export function day(ts) {
  return dated(ts) === dated(Date.now() / 1000) ? "Today" : said(ts, { weekday: "long", day: "numeric", month: "long" });
}

// `2026-11-23T22:50` of a moment, as fields of a form have it; and the moment of that.
export function typed(ts) {
  return new Date(ts * 1000).toLocaleString("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).replace(" ", "T");
}

export function untyped(text) {
  const as_utc = (words) => Date.parse(`${words}Z`) / 1000, guess = as_utc(text);
  return 2 * guess - as_utc(typed(guess));
}
