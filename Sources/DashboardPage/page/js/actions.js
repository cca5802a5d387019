// What a person can do. Each says at once that it was taken, and what came of it; a refusal says why.

import { api } from "./api.js";
import { clock, counted } from "./format.js";

/** How often a running test that this page started is asked after, in milliseconds: a short one ends between ticks. */
const TEST_POLL = 300;

export class Actions {
  #store;
  #notice;
  #reload;

  /** @param notice {(text: string, tone: "busy"|"good"|"bad") => void} */
  constructor(store, notice, reload) {
    this.#store = store;
    this.#notice = notice;
    this.#reload = reload;
  }

  #now() {
    return Date.now() / 1000;
  }

  /** Tells what is being done, does it, and tells what came of it. Gives the answer, or null. */
  async #doing(taken, work, done) {
    this.#notice(taken, "busy");
    try {
      const answer = await work();
      this.#notice(this.#remark(done(answer)), "good");
      return answer;
    } catch (error) {
      this.#notice(error.message, "bad");
      return null;
    }
  }

  #remark(text) {
    return this.#store.isPaused ? `${text} The view is paused; Resume shows it.` : text;
  }

  async setAdministrativeState(serviceName, serverName, state) {
    const taken = { enabled: "Starting", draining: "Draining", disabled: "Stopping" }[state];
    const members = { administrative_state: state };
    const server = await this.#doing(
      `${taken} ${serverName} …`,
      () => api.patchServer(serviceName, serverName, members),
      (server) => outcomeOf(server, state),
    );
    if (server) this.#store.apply("server", serviceName, server);
  }

  /** @returns {Promise<boolean>} whether the weight was taken */
  async setWeight(serviceName, serverName, weight) {
    const taken = `Setting the weight of ${serverName} to ${weight} …`;
    const server = await this.#doing(
      taken,
      () => api.patchServer(serviceName, serverName, { weight }),
      (server) => `${serverName} has weight ${server.weight}.`,
    );
    if (server) this.#store.apply("server", serviceName, server);
    return server !== null;
  }

  async setStrategy(serviceName, strategy, title) {
    const answer = await this.#doing(
      `Changing to ${title} …`,
      () => api.putStrategy(serviceName, strategy),
      (answer) => `Strategy is now ${answer.title}.`,
    );
    if (answer) this.#store.apply("strategy", serviceName, answer);
    return answer !== null;
  }

  async resetMetrics(serviceName) {
    const answer = await this.#doing(
      "Resetting the metrics …",
      () => api.resetMetrics(serviceName),
      (answer) => `Counting from zero since ${clock(answer.counting_since)}.`,
    );
    if (answer) await this.#reload();
  }

  async refresh() {
    await this.#doing("Refreshing …", () => this.#reload(), () => `Refreshed at ${clock(this.#now())}.`);
  }

  /** Starts a test and follows it. @throws {CallError} */
  async startTest(plan) {
    const test = await api.startTest(plan);
    this.#store.apply("test", test);
    this.#notice("", "good"); // its progress shows that it was taken
    this.#follow(test.id);
    return test;
  }

  /** The same for a button: a refusal becomes the notice. */
  async startPresetTest(plan) {
    this.#notice("Starting the test …", "busy");
    try {
      await this.startTest(plan);
    } catch (error) {
      this.#notice(error.message, "bad");
    }
  }

  async cancelTest(id) {
    const test = await this.#doing(
      "Cancelling the test …",
      () => api.cancelTest(id),
      // It is running until its result is there.
      (test) => `Test ${test.id} ${test.state === "running" ? "stops" : `is ${test.state}`}.`,
    );
    if (!test) return;
    this.#store.apply("test", test);
    if (test.state === "running") this.#follow(test.id);
  }

  #follow(id) {
    window.setTimeout(async () => {
      try {
        const test = await api.test(id);
        this.#store.apply("test", test);
        if (test.state === "running") this.#follow(id);
      } catch {
        // The ticks go on telling of it once the balancer answers again.
      }
    }, TEST_POLL);
  }
}

/** What it means for a server that a person set its state. */
function outcomeOf(server, state) {
  const { name, health, in_flight: held } = server;
  if (state === "disabled") return `${name} is stopped: it gets nothing new. Start undoes it.`;
  if (state === "draining") {
    if (held === 0) return `${name} drains: nothing is in flight there, so it stops at once.`;
    return `${name} drains: it gets nothing new, and ${counted(held, "request")} in flight may end.`;
  }
  return health.state === "up"
    ? `${name} takes part again.`
    : `${name} is started; it takes part once checks pass.`;
}
