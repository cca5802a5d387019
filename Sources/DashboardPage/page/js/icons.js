// The icons of states and buttons, drawn as inline SVG on a 16 × 16 grid. Each state has a shape of its own, so that
// it can be told without colour.

import { drawing } from "./dom.js";

const SHAPES = {
  up: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M5 8.2l2.1 2.1L11.2 6"],
  down: ["M5.4 1.5h5.2l3.9 3.9v5.2l-3.9 3.9H5.4l-3.9-3.9V5.4Z", "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"],
  stopped: ["M2 2h12v12H2Z", "M5.5 5.5h5v5h-5Z"],
  draining: [
    "M3.5 1.5h9M3.5 14.5h9M4.5 1.5c0 4 3.5 4.5 3.5 6.5s-3.5 2.5-3.5 6.5M11.5 1.5c0 4-3.5 4.5-3.5 6.5s3.5 2.5 3.5 6.5",
    "M6.5 12.5h3",
  ],
  checking: ["M8 1.5a6.5 6.5 0 1 1-6.2 4.5", "M8 4.5V8l2.4 1.6"],
  ejected: ["M8 1.8l6.5 11.7h-13Z", "M8 6.2v3.4M8 11.6v.2"],
  trial: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M6.4 6.2L8.4 4.8v6.4"],
  info: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M8 7.2v3.8M8 4.9v.2"],
  warning: ["M8 1.8l6.5 11.7h-13Z", "M8 6.2v3.4M8 11.6v.2"],
  error: ["M5.4 1.5h5.2l3.9 3.9v5.2l-3.9 3.9H5.4l-3.9-3.9V5.4Z", "M8 4.6v4M8 11.2v.2"],
  pause: ["M5 3v10M11 3v10"],
  resume: ["M4.5 2.5l8.5 5.5-8.5 5.5Z"],
  refresh: ["M13.5 8a5.5 5.5 0 1 1-1.7-4", "M13.8 1.6v3h-3"],
  theme: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M8 1.5v13M8 4a4 4 0 0 1 0 8"],
  full: ["M2.5 13.5v-11h11v11Z", "M5.2 11V5M8 11V5M10.8 11V5"],
  tried: ["M4 4l8 8M12 4l-8 8"],
  eligible: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z"],
  chevron: ["M6 3.5L10.5 8L6 12.5"],
};

/** An icon by its name; it is decoration, for the word beside it says the same. */
export function icon(name) {
  const node = drawing("svg", {
    class: "icon",
    viewBox: "0 0 16 16",
    "aria-hidden": "true",
    focusable: "false",
  });
  setIcon(node, name);
  return node;
}

/** Changes an icon in place. */
export function setIcon(node, name) {
  if (node.dataset.icon === name) return;
  node.dataset.icon = name;
  node.replaceChildren(...(SHAPES[name] ?? SHAPES.info).map((path) => drawing("path", { d: path })));
}
