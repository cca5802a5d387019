// How the response times of a test were spread, as bars.

import { drawing, element, reconcile, setAttribute, setShown, setText } from "./dom.js";
import { count, duration } from "./format.js";

const WIDTH = 320;
const HEIGHT = 72;
/** Above so many bars neighbours are put together: thinner ones could not be told apart. */
const BARS = 32;

export class Histogram {
  #bars = drawing("g");
  #picture = drawing("svg", {
    class: "histogram",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
  }, this.#bars);
  #from = element("span");
  #middle = element("span");
  #to = element("span");
  node = element(
    "figure",
    { class: "histogram-figure" },
    element("figcaption", { text: "Response times" }),
    this.#picture,
    element("p", { class: "histogram-axis number", "aria-hidden": "true" }, this.#from, this.#middle, this.#to),
  );

  draw(histogram) {
    const bars = joined(histogram, BARS);
    setShown(this.node, bars.length > 0);
    if (bars.length === 0) return;
    const most = Math.max(...bars.map((bar) => bar.count), 1);
    const step = WIDTH / bars.length;
    reconcile(
      this.#bars,
      bars,
      (bar) => String(bar.from_ms),
      () => drawing("rect", {}, drawing("title")),
      (rect, bar, index) => {
        const height = bar.count === 0 ? 0 : Math.max(1.5, (bar.count / most) * (HEIGHT - 2));
        setAttribute(rect, "x", (index * step + 0.5).toFixed(2));
        setAttribute(rect, "width", Math.max(0.5, step - 1).toFixed(2));
        setAttribute(rect, "y", (HEIGHT - height).toFixed(2));
        setAttribute(rect, "height", height.toFixed(2));
        setText(rect.firstChild, `${duration(bar.from_ms)} to ${duration(bar.to_ms)}: ${count(bar.count)}`);
      },
    );
    const top = bars.reduce((best, bar) => (bar.count > best.count ? bar : best), bars[0]);
    setText(this.#from, duration(bars[0].from_ms));
    setText(this.#middle, `most: ${duration(top.from_ms)}–${duration(top.to_ms)}`);
    setText(this.#to, duration(bars[bars.length - 1].to_ms));
    setAttribute(
      this.#picture,
      "aria-label",
      `Histogram of response times from ${duration(bars[0].from_ms)} to ${
        duration(bars[bars.length - 1].to_ms)
      }; most, ${count(top.count)}, took ${duration(top.from_ms)} to ${duration(top.to_ms)}`,
    );
  }
}

/** The histogram in at most `limit` bars. */
export function joined(histogram, limit) {
  const size = Math.ceil(histogram.length / limit) || 1;
  const bars = [];
  for (let start = 0; start < histogram.length; start += size) {
    const part = histogram.slice(start, start + size);
    bars.push({
      from_ms: part[0].from_ms,
      to_ms: part[part.length - 1].to_ms,
      count: part.reduce((sum, bar) => sum + bar.count, 0),
    });
  }
  return bars;
}
