// A line chart of the last five minutes as SVG: one line a server, axes with units, marks for what changed, and a
// legend that reads out the second under the pointer or the keyboard's cursor.

import { drawing, element, grainOf, reconcile, setAttribute, setShown, setText } from "./dom.js";
import { COLOURS } from "./distribution.js";
import { clock, figure } from "./format.js";
import { KEPT, tail } from "./history.js";
import { linePath, ticksTo } from "./scale.js";

/** Around the plot, in pixels at the usual size of the type. */
const MARGIN = { top: 28, right: 8, bottom: 24, left: 48 };
const MINUTE = 60;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30 };

export class LineChart {
  #options;
  #data = null;
  #scale = null;
  /** Seconds before the newest that are read out, or null for the newest. */
  #cursor = null;
  #stage = element("div", {
    class: "chart-stage",
    tabindex: "0",
    role: "slider",
    "aria-valuemin": String(1 - KEPT),
    "aria-valuemax": "0",
  });
  #root = drawing("svg", { class: "chart", "aria-hidden": "true", focusable: "false" });
  #grid = drawing("g", { class: "chart-grid" });
  #minutes = drawing("g", { class: "chart-minutes" });
  #marks = drawing("g", { class: "chart-marks" });
  #lines = drawing("g", { class: "chart-lines" });
  #rule = drawing("path", { class: "chart-cursor" });
  #unit = drawing("text", { class: "chart-unit", x: 0 });
  #when = element("span", { class: "chart-when number" });
  #told = element("span", { class: "chart-told" });
  #legend = element("ul", { class: "chart-legend" });
  #empty = element("p", { class: "chart-empty quiet" });

  /** @param options {{name: string, least: number, format: (value) => string, empty: string}} */
  constructor(panel, options) {
    this.#options = options;
    setText(this.#empty, options.empty);
    this.#stage.setAttribute(
      "aria-label",
      `${options.name} of each server, second by second; arrow keys read it`,
    );
    this.#root.append(this.#grid, this.#minutes, this.#marks, this.#lines, this.#rule, this.#unit);
    this.#stage.append(this.#root, this.#told, this.#empty);
    panel.append(element("div", { class: "chart-readout" }, this.#when, this.#legend), this.#stage);
    new ResizeObserver(() => this.#data && this.#redraw()).observe(this.#stage);
    this.#stage.addEventListener("pointermove", (event) => this.#point(event));
    this.#stage.addEventListener("pointerleave", () => this.#moveTo(null));
    this.#stage.addEventListener("blur", () => this.#moveTo(null));
    this.#stage.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param lines `{ name, values }` of each server, oldest first; a value that is not known is null
   * @param marks the changes to mark
   * @param endAt Unix seconds of the last value
   */
  draw({ lines, marks, endAt, unit }) {
    setText(this.#unit, unit);
    const filled = lines.map((line) => ({ name: line.name, values: tail(line.values, KEPT, null) }));
    this.#data = {
      lines: filled,
      marks: marks.filter((mark) => mark.at > endAt - KEPT && mark.at <= endAt + 1),
      endAt,
    };
    this.#redraw();
  }

  #redraw() {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    if (width === 0) return;
    const { lines, endAt } = this.#data;
    const most = lines.reduce(
      (top, line) => line.values.reduce((best, value) => (value > best ? value : best), top),
      0,
    );
    const { ticks, top } = ticksTo(most, height > 200 ? 5 : 4, this.#options.least);
    const grain = grainOf(this.#stage);
    const edge = {
      top: MARGIN.top * grain,
      right: width - MARGIN.right * grain,
      bottom: height - MARGIN.bottom * grain,
      left: MARGIN.left * grain,
    };
    this.#scale = {
      grain,
      edge,
      width,
      height,
      x: (index) => edge.left + (index / (KEPT - 1)) * (edge.right - edge.left),
      y: (value) => edge.bottom - (value / top) * (edge.bottom - edge.top),
    };
    setAttribute(this.#unit, "y", 11 * grain);
    setAttribute(this.#root, "viewBox", `0 0 ${width} ${height}`);
    setShown(this.#empty, most === 0);
    this.#drawGrid(ticks);
    this.#drawMinutes(endAt);
    this.#drawMarks();
    const { x, y } = this.#scale;
    reconcile(
      this.#lines,
      lines,
      (line) => line.name,
      () => drawing("path", { class: "chart-line" }),
      (path, line, index) => {
        setAttribute(path, "data-colour", index % COLOURS);
        setAttribute(path, "d", linePath(line.values, x, y));
      },
    );
    this.#drawCursor();
  }

  #drawGrid(ticks) {
    const { edge, grain, y } = this.#scale;
    reconcile(
      this.#grid,
      ticks,
      String,
      () => drawing("g", {}, drawing("path"), drawing("text")),
      (group, tick) => {
        const at = Math.round(y(tick)) + 0.5;
        setAttribute(group.firstChild, "d", `M${edge.left} ${at}H${edge.right}`);
        setAttribute(group.lastChild, "x", edge.left - 8 * grain);
        setAttribute(group.lastChild, "y", at + 4 * grain);
        setText(group.lastChild, figure(tick));
      },
    );
  }

  /** A label on each full minute of the clock, so that they travel with what they name. */
  #drawMinutes(endAt) {
    const { edge, grain, height, width, x } = this.#scale;
    const every = width < 420 ? 2 * MINUTE : MINUTE;
    const minutes = [];
    for (let at = Math.ceil((endAt - KEPT + 1) / every) * every; at <= endAt; at += every) minutes.push(at);
    reconcile(
      this.#minutes,
      minutes,
      String,
      () => drawing("g", {}, drawing("path"), drawing("text")),
      (group, at) => {
        const left = x(KEPT - 1 - (endAt - at));
        setAttribute(group.firstChild, "d", `M${left.toFixed(1)} ${edge.bottom}v4`);
        setAttribute(group.lastChild, "x", left.toFixed(1));
        setAttribute(group.lastChild, "y", height - 6 * grain);
        setAttribute(
          group.lastChild,
          "visibility",
          left < edge.left + 12 * grain || left > width - 24 * grain ? "hidden" : "visible",
        );
        setText(group.lastChild, clock(at).slice(0, 5));
      },
    );
  }

  #drawMarks() {
    const { marks, endAt } = this.#data;
    const { edge, x } = this.#scale;
    reconcile(
      this.#marks,
      marks,
      (mark) => String(mark.id),
      (mark) =>
        drawing(
          "g",
          { "data-severity": mark.severity },
          drawing("title", { text: `${clock(mark.at)} ${mark.text}` }),
          drawing("path", { class: "mark-line" }),
          drawing("path", { class: "mark-head" }),
        ),
      (group, mark) => {
        const left = x(Math.max(0, KEPT - 1 - (endAt - mark.at))).toFixed(1);
        setAttribute(group.childNodes[1], "d", `M${left} ${edge.top}V${edge.bottom}`);
        setAttribute(group.childNodes[2], "d", `M${left} ${edge.top}l-4 -7h8Z`);
      },
    );
  }

  #point(event) {
    const box = this.#stage.getBoundingClientRect();
    const { edge } = this.#scale;
    const part = (event.clientX - box.left - edge.left) / (edge.right - edge.left);
    this.#moveTo(Math.min(KEPT - 1, Math.max(0, Math.round((1 - part) * (KEPT - 1)))));
  }

  #key(event) {
    if (event.key === "Escape") return this.#moveTo(null);
    const before = this.#cursor ?? 0;
    let cursor = null;
    if (event.key in STEPS) cursor = before - STEPS[event.key];
    else if (event.key === "Home") cursor = KEPT - 1;
    else if (event.key === "End") cursor = 0;
    if (cursor === null) return;
    event.preventDefault();
    this.#moveTo(Math.min(KEPT - 1, Math.max(0, cursor)));
  }

  #moveTo(cursor) {
    this.#cursor = cursor;
    if (this.#data) this.#drawCursor();
  }

  #drawCursor() {
    const { lines, marks, endAt } = this.#data;
    const back = this.#cursor ?? 0;
    const { edge, x } = this.#scale;
    const left = x(KEPT - 1 - back).toFixed(1);
    setAttribute(this.#rule, "d", `M${left} ${edge.top}V${edge.bottom}`);
    setAttribute(this.#rule, "visibility", this.#cursor === null ? "hidden" : "visible");
    const when = this.#cursor === null ? "now" : clock(endAt - back);
    setText(this.#when, when);
    const near = this.#cursor === null ? null : marks.find((mark) => Math.abs(endAt - back - mark.at) <= 3);
    setText(this.#told, near ? near.text : "");
    reconcile(this.#legend, lines, (line) => line.name, makeEntry, (entry, line, index) => {
      setAttribute(entry, "data-colour", index % COLOURS);
      setText(entry.childNodes[1], line.name);
      setText(entry.childNodes[2], this.#valueAt(line, back));
    });
    const read = lines.map((line) => `${line.name} ${this.#valueAt(line, back)}`).join(", ");
    setAttribute(this.#stage, "aria-valuenow", String(-back));
    setAttribute(this.#stage, "aria-valuetext", `${when}: ${read}${near ? `. ${near.text}` : ""}`);
  }

  #valueAt(line, back) {
    return this.#options.format(line.values[KEPT - 1 - back]);
  }
}

function makeEntry() {
  return element(
    "li",
    {},
    element("span", { class: "swatch", "aria-hidden": "true" }),
    element("span", { class: "name" }),
    element("span", { class: "number value" }),
  );
}
