// The bar of how all was shared out since the count began, with its legend.

import { byId, element, reconcile, setAttribute, setShown, setText } from "./dom.js";
import { clock, count, percent } from "./format.js";

/** Colours that the palette has; servers beyond it begin anew. */
export const COLOURS = 7;

export class DistributionPanel {
  #bar = byId("distribution-bar");
  #legend = byId("distribution-legend");

  render({ shown }) {
    const { service } = shown;
    if (!service) return;
    const noun = service.mode === "tcp" ? "sessions" : "requests";
    const total = service.servers.reduce((sum, server) => sum + server.requests.total, 0);
    const parts = service.servers.map((server, index) => {
      const share = total > 0 ? server.requests.total / total : 0;
      return { name: server.name, colour: index % COLOURS, share, requests: server.requests.total };
    });
    setText(
      byId("distribution-since"),
      total > 0 ? `${count(total)} ${noun} since ${clock(service.counting_since)}` : "",
    );
    setShown(byId("distribution-empty"), total === 0);
    setShown(this.#bar, total > 0);
    setShown(this.#legend, total > 0);
    const keyOf = (part) => part.name;
    reconcile(this.#bar, parts, keyOf, (part) => element("li", { "data-server": part.name }), (node, part) => {
      setAttribute(node, "data-colour", part.colour);
      setAttribute(node, "title", `${part.name}: ${count(part.requests)} ${noun}, ${percent(part.share, 1)}`);
      node.style.setProperty("--share", part.share.toFixed(4));
    });
    reconcile(this.#legend, parts, keyOf, makeEntry, (node, part) => {
      setAttribute(node, "data-colour", part.colour);
      setText(node.querySelector(".name"), part.name);
      setText(node.querySelector(".figures"), `${percent(part.share, 1)} · ${count(part.requests)}`);
    });
  }
}

function makeEntry(part) {
  return element(
    "li",
    { "data-server": part.name },
    element("span", { class: "swatch", "aria-hidden": "true" }),
    element("span", { class: "name" }),
    element("span", { class: "figures number" }),
  );
}
