// A small line without axes, for the shape of the last minute. Decoration: the figures beside it say what counts.

import { drawing, setAttribute } from "./dom.js";
import { linePath } from "./scale.js";

const WIDTH = 120;
const HEIGHT = 32;

export class Sparkline {
  #area = drawing("path", { class: "spark-area" });
  #line = drawing("path", { class: "spark-line", "vector-effect": "non-scaling-stroke" });
  node = drawing(
    "svg",
    {
      class: "sparkline",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      focusable: "false",
    },
    this.#area,
    this.#line,
  );

  /** @param {(number|null)[]} values oldest first */
  draw(values) {
    const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
    const x = (index) => (index / Math.max(1, values.length - 1)) * WIDTH;
    const y = (value) => HEIGHT - 2 - (value / most) * (HEIGHT - 4);
    setAttribute(this.#line, "d", linePath(values, x, y));
    // Where something is not known, an area would claim that it was zero.
    const isWhole = values.every((value) => value !== null);
    setAttribute(this.#area, "d", isWhole ? `${linePath(values, x, y)}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z` : null);
  }
}
