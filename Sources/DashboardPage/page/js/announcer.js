// What is said to people who listen instead of look: flips and results, never ticks.

import { byId } from "./dom.js";

/** The live region speaks one text at a time; what comes while it speaks waits this long, in milliseconds. */
const PACE = 900;
const QUEUE_LIMIT = 8;

export class Announcer {
  #node = byId("announcer");
  #queue = [];
  #timer = null;

  /** Says a text, after those before it. */
  say(text) {
    if (this.#queue.length >= QUEUE_LIMIT) this.#queue.shift();
    this.#queue.push(text);
    if (this.#timer === null) this.#next();
  }

  /** Says what changed. Tests speak for themselves, with their result. */
  change(change) {
    if (change.kind !== "test") this.say(change.text);
  }

  #next() {
    const text = this.#queue.shift();
    if (text === undefined) {
      this.#timer = null;
      return;
    }
    // The same text twice would not be spoken: the node is made anew.
    const line = document.createElement("p");
    line.textContent = text;
    this.#node.replaceChildren(line);
    this.#timer = window.setTimeout(() => this.#next(), PACE);
  }
}
