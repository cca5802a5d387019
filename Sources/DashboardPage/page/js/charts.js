// Throughput and latency of each server over the last five minutes.

import { byId, element } from "./dom.js";
import { duration, rate } from "./format.js";
import { LineChart } from "./line-chart.js";

const PERCENTILES = ["p50", "p95", "p99"];

export class ChartsPanel {
  #throughput = new LineChart(byId("throughput"), {
    name: "Throughput",
    least: 4,
    format: (value) => `${rate(value)}/s`,
    empty: "No requests in the last 5 minutes.",
  });
  #latency = new LineChart(byId("latency"), {
    name: "Latency",
    least: 2,
    format: duration,
    empty: "No response times in the last 5 minutes.",
  });
  #percentile = "p95";
  #view = null;

  constructor() {
    const group = byId("latency-percentile");
    for (const name of PERCENTILES) {
      const input = element("input", { type: "radio", name: "percentile", value: name });
      input.checked = name === this.#percentile;
      input.addEventListener("change", () => {
        this.#percentile = name;
        if (this.#view) this.render(this.#view);
      });
      group.append(element("label", {}, input, element("span", { text: name })));
    }
  }

  render(view) {
    this.#view = view;
    const { service, serviceHistory, changes, process, selected } = view.shown;
    if (!service || !serviceHistory) return;
    const marks = changes.filter((change) =>
      (change.service === null || change.service === selected) && change.kind !== "test"
    );
    const endAt = Math.floor(process?.now ?? Date.now() / 1000);
    const lines = (field) =>
      service.servers.map((server) => ({
        name: server.name,
        values: serviceHistory.servers[server.name]?.[field] ?? [],
      }));
    this.#throughput.draw({
      lines: lines("requests"),
      marks,
      endAt,
      unit: service.mode === "tcp" ? "sessions/s" : "req/s",
    });
    this.#latency.draw({ lines: lines(this.#percentile), marks, endAt, unit: "ms" });
  }
}
