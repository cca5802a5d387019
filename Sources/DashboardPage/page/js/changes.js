// What changed, newest first: flips of health, what people set, tests.

import { byId, element, reconcile, setShown, setText } from "./dom.js";
import { clock } from "./format.js";
import { icon } from "./icons.js";

const SHOWN = 100;

export class ChangesPanel {
  #list = byId("changes");

  render({ shown }) {
    const changes = shown.changes.filter((change) =>
      change.service === null || change.service === shown.selected
    ).slice(0, SHOWN);
    setShown(byId("changes-empty"), changes.length === 0);
    setShown(this.#list, changes.length > 0);
    reconcile(this.#list, changes, (change) => String(change.id), makeRow, () => {});
  }
}

function makeRow(change) {
  const time = element("time", { class: "number", datetime: new Date(change.at * 1000).toISOString() });
  setText(time, clock(change.at));
  return element(
    "li",
    { class: "change", "data-change": change.id, "data-severity": change.severity, "data-kind": change.kind },
    time,
    icon(change.severity),
    element("span", { class: "visually-hidden", text: `${change.severity}: ` }),
    element("span", { class: "change-text", text: change.text }),
  );
}
