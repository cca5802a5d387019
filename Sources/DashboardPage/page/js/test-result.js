// What came of a test: its figures, how response times were spread, who answered, and whether the balancer counted
// the same.

import { element, reconcile, setAttribute, setShown, setText } from "./dom.js";
import { COLOURS } from "./distribution.js";
import { bytes, count, counted, duration, figure, percent, rate, span, words } from "./format.js";
import { Histogram } from "./histogram.js";
import { icon, setIcon } from "./icons.js";

const STATES = {
  finished: { key: "up", word: "Finished", tone: "good" },
  cancelled: { key: "stopped", word: "Cancelled", tone: "warning" },
};

/** A test that has finished is not good yet: it may have met failures. */
function stateOf(test, failures) {
  const state = STATES[test.state] ?? STATES.finished;
  if (test.state !== "finished" || failures === 0) return state;
  const word = `${state.word}, with ${counted(failures, "failure")}`;
  return failures === test.result.sent
    ? { key: "down", word, tone: "bad" }
    : { key: "warning", word, tone: "warning" };
}

export class TestResult {
  #node;
  #stateIcon = icon("up");
  #stateWord = element("span", { class: "label" });
  #state = element("p", { class: "with-icon test-state" }, this.#stateIcon, this.#stateWord);
  #plan = element("p", { class: "quiet" });
  #figures = element("dl", { class: "figures-grid" });
  #histogram = new Histogram();
  #servers = element("tbody");
  #table = element(
    "table",
    { class: "test-servers" },
    element("caption", { text: "Who answered" }),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col", text: "Server" }),
        element("th", { scope: "col", text: "Requests" }),
        element("th", { scope: "col", text: "Share" }),
      ),
    ),
    this.#servers,
  );
  #match = element("p", { class: "with-icon test-match" }, icon("up"), element("span", { class: "label" }));
  #errors = element("p", { class: "test-errors" });
  #warning = element(
    "p",
    { class: "with-icon test-warning", "data-tone": "warning" },
    icon("warning"),
    element("span", { class: "label" }),
  );

  constructor(node) {
    this.#node = node;
    node.append(
      this.#state,
      this.#plan,
      this.#warning,
      this.#figures,
      this.#errors,
      this.#histogram.node,
      this.#table,
      this.#match,
    );
  }

  render(test, service) {
    const failures = test.result?.failed ?? 0;
    const state = stateOf(test, failures);
    setIcon(this.#stateIcon, state.key);
    setText(this.#stateWord, state.word);
    setAttribute(this.#state, "data-tone", state.tone);
    setText(this.#plan, planText(test.plan));
    const { result } = test;
    const parts = [this.#warning, this.#figures, this.#errors, this.#histogram.node, this.#table, this.#match];
    for (const part of parts) {
      setShown(part, Boolean(result));
    }
    setAttribute(this.#node, "data-test", test.id);
    setAttribute(this.#node, "data-state", test.state);
    if (result) this.#renderResult(result, service);
  }

  #renderResult(result, service) {
    const latency = result.latency_ms ?? {};
    const rows = [
      ["Total", count(result.sent)],
      ["Successful", count(result.succeeded)],
      ["Failed", count(result.failed)],
      ["Rate", `${rate(result.requests_per_second)} req/s`],
      ["Average", duration(latency.mean)],
      ["Minimum", duration(latency.min)],
      ["Maximum", duration(latency.max)],
      ["Took", `${figure(result.elapsed_seconds, 2)} s`],
      ["p50", duration(latency.p50)],
      ["p90", duration(latency.p90)],
      ["p95", duration(latency.p95)],
      ["p99", duration(latency.p99)],
      ["p99.9", duration(latency.p99_9)],
      ["Connecting", duration(result.connect_ms?.mean)],
      ["Data", bytes(result.bytes)],
      ["Data rate", `${bytes(result.bytes_per_second)}/s`],
    ];
    const statuses = Object.entries(result.statuses).map(([status, number]) => `${status}: ${count(number)}`);
    if (statuses.length > 0) rows.push(["Statuses", statuses.join(" · ")]);
    if (result.unsent > 0) rows.push(["Due, not sent", count(result.unsent)]);
    reconcile(
      this.#figures,
      rows,
      ([name]) => name,
      ([name]) => element("div", {}, element("dt", { text: name }), element("dd", { class: "number" })),
      (node, [name, value]) => {
        setText(node.lastChild, value);
        setAttribute(node, "data-tone", name === "Failed" && result.failed > 0 ? "bad" : null);
      },
    );
    this.#histogram.draw(result.histogram);
    setText(this.#warning.lastChild, warningsOf(result));
    setShown(this.#warning, result.warnings.length > 0);
    this.#renderErrors(result);
    this.#renderServers(result, service);
    this.#renderMatch(result);
  }

  #renderErrors(result) {
    const told = Object.entries(result.errors).map(([kind, number]) => `${words(kind)}: ${count(number)}`);
    for (const [status, number] of Object.entries(result.by_status)) {
      if (number > 0 && (status === "5xx" || status === "4xx")) {
        told.push(`answered ${status}: ${count(number)}`);
      }
    }
    setText(this.#errors, told.join(" · "));
    setShown(this.#errors, told.length > 0);
  }

  #renderServers(result, service) {
    const colours = new Map((service?.servers ?? []).map((server, index) => [server.name, index % COLOURS]));
    reconcile(this.#servers, result.servers, (server) => server.name, makeServerRow, (row, server) => {
      setAttribute(row, "data-colour", colours.get(server.name) ?? "none");
      setText(row.cells[0].lastChild, server.name);
      setText(row.cells[1], count(server.requests));
      setText(row.cells[2], percent(server.share, 1));
    });
    setShown(this.#table, result.servers.length > 0);
  }

  #renderMatch(result) {
    const { balancer } = result;
    setShown(this.#match, Boolean(balancer));
    if (!balancer) return;
    setIcon(this.#match.firstChild, balancer.matches ? "up" : "warning");
    setAttribute(this.#match, "data-tone", balancer.matches ? "good" : "warning");
    setText(
      this.#match.lastChild,
      balancer.matches
        ? `The balancer counted the same: ${counted(balancer.counted, "request")}`
        : `The balancer counted ${count(balancer.counted)} of ${counted(result.sent, "request")}`,
    );
  }
}

/** What to know before one believes a result, in sentences; empty when there is nothing. */
export function warningsOf(result) {
  return result.warnings.map(({ text }) => `${text[0].toUpperCase()}${text.slice(1)}.`).join(" ");
}

function makeServerRow(server) {
  return element(
    "tr",
    { "data-server": server.name },
    element(
      "th",
      { scope: "row" },
      element("span", { class: "swatch", "aria-hidden": "true" }),
      element("span"),
    ),
    element("td", { class: "number" }),
    element("td", { class: "number" }),
  );
}

function planText(plan) {
  const bound = plan.requests ? counted(plan.requests, "request") : span(plan.duration_seconds);
  const pace = plan.rate ? ` at ${rate(plan.rate)} req/s` : "";
  return `${plan.method} ${plan.path} on ${plan.service} · ${bound}${pace} · ${
    count(plan.concurrency)
  } at once`;
}
