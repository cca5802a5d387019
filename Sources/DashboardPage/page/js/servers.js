// A card for each server: how it is and why, what it does, and what can be done with it.

import { byId, element, reconcile, setAttribute, setText } from "./dom.js";
import { COLOURS } from "./distribution.js";
import { count, duration, figure, percent, rate } from "./format.js";
import { tail } from "./history.js";
import { icon, setIcon } from "./icons.js";
import { checkLine, healthLine, stateOf } from "./server-state.js";
import { Sparkline } from "./sparkline.js";

const SPARK_SECONDS = 60;
const WEIGHTS = [1, 256];

export class ServersPanel {
  #actions;
  #list = byId("servers");

  constructor(actions) {
    this.#actions = actions;
  }

  render({ shown }) {
    const { service, serviceHistory } = shown;
    if (!service) return;
    // A card belongs to one service: two services may have servers of the same name.
    const keyOf = (server) => `${service.name}\n${server.name}`;
    reconcile(
      this.#list,
      service.servers,
      keyOf,
      (server) => new Card(this.#actions, service.name, server).node,
      (node, server, index) => {
        node.card.render(server, service, serviceHistory?.servers[server.name], index);
      },
    );
  }
}

class Card {
  #server = null;
  #serviceName;
  #actions;
  #stateIcon = icon("checking");
  #word = element("span", { class: "label" });
  #name = element("h3", { class: "card-name" });
  #address = element("p", { class: "card-address" });
  #health = element("p", { class: "card-health" });
  #check = element("p", { class: "card-check" });
  #figures = {};
  #percentiles = element("dd", { class: "number" });
  #spark = new Sparkline();
  #rate = element("span", { class: "number" });
  #weight;
  #first = element("button", { type: "button", "data-action": "toggle" });
  #second = element("button", { type: "button", "data-action": "drain" });

  constructor(actions, serviceName, server) {
    this.#actions = actions;
    this.#serviceName = serviceName;
    this.node = element("li", { class: "card", "data-server": server.name });
    this.node.card = this;
    const state = element(
      "p",
      { class: "with-icon card-state", "data-part": "state" },
      this.#stateIcon,
      this.#word,
    );
    this.node.append(
      element(
        "header",
        { class: "card-header" },
        element(
          "div",
          { class: "card-title" },
          element("span", { class: "swatch", "aria-hidden": "true" }),
          this.#name,
        ),
        state,
        this.#address,
      ),
      element("div", { class: "card-reason" }, this.#health, this.#check),
      this.#makeFigures(),
      element(
        "dl",
        { class: "card-percentiles" },
        element("dt", { text: "Response p50 / p95 / p99" }),
        this.#percentiles,
      ),
      element("div", { class: "card-spark" }, this.#spark.node, this.#rate),
      this.#makeControls(server),
    );
  }

  #makeFigures() {
    const list = element("dl", { class: "card-figures" });
    for (const key of ["in-flight", "served", "failures", "standing"]) {
      const title = element("dt");
      const value = element("dd", { class: "number", "data-figure": key });
      const pair = element("div", {}, title, value);
      this.#figures[key] = { title, value, pair };
      list.append(pair);
    }
    return list;
  }

  #makeControls(server) {
    this.#weight = element("input", {
      type: "number",
      min: WEIGHTS[0],
      max: WEIGHTS[1],
      step: 1,
      "data-action": "weight",
      "aria-label": `Weight of ${server.name}`,
    });
    this.#weight.addEventListener("change", () => this.#changeWeight());
    this.#weight.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#weight.value = String(this.#server.weight);
    });
    this.#first.addEventListener(
      "click",
      () => this.#set(this.#server.administrative_state === "enabled" ? "disabled" : "enabled"),
    );
    this.#second.addEventListener("click", () => {
      const state = this.#server.administrative_state;
      if (state === "enabled") this.#set("draining");
      else if (state === "draining") this.#set("disabled");
    });
    return element(
      "div",
      { class: "card-controls" },
      element("label", { class: "card-weight" }, element("span", { text: "Weight" }), this.#weight),
      element("div", { class: "card-buttons" }, this.#first, this.#second),
    );
  }

  #set(state) {
    this.#actions.setAdministrativeState(this.#serviceName, this.#server.name, state);
  }

  async #changeWeight() {
    const weight = Number(this.#weight.value);
    const isTaken = await this.#actions.setWeight(this.#serviceName, this.#server.name, weight);
    if (!isTaken) this.#weight.value = String(this.#server.weight);
  }

  render(server, service, series, index) {
    this.#server = server;
    const state = stateOf(server);
    setAttribute(this.node, "data-colour", index % COLOURS);
    setAttribute(this.node, "data-tone", state.tone);
    setAttribute(this.node, "data-state", state.key);
    setIcon(this.#stateIcon, state.key);
    setText(this.#word, state.word);
    setText(this.#name, server.name);
    setAttribute(this.#name, "title", server.name);
    setText(this.#address, server.address);
    setText(this.#health, healthText(server, state));
    setText(this.#check, checkLine(server));
    this.#renderFigures(server, service);
    this.#spark.draw(tail(series?.requests, SPARK_SECONDS));
    const unit = service.mode === "tcp" ? "sessions/s" : "req/s";
    setText(this.#rate, `${rate(server.recent.requests_per_second)} ${unit}`);
    if (document.activeElement !== this.#weight) this.#weight.value = String(server.weight);
    this.#renderButtons(server);
  }

  #renderFigures(server, service) {
    this.#figure(
      "in-flight",
      "In flight",
      server.max_connections
        ? `${count(server.in_flight)} / ${count(server.max_connections)}`
        : count(server.in_flight),
    );
    this.#figure(
      "served",
      "Served",
      count(server.requests.total),
      null,
      `${percent(server.requests.share, 1)} of all since the count began`,
    );
    this.#figure(
      "failures",
      "Failures",
      count(server.failures),
      server.failures > 0 && server.recent.failed > 0 ? "bad" : null,
      "Attempts that failed at this server",
    );
    this.#figure(
      "standing",
      capitalised(server.standing?.title ?? service.strategy_title),
      figure(server.standing?.value),
      null,
      `What ${service.strategy_title} goes by`,
    );
    const latency = server.latency_ms;
    setText(
      this.#percentiles,
      latency ? [latency.p50, latency.p95, latency.p99].map(duration).join(" / ") : "– / – / –",
    );
  }

  #figure(key, title, value, tone = null, hint = null) {
    const part = this.#figures[key];
    setText(part.title, title);
    setText(part.value, value);
    setAttribute(part.pair, "data-tone", tone);
    setAttribute(part.pair, "title", hint);
  }

  #renderButtons(server) {
    const state = server.administrative_state;
    const labels =
      { enabled: ["Stop", "Drain"], draining: ["Start", "Stop now"], disabled: ["Start", "Drain"] }[state];
    [this.#first, this.#second].forEach((button, index) => {
      setText(button, labels[index]);
      setAttribute(button, "aria-label", `${labels[index]} ${server.name}`);
    });
    setAttribute(this.#second, "aria-disabled", state === "disabled" ? "true" : null);
    setAttribute(
      this.#second,
      "title",
      state === "enabled" ? "Nothing new; what is in flight gets 30 s to end" : null,
    );
  }
}

/** Why the server is as it is. A stopped one tells of its health too, for Start will not bring a dead one back. */
function healthText(server, state) {
  if (state.key === "ejected") return `Left out: ${state.detail}`;
  if (state.key === "trial") return `After an ejection: ${state.detail}`;
  const line = healthLine(server);
  const text = line.charAt(0).toUpperCase() + line.slice(1);
  return state.key === "stopped" || state.key === "draining" ? `By hand. Health: ${line}` : text;
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
