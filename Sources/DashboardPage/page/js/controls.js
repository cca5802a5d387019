// What a person can set and start: the strategy, the tests, the reset.

import { byId, element, reconcile, setAttribute, setText } from "./dom.js";
import { clock } from "./format.js";

/** The two tests that a button starts; both are in the run-of-show. */
export const PRESETS = {
  load: { requests: 50, concurrency: 10 },
  stress: { duration_seconds: 30, concurrency: 50 },
};

export class ControlsPanel {
  #actions;
  #strategy = byId("strategy");
  #buttons = [byId("load-test"), byId("stress-test"), byId("custom-test")];
  #service = null;
  #canTest = false;
  #shownStrategy = null;

  constructor(actions, customTest) {
    this.#actions = actions;
    const [load, stress, custom] = this.#buttons;
    load.addEventListener("click", () => this.#start(PRESETS.load));
    stress.addEventListener("click", () => this.#start(PRESETS.stress));
    custom.addEventListener("click", () => this.#canTest && customTest.open());
    this.#strategy.addEventListener("change", () => this.#changeStrategy());
    this.#prepareReset();
  }

  #start(preset) {
    if (this.#canTest) this.#actions.startPresetTest({ service: this.#service.name, ...preset });
  }

  async #changeStrategy() {
    const { value, selectedOptions } = this.#strategy;
    const isTaken = await this.#actions.setStrategy(this.#service.name, value, selectedOptions[0].textContent);
    if (!isTaken) this.#strategy.value = this.#service.strategy;
  }

  #prepareReset() {
    const dialog = byId("reset-dialog");
    byId("reset").addEventListener("click", () => {
      if (!this.#service) return;
      setText(
        byId("reset-text"),
        `All counts, latencies and charts of “${this.#service.name}” begin at zero again. ` +
          "Servers, strategy and what is in flight stay as they are.",
      );
      dialog.returnValue = "keep";
      dialog.showModal();
    });
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "reset") this.#actions.resetMetrics(this.#service.name);
    });
  }

  render({ live }) {
    const { service, test, connection } = live;
    if (!service) return;
    this.#service = service;
    const isReachable = connection.state !== "stale" || connection.isCrowded;
    this.#renderStrategy(service);
    const reason = whyNoTest(service, test, isReachable);
    this.#canTest = reason === "";
    for (const button of this.#buttons) setAttribute(button, "aria-disabled", this.#canTest ? null : "true");
    setText(byId("tests-note"), reason || `They go to “${service.name}” at ${service.url}`);
    setText(byId("counting-since"), `Counting since ${clock(service.counting_since)}`);
  }

  #renderStrategy(service) {
    reconcile(
      this.#strategy,
      service.strategies,
      (strategy) => strategy.name,
      (strategy) => element("option", { value: strategy.name }),
      (option, strategy) => {
        setText(option, strategy.title);
      },
    );
    if (this.#shownStrategy !== `${service.name}/${service.strategy}`) {
      this.#shownStrategy = `${service.name}/${service.strategy}`;
      this.#strategy.value = service.strategy;
    }
  }
}

/** Why no test can be started now; empty when one can. */
export function whyNoTest(service, test, isReachable) {
  if (!isReachable) return "The balancer cannot be reached.";
  if (service.mode === "tcp") {
    return `Tests speak HTTP, and “${service.name}” is a TCP service: choose an HTTP service to test.`;
  }
  if (!service.url) return `“${service.name}” has no TCP address that a test could reach.`;
  if (test?.state === "running") return "A test is under way: one at a time.";
  return "";
}
