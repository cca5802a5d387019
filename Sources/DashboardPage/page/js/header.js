// The top of the page: which service, how the system is, and the buttons for the view.

import { byId, element, reconcile, setAttribute, setText } from "./dom.js";
import { clock, uptime } from "./format.js";
import { icon, setIcon } from "./icons.js";
import { stateOf } from "./server-state.js";

const STATES = {
  accepting: { key: "up", word: "Running", tone: "good" },
  starting: { key: "checking", word: "Starting", tone: "warning" },
  stopping: { key: "draining", word: "Stopping", tone: "warning" },
};
const UNREACHABLE = { key: "down", word: "Unreachable", tone: "bad" };
const NOT_LIVE = { key: "checking", word: "Not live", tone: "warning" };
const NO_SERVER = { key: "down", word: "No server", tone: "bad" };
const CONNECTING = { key: "checking", word: "Connecting", tone: "quiet" };

export class HeaderPanel {
  #store;
  #picker = byId("service");
  #state = byId("status-state");
  #stateIcon = icon("checking");
  #pause = byId("pause");
  #pauseIcon = icon("pause");

  constructor(store, actions) {
    this.#store = store;
    this.#state.prepend(this.#stateIcon);
    this.#pause.prepend(this.#pauseIcon);
    byId("refresh").prepend(icon("refresh"));
    byId("refresh").addEventListener("click", () => actions.refresh());
    this.#pause.addEventListener("click", () => this.#togglePause());
    this.#picker.addEventListener("change", () => {
      window.history.replaceState(null, "", `#service=${encodeURIComponent(this.#picker.value)}`);
      store.apply("select", this.#picker.value);
    });
    const wanted = new URLSearchParams(window.location.hash.slice(1)).get("service");
    if (wanted) store.apply("select", wanted);
  }

  #togglePause() {
    if (this.#store.isPaused) this.#store.resume();
    else this.#store.pause(Date.now() / 1000);
  }

  render({ shown, live, pausedSince }) {
    const { service } = shown;
    this.#renderPicker(live);
    const state = this.#stateOf(live);
    setIcon(this.#stateIcon, state.key);
    setAttribute(this.#state, "data-tone", state.tone);
    setText(this.#state.querySelector(".label"), state.word);
    setAttribute(byId("icon"), "href", `/assets/${iconOf(live, state)}.svg`);
    setText(byId("status-strategy"), service?.strategy_title ?? "–");
    setText(byId("status-healthy"), service ? turnText(service) : "–");
    setAttribute(
      byId("status-healthy"),
      "data-tone",
      service && service.servers_eligible < service.servers_total ? "bad" : null,
    );
    setText(byId("status-uptime"), uptime(shown.process?.uptime_seconds));
    setText(byId("status-address"), service?.address ?? "–");
    this.#renderPause(pausedSince);
    byId("logout").hidden = !live.isLoggedIn;
    setText(byId("foot-version"), `Evenkeel ${shown.process?.version ?? ""}`.trim());
    const streams = live.process?.event_streams;
    setText(
      byId("foot-streams"),
      streams ? `${streams} ${streams === 1 ? "page looks" : "pages look"} at this balancer` : "",
    );
  }

  #stateOf(live) {
    if (live.connection.state === "stale") return live.connection.isCrowded ? NOT_LIVE : UNREACHABLE;
    if (!live.service) return CONNECTING;
    if (live.process?.state === "stopping") return STATES.stopping;
    if (live.service.state === "accepting" && live.service.servers_eligible === 0) return NO_SERVER;
    return STATES[live.service.state] ?? CONNECTING;
  }

  #renderPicker(live) {
    const services = live.services ?? [];
    reconcile(
      this.#picker,
      services,
      (service) => service.name,
      (service) => element("option", { value: service.name }),
      (option, service) => {
        setText(option, service.mode === "tcp" ? `${service.name} (TCP)` : service.name);
      },
    );
    if (live.selected !== null && this.#picker.value !== live.selected) this.#picker.value = live.selected;
    document.title = live.service
      ? `${live.service.servers_eligible}/${live.service.servers_total} in turn · ${live.service.name} · Evenkeel`
      : "Evenkeel";
  }

  #renderPause(pausedSince) {
    const isPaused = pausedSince !== null;
    setIcon(this.#pauseIcon, isPaused ? "resume" : "pause");
    setText(this.#pause.querySelector(".label"), isPaused ? "Resume live" : "Pause live");
    setAttribute(this.#pause, "aria-pressed", String(isPaused));
    setAttribute(
      this.#pause,
      "title",
      isPaused ? `Paused since ${clock(pausedSince)}` : "Freeze the view; counting goes on",
    );
  }
}

/** The icon of the window: whether something has to be looked at, seen from another one. */
function iconOf(live, state) {
  if (state.tone === "bad") return "icon-down";
  const { service } = live;
  return service && service.servers_eligible < service.servers_total ? "icon-part" : "icon";
}

/** How many servers get requests, and why the others do not: "2 of 3 in turn · 1 stopped". */
export function turnText(service) {
  const inTurn = `${service.servers_eligible} of ${service.servers_total} in turn`;
  const others = service.servers.filter((server) => !server.eligible).map((server) => stateOf(server).word.toLowerCase());
  const counts = new Map();
  for (const word of others) {
    const kind = word.split(",")[0];
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [inTurn, ...[...counts].map(([word, number]) => `${number} ${word}`)].join(" · ");
}
