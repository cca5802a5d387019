// A test under way: how far it is, and how to cancel it. What came of the last one is in test-result.js.

import { byId, element, setShown, setText } from "./dom.js";
import { count, counted, duration, rate, span } from "./format.js";
import { TestResult, warningsOf } from "./test-result.js";

export class TestPanel {
  #progress = byId("test-progress");
  #bar = element("progress", { max: 1, "aria-label": "Progress of the test" });
  #line = element("p", { class: "number" });
  #rest = element("p", { class: "quiet number" });
  #cancel = element("button", { type: "button", id: "cancel-test", text: "Cancel" });
  #result = new TestResult(byId("test-result"));
  #announcer;
  #test = null;
  #told = null;

  constructor(actions, announcer) {
    this.#announcer = announcer;
    this.#cancel.addEventListener("click", () => actions.cancelTest(this.#test.id));
    this.#progress.append(
      this.#bar,
      element("div", { class: "test-progress-text" }, this.#line, this.#rest),
      this.#cancel,
    );
  }

  render({ live }) {
    const { test, service } = live;
    this.#announce(test);
    this.#test = test;
    const isRunning = test?.state === "running";
    const hadFocus = document.activeElement === this.#cancel;
    setShown(this.#progress, isRunning);
    if (hadFocus && !isRunning) byId("load-test").focus();
    setShown(byId("test-empty"), !test);
    setShown(byId("test-result"), Boolean(test) && !isRunning);
    if (isRunning) this.#renderProgress(test);
    else if (test) this.#result.render(test, service);
  }

  #renderProgress(test) {
    const { plan } = test;
    this.#bar.value = test.progress;
    const done = plan.requests
      ? `${count(test.answered)} of ${counted(plan.requests, "request")}`
      : `${span(test.elapsed_seconds)} of ${span(plan.duration_seconds)}`;
    setText(this.#line, `${done} · ${rate(test.requests_per_second)} req/s`);
    setText(
      this.#rest,
      `${count(test.succeeded)} ok · ${count(test.failed)} failed · ${count(plan.concurrency)} at once`,
    );
  }

  #announce(test) {
    const state = test ? `${test.id}/${test.state}` : "none";
    const isFirst = this.#told === null;
    if (this.#told === state) return;
    this.#told = state;
    if (isFirst || !test) return;
    this.#announcer.say(test.state === "running" ? `Test ${test.id} is running.` : summaryOf(test));
  }
}

/** A test's outcome in one sentence. */
export function summaryOf(test) {
  const { result } = test;
  if (!result) return `Test ${test.id} ${test.state}.`;
  const summary = `Test ${test.id} ${test.state}: ${count(result.succeeded)} of ${
    count(result.sent)
  } succeeded, ${count(result.failed)} failed, average ${duration(result.latency_ms?.mean)}.`;
  return `${summary} ${warningsOf(result)}`.trim();
}
