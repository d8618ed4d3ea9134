// Signs drawn here, so that they look alike wherever there is no font for them.
import { svg } from "./dom.js";

const LINES = {
  lock: "M5 9V6a4 4 0 0 1 8 0v3M3.500 9h11v7.500h-11z",
  shared: "M3 6h8v8H3zM7 6V3h8v8h-4",
  eye: "M1.500 9s3-5 7.500-5 7.500 5 7.500 5-3 5-7.500 5S1.500 9 1.500 9zM9 7a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  up: "M3 8h3v7H3zM6 8l3.500-6c1.500 0 2 1 1.500 4.500h3.500c1 0 1.300.700 1 1.600l-1.700 5.900c-.2.700-.6 1-1.300 1H6",
  down: "M3 10h3V3H3zM6 10l3.500 6c1.500 0 2-1 1.500-4.500h3.500c1 0 1.300-.7 1-1.600L13.800 4c-.2-.7-.6-1-1.300-1H6",
  trash: "M3 5h12M7 5V3h4v2M5 5l.7 10h6.600L13 5M8 8v4M10 8v4",
  smile: "M9 1.500a7.500 7.500 0 1 1 0 15 7.500 7.500 0 0 1 0-15zM6 7v.5M12 7v.5M5.500 11c1.500 2.700 5.500 2.700 7 0",
  reply: "M2 3h14v9.500H8L4.500 16v-3.500H2z",
  more: "M9 4v.2M9 9v.2M9 14v.2",
  bolt: "M10 1.500 4 10h4.500L7.500 16.500 14 8H9.500z",
  file: "M4 1.500h6.500l4 4v11h-10.500zM10.500 1.500v4h4",
  picture: "M2 3h14v12H2zM2 13l4-4 3 3 3-4 4 4M6 6.500v.2",
  stop: "M5 5h8v8H5z",
  send: "M2.500 2.500 16 9 2.500 15.500 4.500 9zM4.500 9H10",
};

export function icon(name) {
  return svg("svg", { viewBox: "0 0 18 18", class: "icon", "aria-hidden": "true" }, svg("path", { d: LINES[name] }));
}
