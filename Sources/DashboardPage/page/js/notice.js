// The line that answers what a person did: taken, done, or refused with the reason. Always in view, at the page's foot.

import { byId, element } from "./dom.js";
import { icon, setIcon } from "./icons.js";

const ICONS = { busy: "checking", good: "up", bad: "error" };
/** How long an answer stays, in milliseconds; a refusal stays longer, for it must be read. */
const STAYS = { busy: 10_000, good: 6_000, bad: 15_000 };

export class Notice {
  #node = byId("notice");
  #icon = icon("info");
  #text = element("span", { class: "notice-text" });
  #timer = null;

  constructor() {
    this.#node.append(this.#icon, this.#text);
  }

  /** Shows a text; an empty one ends what is shown. @param tone {"busy"|"good"|"bad"} */
  show(text, tone) {
    window.clearTimeout(this.#timer);
    if (text === "") return this.#hide();
    setIcon(this.#icon, ICONS[tone]);
    this.#text.textContent = text;
    this.#node.dataset.tone = tone;
    this.#node.dataset.shown = "yes";
    this.#timer = window.setTimeout(() => this.#hide(), STAYS[tone]);
  }

  #hide() {
    this.#node.dataset.shown = "no";
    this.#text.textContent = "";
  }
}
