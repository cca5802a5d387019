// What a server's administrative state, health, ejection and trial add up to for a person: one word, one icon, a reason, and
// what comes next.

import { ago, ahead, duration, span } from "./format.js";

/**
 * @returns {{key: string, word: string, tone: "good"|"bad"|"warning"|"quiet", detail: string}} `key` names the icon.
 */
export function stateOf(server) {
  const { administrative_state: set, health, ejection, drain } = server;
  if (set === "disabled") {
    return { key: "stopped", word: "Stopped", tone: "quiet", detail: "by hand; Start lets it take part again" };
  }
  if (set === "draining") {
    const left = drain ? `, ${span(Math.max(drain.remaining_seconds, 1))} left` : "";
    return {
      key: "draining",
      word: `Draining${left}`,
      tone: "warning",
      detail: "nothing new; what is in flight may end",
    };
  }
  if (health.state === "down") {
    return { key: "down", word: "Down", tone: "bad", detail: health.reason ?? "checks fail" };
  }
  if (health.state === "checking") {
    return { key: "checking", word: "Checking", tone: "warning", detail: "waiting for a check of its own to pass" };
  }
  if (ejection) {
    const left = span(Math.max(ejection.remaining_seconds, 1));
    return { key: "ejected", word: `Ejected, ${left} left`, tone: "warning", detail: ejection.reason };
  }
  if (server.on_trial) {
    const detail = "one request at a time, until one is answered well";
    return { key: "trial", word: "On trial", tone: "warning", detail };
  }
  return { key: "up", word: "Up", tone: "good", detail: "" };
}

/** Health in one line, whatever a person set: "down for 12 s: connection refused". */
export function healthLine(server) {
  const { health } = server;
  if (!health.checked && health.state === "up") return "taken as up: health checks are off";
  if (health.state === "checking") return "waiting for a check to pass";
  const since = span(health.since_seconds);
  const held = since === "now" ? `${health.state} just now` : `${health.state} for ${since}`;
  return health.reason && health.state === "down" ? `${held}: ${health.reason}` : held;
}

/** The last check and the next one: "200 OK in 3.1 ms, 1 s ago; next check in 1 s". */
export function checkLine(server) {
  const { health } = server;
  if (!health.checked) return "no checks: only real traffic tells";
  const last = health.last_check;
  const next = health.next_check_seconds === null ? "" : `next check ${ahead(health.next_check_seconds)}`;
  if (!last) return next;
  const took = !last.passed || last.duration_ms === null ? "" : ` in ${duration(last.duration_ms)}`;
  const line = `${last.detail}${took}, ${ago(last.seconds_ago)}`;
  return next ? `${line}; ${next}` : line;
}

/** What a candidate's verdict means, for "why this server?". */
export const VERDICTS = {
  picked: { key: "up", word: "picked" },
  eligible: { key: "eligible", word: "could have been picked" },
  full: { key: "full", word: "full: at its connection limit" },
  tried: { key: "tried", word: "tried already: failed" },
  disabled: { key: "stopped", word: "stopped" },
  draining: { key: "draining", word: "draining" },
  down: { key: "down", word: "down" },
  checking: { key: "checking", word: "waiting for a check to pass" },
  trial: { key: "trial", word: "on trial after an ejection: one request at a time" },
  ejected: { key: "ejected", word: "ejected: left out for a while" },
};
