// The flow picture: clients on the left, servers on the right, and between them lanes as thick as each server's share
// of the last seconds. Dots are requests. What is wrong shows as a lane that is dashed, fades, or bends to another.

import { byId, drawing, element, grainOf, reconcile, setAttribute, setText } from "./dom.js";
import { COLOURS } from "./distribution.js";
import { FlowDots } from "./flow-dots.js";
import { lanePath, layout } from "./flow-geometry.js";
import { count, figure, percent, rate } from "./format.js";
import { icon, setIcon } from "./icons.js";
import { stateOf } from "./server-state.js";

/** Of the way to their new shares, how much the lanes go in one frame. */
const EASE = 0.15;
const SETTLED = 0.002;
/** The least between two frames, in milliseconds: 30 a second look smooth, and cost half of what 60 do all day. */
const FRAME = 30;

export class FlowPanel {
  #stage = byId("flow-stage");
  #rows = byId("flow-servers");
  #root = drawing("svg", { class: "flow-picture", "aria-hidden": "true", focusable: "false" });
  #trunk = drawing("path", { class: "flow-trunk" });
  #lanes = drawing("g");
  #marks = drawing("g");
  #bends = drawing("g");
  #dotLayer = drawing("g");
  #clients = node("flow-clients");
  #balancer = node("flow-balancer");
  #clientsCaption = element(
    "p",
    { class: "flow-caption flow-caption-clients" },
    element("strong", { text: "Clients" }),
    element("span", { class: "number" }),
  );
  #balancerCaption = element(
    "p",
    { class: "flow-caption flow-caption-balancer" },
    element("strong", { text: "Evenkeel" }),
    element("span", { class: "number" }),
  );
  #isStill = window.matchMedia("(prefers-reduced-motion: reduce)");
  #dots = new FlowDots(this.#dotLayer, this.#bends);
  #service = null;
  /** Where the parts lie, as they were drawn last. */
  #plan = null;
  #serviceName = null;
  #shares = [];
  #second = null;
  #frame = null;
  #lastFrame = 0;
  #lastRateNode = null;

  constructor() {
    this.#root.append(
      this.#trunk,
      this.#lanes,
      this.#bends,
      this.#dotLayer,
      this.#marks,
      this.#clients,
      this.#balancer,
    );
    this.#stage.append(this.#root, this.#clientsCaption, this.#balancerCaption);
    new ResizeObserver(() => this.#service && this.#draw()).observe(this.#stage);
    this.#isStill.addEventListener("change", () => this.#dots.clear());
    this.#makeLegend();
  }

  render({ shown, pausedSince }) {
    const { service } = shown;
    if (!service) return;
    if (service.name !== this.#serviceName) {
      this.#shares = [];
      this.#dots.clear();
      this.#serviceName = service.name;
    }
    this.#service = service;
    this.#renderRows(service);
    this.#renderTexts(service);
    if (this.#isStill.matches || this.#shares.length !== service.servers.length) this.#shares = goals(service);
    this.#draw();
    const isNew = shown.second !== this.#second;
    this.#second = shown.second;
    if (isNew && pausedSince === null) {
      const exchanges = shown.exchanges[service.name] ?? [];
      this.#dots.emit(service, exchanges, { isStill: this.#isStill.matches });
    }
    this.#renderSample();
    this.#animate();
  }

  #renderTexts(service) {
    const unit = service.mode === "tcp" ? "sessions/s" : "req/s";
    setText(byId("flow-note"), `widths: share of the last ${service.recent.seconds} s`);
    setText(this.#clientsCaption.lastChild, `${count(service.connections.open)} open`);
    setText(this.#balancerCaption.lastChild, `${rate(service.recent.requests_per_second)} ${unit}`);
    const parts = service.servers.map((server) =>
      `${server.name} ${stateOf(server).word}, ${percent(server.recent.share ?? 0, 0)}`
    );
    setAttribute(this.#stage, "role", "img");
    setAttribute(
      this.#stage,
      "aria-label",
      `Clients send to Evenkeel, which shares requests out among ${parts.join("; ")}`,
    );
  }

  #renderRows(service) {
    setAttribute(
      byId("flow-body"),
      "data-density",
      service.servers.length > 8 ? "dense" : service.servers.length > 4 ? "medium" : "roomy",
    );
    reconcile(this.#rows, service.servers, (server) => server.name, makeRow, (row, server, index) => {
      const state = stateOf(server);
      setAttribute(row, "data-colour", index % COLOURS);
      setAttribute(row, "data-tone", state.tone);
      const [name, share, requests, word] = row.parts;
      setText(name, server.name);
      setAttribute(name, "title", server.name);
      setText(share, percent(server.recent.share ?? 0, 0));
      setText(requests, `${rate(server.recent.requests_per_second)}/s`);
      setIcon(row.stateIcon, state.key);
      setText(word, state.word);
    });
  }

  #makeLegend() {
    const entry = (kind, text) =>
      element(
        "li",
        { "data-legend": kind },
        element("span", { class: `legend-mark legend-${kind}`, "aria-hidden": "true" }),
        element("span", { text }),
      );
    const sample = entry("dot", "a request");
    this.#lastRateNode = sample.lastChild;
    byId("flow-legend").append(
      sample,
      entry("failed", "failed"),
      entry("retry", "tried again elsewhere"),
      entry("dead", "down or stopped"),
      entry("draining", "draining"),
    );
  }

  #renderSample() {
    const each = this.#dots.each;
    const noun = this.#service.mode === "tcp" ? "session" : "request";
    const number = each < 10 ? figure(each, 1) : count(each);
    const text = this.#isStill.matches
      ? "no dots: the system asks for reduced motion"
      : number === "1"
      ? `a ${noun}`
      : `about ${number} ${noun}s`;
    setText(this.#lastRateNode, text);
  }

  #animate() {
    if (this.#frame !== null) return;
    const step = (now) => {
      if (now - this.#lastFrame < FRAME) {
        this.#frame = window.requestAnimationFrame(step);
        return;
      }
      this.#lastFrame = now;
      this.#frame = null;
      const isMoving = this.#ease();
      const plan = this.#plan;
      const isBusy = plan ? this.#dots.move(now, plan.lanes) : false;
      if (isMoving || isBusy) this.#frame = window.requestAnimationFrame(step);
    };
    this.#frame = window.requestAnimationFrame(step);
  }

  /** Brings the lanes nearer to their shares. Gives whether they still move. */
  #ease() {
    const wanted = goals(this.#service);
    let isMoving = false;
    this.#shares = this.#shares.map((share, index) => {
      const rest = wanted[index] - share;
      if (Math.abs(rest) < SETTLED) return wanted[index];
      isMoving = true;
      return share + rest * EASE;
    });
    if (isMoving) this.#draw();
    return isMoving;
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    if (width === 0 || height === 0) return;
    const servers = this.#service.servers;
    const ends = [...this.#rows.children].map((row) => row.offsetTop + row.offsetHeight / 2);
    const grain = grainOf(this.#stage);
    const plan = layout(width, height, this.#shares, ends, grain);
    this.#plan = plan;
    setAttribute(this.#root, "viewBox", `0 0 ${width} ${height}`);
    setAttribute(this.#trunk, "d", `M${plan.left} ${plan.middle}H${plan.fork}`);
    setAttribute(this.#trunk, "stroke-width", plan.trunk.toFixed(1));
    placeNode(this.#clients, plan.left, plan.middle, plan.trunk + 16, grain);
    placeNode(this.#balancer, plan.fork, plan.middle, plan.stack + 16, grain);
    this.#stage.style.setProperty("--fork", `${plan.fork}px`);
    this.#stage.style.setProperty("--half", `${plan.stack / 2 + 8}px`);
    const drawn = servers.map((server, index) => ({ server, lane: plan.lanes[index] }));
    reconcile(
      this.#lanes,
      drawn,
      ({ server }) => server.name,
      () => drawing("path", { class: "flow-lane" }),
      (path, { server, lane }, index) => {
        setAttribute(path, "d", lanePath(lane));
        setAttribute(path, "stroke-width", lane.thickness.toFixed(1));
        setAttribute(path, "data-colour", index % COLOURS);
        setAttribute(path, "data-state", stateOf(server).key);
        const { drain } = server;
        path.style.setProperty(
          "--left",
          drain ? String(Math.max(0, drain.remaining_seconds / drain.timeout_seconds)) : "1",
        );
      },
    );
  }
}

/** The shares to which the lanes go. */
function goals(service) {
  return service.servers.map((server) => server.recent.share ?? 0);
}

function node(name) {
  return drawing("rect", { class: `flow-node ${name}` });
}

function placeNode(rect, x, middle, height, grain) {
  setAttribute(rect, "x", x - 4 * grain);
  setAttribute(rect, "width", 8 * grain);
  setAttribute(rect, "rx", 4 * grain);
  setAttribute(rect, "y", (middle - height / 2).toFixed(1));
  setAttribute(rect, "height", height.toFixed(1));
}

function makeRow(server) {
  const name = element("span", { class: "flow-name" });
  const share = element("span", { class: "flow-share number" });
  const requests = element("span", { class: "flow-rate number" });
  const word = element("span", { class: "label" });
  const stateIcon = icon("up");
  const row = element(
    "li",
    { class: "flow-server", "data-server": server.name },
    name,
    share,
    element("span", { class: "flow-state with-icon" }, stateIcon, word),
    requests,
  );
  row.parts = [name, share, requests, word];
  row.stateIcon = stateIcon;
  return row;
}
