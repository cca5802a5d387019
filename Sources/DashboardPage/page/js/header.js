// The top of the page: which service, how the system is, and the buttons for the view.

import { byId, element, reconcile, setAttribute, setText } from "./dom.js";
import { clock, uptime } from "./format.js";
import { icon, setIcon } from "./icons.js";

const STATES = {
  accepting: { key: "up", word: "Running", tone: "good" },
  starting: { key: "checking", word: "Starting", tone: "warning" },
  stopping: { key: "draining", word: "Stopping", tone: "warning" },
};
const UNREACHABLE = { key: "down", word: "Unreachable", tone: "bad" };
const NOT_LIVE = { key: "checking", word: "Not live", tone: "warning" };
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
    setText(byId("status-strategy"), service?.strategy_title ?? "–");
    setText(byId("status-healthy"), service ? `${service.servers_up} of ${service.servers_total} up` : "–");
    setAttribute(
      byId("status-healthy"),
      "data-tone",
      service && service.servers_up < service.servers_total ? "bad" : null,
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
      ? `${live.service.servers_up}/${live.service.servers_total} up · ${live.service.name} · Evenkeel`
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
