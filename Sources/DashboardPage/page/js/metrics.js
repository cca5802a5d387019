// The strip of figures: how much, how well, how fast.

import { byId, element, setAttribute, setShown, setText } from "./dom.js";
import {
  bytes,
  bytesParts,
  clock,
  count,
  counted,
  duration,
  durationParts,
  NONE,
  percent,
  rate,
} from "./format.js";
import { tail } from "./history.js";
import { Sparkline } from "./sparkline.js";

const SPARK_SECONDS = 60;

/** One figure with its name, its unit and a line below. */
class Metric {
  #title = element("dt");
  #value = element("span", { class: "metric-value number" });
  #unit = element("span", { class: "metric-unit" });
  #note = element("dd", { class: "metric-note" });
  #spark = null;

  constructor(row, key, hasSpark = false) {
    const value = element("dd", { class: "metric-figure" }, this.#value, this.#unit);
    this.node = element("dl", { class: "metric", "data-metric": key }, this.#title, value, this.#note);
    if (hasSpark) {
      this.#spark = new Sparkline();
      value.append(this.#spark.node);
    }
    row.append(this.node);
  }

  show(title, [value, unit], note, tone = null) {
    setText(this.#title, title);
    setText(this.#value, value);
    setText(this.#unit, unit);
    // A figure and its word stay on one line.
    setText(this.#note, note.replaceAll(/(?<=[\d.]) (?=\S)|(?<=p\d\d) /g, "\u00a0"));
    setAttribute(this.node, "data-tone", tone);
  }

  spark(values) {
    this.#spark?.draw(values);
  }
}

export class MetricsPanel {
  constructor() {
    const performance = byId("performance").querySelector(".metric-row");
    const response = byId("response").querySelector(".metric-row");
    this.total = new Metric(performance, "total", true);
    this.inFlight = new Metric(performance, "in-flight");
    this.peak = new Metric(performance, "peak");
    this.success = new Metric(performance, "success");
    this.average = new Metric(response, "average", true);
    this.perMinute = new Metric(response, "per-minute");
    this.data = new Metric(response, "data");
    this.errors = new Metric(response, "errors");
  }

  render({ shown }) {
    const { service, serviceHistory } = shown;
    setShown(byId("metrics"), true);
    if (!service) return this.#renderNothing();
    const { requests, recent } = service;
    const isTCP = service.mode === "tcp";
    const noun = isTCP ? "sessions" : "requests";
    const since = `since ${clock(service.counting_since)}`;
    this.total.show(`Total ${noun}`, [count(requests.total), ""], since);
    this.inFlight.show(
      "In flight",
      [count(requests.in_flight), ""],
      requests.queued > 0
        ? `${count(requests.queued)} wait for a server`
        : counted(service.connections.open, "client"),
    );
    this.peak.show("Peak in flight", [count(requests.peak_in_flight), ""], since);
    const ended = requests.succeeded + requests.failed;
    const isImperfect = requests.success_ratio !== null && requests.success_ratio < 1;
    this.success.show(
      "Success rate",
      percentParts(requests.success_ratio),
      ended > 0 ? `${count(requests.succeeded)} of ${count(ended)}` : "before the first request",
      isImperfect && recent.failed > 0 ? "bad" : null,
    );
    this.#renderResponse(service, isTCP);
    this.total.spark(tail(serviceHistory?.total.requests, SPARK_SECONDS));
    this.average.spark(tail(serviceHistory?.total.p95, SPARK_SECONDS, null));
  }

  #renderResponse(service, isTCP) {
    const { requests, recent, latency_ms: latency } = service;
    const unit = isTCP ? "sessions/s" : "req/s";
    const percentiles = latency
      ? `p50 ${duration(latency.p50)} · p95 ${duration(latency.p95)} · p99 ${duration(latency.p99)}`
      : "p50, p95, p99: before the first request";
    this.average.show("Average response", durationParts(latency?.mean), percentiles);
    this.perMinute.show(
      "Per minute",
      [count(service.last_minute.requests), isTCP ? "sessions" : "req"],
      `${rate(recent.requests_per_second)} ${unit}, last ${recent.seconds} s`,
    );
    this.data.show(
      "Data transferred",
      bytesParts(service.bytes.to_clients + service.bytes.to_servers),
      `${bytes(recent.bytes_per_second)}/s, last ${recent.seconds} s`,
    );
    const notes = [`${count(recent.failed)} in last ${recent.seconds} s`];
    if (requests.retries > 0) notes.push(`${count(requests.retries)} retried`);
    if (requests.refused > 0) notes.push(`${count(requests.refused)} refused`);
    if (requests.aborted > 0) notes.push(`${count(requests.aborted)} aborted`);
    this.errors.show(
      "Errors",
      [count(requests.failed), ""],
      notes.join(" · "),
      recent.failed > 0 ? "bad" : null,
    );
  }

  #renderNothing() {
    const nothing = [NONE, ""];
    this.total.show("Total requests", nothing, "");
    this.inFlight.show("In flight", nothing, "");
    this.peak.show("Peak in flight", nothing, "");
    this.success.show("Success rate", nothing, "");
    this.average.show("Average response", nothing, "");
    this.perMinute.show("Per minute", nothing, "");
    this.data.show("Data transferred", nothing, "");
    this.errors.show("Errors", nothing, "");
  }
}

function percentParts(ratio) {
  const [value, unit = ""] = percent(ratio).split(/ (?=%)/);
  return [value, unit];
}
