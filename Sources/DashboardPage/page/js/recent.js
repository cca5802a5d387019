// Recent requests, newest first. Each opens to tell why its server was picked. What a reader looks at stays where it
// is on the screen while newer ones come in above it.

import { byId, element, reconcile, setAttribute, setShown, setText } from "./dom.js";
import { COLOURS } from "./distribution.js";
import { clock, counted, duration, words } from "./format.js";
import { exchangeDetail } from "./exchange-detail.js";
import { icon } from "./icons.js";

const OUTCOMES = {
  succeeded: { key: "up", tone: "good" },
  failed: { key: "down", tone: "bad" },
  refused: { key: "warning", tone: "warning" },
  aborted: { key: "stopped", tone: "quiet" },
};

export class RecentPanel {
  #list = byId("recent");
  #newest = byId("recent-newest");
  #open = new Map();
  /** Whether a person asked for the newest, and nothing shall hold the list back. */
  #isFollowing = false;
  #serviceName = null;

  constructor() {
    this.#newest.addEventListener("click", () => {
      this.#isFollowing = true;
      this.#list.scrollTop = 0;
    });
    this.#list.addEventListener("scroll", () => this.#renderNewest(), { passive: true });
    this.#list.addEventListener("wheel", () => {
      this.#isFollowing = false;
    }, { passive: true });
  }

  render({ shown }) {
    const { service } = shown;
    if (!service) return;
    if (service.name !== this.#serviceName) {
      this.#open.clear();
      this.#list.scrollTop = 0;
    }
    this.#serviceName = service.name;
    const exchanges = this.#withOpen(shown.exchanges[service.name] ?? []);
    const isTCP = service.mode === "tcp";
    setText(byId("recent-title"), isTCP ? "Recent sessions" : "Recent requests");
    setShown(byId("recent-empty"), exchanges.length === 0);
    setShown(this.#list, exchanges.length > 0);
    const [hint, command] = adviceFor(service);
    setText(byId("recent-hint"), hint);
    setText(byId("recent-command"), command);
    setShown(byId("recent-command"), command !== "");
    const indexOf = new Map(service.servers.map((server, index) => [server.name, index % COLOURS]));
    const anchor = this.#anchor();
    const before = anchor?.offsetTop;
    reconcile(
      this.#list,
      exchanges,
      (exchange) => `${service.name}/${exchange.id}`,
      (exchange) => this.#makeRow(exchange, indexOf),
      () => {},
    );
    if (anchor?.isConnected) this.#list.scrollTop += anchor.offsetTop - before;
    this.#renderNewest();
  }

  #renderNewest() {
    const isBelow = this.#list.scrollTop > 8;
    if (!isBelow && document.activeElement === this.#newest) return;
    setShown(this.#newest, isBelow);
  }

  /** An open row stays, even when many newer ones would push it out. */
  #withOpen(exchanges) {
    const ids = new Set(exchanges.map((exchange) => exchange.id));
    const held = new Map(this.#open);
    const focused = document.activeElement?.closest?.("[data-exchange]")?.exchange;
    if (focused) held.set(focused.id, focused);
    const kept = [...held.values()].filter((exchange) => !ids.has(exchange.id));
    return exchanges.concat(kept.sort((a, b) => b.id - a.id));
  }

  /**
   * The row that must not move: of those in view the one with the focus, else an open one, else the first of a list
   * that is scrolled.
   */
  #anchor() {
    if (this.#isFollowing) return null;
    const top = this.#list.scrollTop;
    const bottom = top + this.#list.clientHeight;
    const visible = [...this.#list.children].filter((row) =>
      row.offsetTop + row.offsetHeight > top && row.offsetTop < bottom
    );
    const focused = document.activeElement?.closest?.("[data-exchange]");
    return visible.find((row) => row === focused) ?? visible.find((row) => row.dataset.open === "yes") ??
      (top > 0 ? visible[0] : null) ?? null;
  }

  #makeRow(exchange, indexOf) {
    const outcome = OUTCOMES[exchange.outcome] ?? OUTCOMES.failed;
    const id = `exchange-${exchange.id}`;
    const button = element(
      "button",
      { type: "button", class: "exchange-button", "aria-expanded": "false", "aria-controls": id },
      element("span", { class: "exchange-time number", text: clock(exchange.began_at) }),
      element(
        "span",
        { class: "with-icon exchange-what", "data-tone": outcome.tone },
        icon(outcome.key),
        element("span", { class: "exchange-target", text: whatOf(exchange) }),
      ),
      element(
        "span",
        { class: "exchange-server" },
        element("span", { class: "swatch", "aria-hidden": "true" }),
        element("span", { class: "name", text: exchange.server ?? "no server" }),
        triesOf(exchange),
      ),
      element("span", { class: "exchange-status number", text: statusOf(exchange) }),
      element("span", { class: "exchange-duration number", text: duration(exchange.duration_ms) }),
      element("span", { class: "exchange-chevron", "aria-hidden": "true" }, icon("chevron")),
    );
    const detail = element("div", { class: "exchange-detail", id, hidden: true });
    const row = element(
      "li",
      { class: "exchange", "data-exchange": exchange.id, "data-outcome": exchange.outcome },
      button,
      detail,
    );
    setAttribute(row, "data-colour", indexOf.get(exchange.server) ?? "none");
    row.exchange = exchange;
    button.addEventListener("click", () => this.#toggle(row, button, detail, indexOf));
    return row;
  }

  #toggle(row, button, detail, indexOf) {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    this.#isFollowing = false;
    if (isOpen) this.#open.delete(row.exchange.id);
    else this.#open.set(row.exchange.id, row.exchange);
    if (!isOpen && detail.childElementCount === 0) detail.append(...exchangeDetail(row.exchange, indexOf));
    setAttribute(button, "aria-expanded", String(!isOpen));
    setAttribute(row, "data-open", isOpen ? null : "yes");
    setShown(detail, !isOpen);
  }
}

function whatOf(exchange) {
  if (exchange.kind === "session") return `session from ${exchange.client ?? "a client"}`;
  return `${exchange.method ?? "?"} ${exchange.target ?? "?"}`;
}

function statusOf(exchange) {
  return exchange.status === null
    ? words(exchange.kind === "session" ? exchange.reason : exchange.outcome)
    : String(exchange.status);
}

/** A sign that it took more than one attempt. */
function triesOf(exchange) {
  if (exchange.attempts < 2) return null;
  const text = counted(exchange.attempts, "attempt");
  return element(
    "span",
    { class: "exchange-tries with-icon number", title: text },
    icon("refresh"),
    element("span", { "aria-hidden": "true", text: String(exchange.attempts) }),
    element("span", { class: "visually-hidden", text }),
  );
}

/** What to do when there is nothing to see: a sentence, and a command where there is one. */
function adviceFor(service) {
  if (service.mode === "tcp") {
    return [
      `Connect a client to ${service.address ?? "this service"}: its session is shown here when it ends.`,
      "",
    ];
  }
  return service.url
    ? ["Press Load Test, or run this in a terminal:", `curl ${service.url}`]
    : ["Send a request, and it is shown here.", ""];
}
