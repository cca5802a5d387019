import assert from "node:assert/strict";
import { test } from "node:test";
import { dotAt, layout, sampled, TRUNK_PART } from "../../Sources/DashboardPage/page/js/flow-geometry.js";
import { linePath, niceCeiling, ticksTo } from "../../Sources/DashboardPage/page/js/scale.js";
import { checkLine, healthLine, stateOf } from "../../Sources/DashboardPage/page/js/server-state.js";
import { planFrom } from "../../Sources/DashboardPage/page/js/test-plan.js";

const form = {
  bound: "requests",
  requests: "50",
  duration: "30",
  concurrency: "10",
  rate: "",
  path: "/",
  method: "GET",
  keepAlive: true,
};
const server = (over = {}) => ({
  administrative_state: "enabled",
  ejection: null,
  on_trial: false,
  drain: null,
  health: {
    state: "up",
    checked: true,
    since_seconds: 720,
    reason: null,
    last_check: { passed: true, detail: "200 OK", duration_ms: 3.1, seconds_ago: 1.2 },
    next_check_seconds: 0.8,
    ...over.health,
  },
  ...over.server,
});

test("a plan holds exactly one of requests and duration", () => {
  assert.deepEqual(planFrom(form).plan, {
    method: "GET",
    path: "/",
    keep_alive: true,
    requests: 50,
    concurrency: 10,
  });
  assert.deepEqual(planFrom({ ...form, bound: "duration", requests: "wrong", rate: "1,000" }).plan, {
    method: "GET",
    path: "/",
    keep_alive: true,
    duration_seconds: 30,
    concurrency: 10,
    rate: 1000,
  });
});

test("each wrong field of a plan is told by its name", () => {
  const { plan, problems } = planFrom({
    ...form,
    requests: "0",
    concurrency: "9001",
    rate: "1.5",
    path: "x y",
  });
  assert.equal(plan, null);
  assert.deepEqual(Object.keys(problems).sort(), ["concurrency", "path", "rate", "requests"]);
  assert.match(problems.concurrency, /1 to 9,000/);
  assert.match(planFrom({ ...form, concurrency: "" }).problems.concurrency, /missing/);
  assert.match(planFrom({ ...form, path: "/ü" }).problems.path, /ASCII/);
  assert.match(planFrom({ ...form, path: `/${"a".repeat(2048)}` }).problems.path, /2,048/);
});

test("what a person set goes before what checks found", () => {
  assert.equal(stateOf(server()).word, "Up");
  assert.equal(stateOf(server({ health: { state: "down" } })).key, "down");
  assert.equal(
    stateOf(server({ server: { administrative_state: "disabled" }, health: { state: "down" } })).key,
    "stopped",
  );
  assert.equal(
    stateOf(server({ server: { administrative_state: "draining", drain: { remaining_seconds: 12.3 } } })).word,
    "Draining, 12 s left",
  );
  assert.equal(
    stateOf(server({ server: { ejection: { reason: "x", remaining_seconds: 8.2 } } })).key,
    "ejected",
  );
  assert.equal(stateOf(server({ health: { state: "checking" } })).word, "Checking");
});

test("a server on trial after an ejection is not simply up", () => {
  const onTrial = { on_trial: true };
  assert.equal(stateOf(server({ server: onTrial })).word, "On trial");
  assert.match(stateOf(server({ server: onTrial })).detail, /one request at a time/);
  assert.equal(stateOf(server({ server: onTrial, health: { state: "down" } })).word, "Down");
});

test("a card says why a server is down, since when, and what comes next", () => {
  const down = server({
    health: {
      state: "down",
      since_seconds: 12,
      reason: "connection refused (3 failures in a row)",
      last_check: { passed: false, detail: "connection refused", duration_ms: 0.2, seconds_ago: 3 },
      next_check_seconds: 1,
    },
  });
  assert.equal(healthLine(down), "down for 12 s: connection refused (3 failures in a row)");
  assert.equal(checkLine(down), "connection refused, 3 s ago; next check in 1 s");
  assert.equal(checkLine(server()), "200 OK in 3.10 ms, 1 s ago; next check in 1 s");
  assert.match(checkLine(server({ health: { checked: false } })), /no checks/);
});

test("an axis has round steps and reaches above the greatest value", () => {
  assert.equal(niceCeiling(0), 1);
  assert.equal(niceCeiling(23), 50);
  assert.deepEqual(ticksTo(37, 4), { ticks: [0, 10, 20, 30, 40], top: 40 });
  assert.deepEqual(ticksTo(0, 4, 4).ticks, [0, 1, 2, 3, 4]);
  assert.ok(ticksTo(10_001, 4).top >= 10_001);
});

test("a line breaks where nothing is known, and a lone value is a dot", () => {
  const path = linePath([1, 2, null, 3, null], (index) => index, (value) => value);
  assert.equal(path, "M0.0 1.0L1.0 2.0M3.0 3.0h0.01");
});

test("a second shows fifty dots at most, shared out as the requests were", () => {
  assert.deepEqual(sampled([3, 0, 2]), { dots: [3, 0, 2], each: 1 });
  const { dots, each } = sampled([600, 300, 100]);
  assert.deepEqual(dots, [30, 15, 5]);
  assert.equal(each, 20);
  assert.equal(sampled([1, 1, 999]).dots.reduce((sum, value) => sum + value, 0), 50);
});

test("lanes are as thick as their share, and an empty one can still be seen", () => {
  const { lanes, trunk, stack } = layout(600, 300, [0.75, 0.25, 0], [50, 150, 250]);
  assert.ok(Math.abs(lanes[0].thickness / lanes[1].thickness - 3) < 1e-9);
  assert.equal(lanes[2].thickness, 2);
  assert.equal(trunk, stack);
  assert.equal(layout(600, 300, [0, 0], [50, 150]).trunk, 2);
});

test("a dot begins with the clients and ends at its server, also after a retry", () => {
  const { lanes } = layout(600, 300, [0.5, 0.5], [50, 250]);
  assert.equal(dotAt(lanes[0], 0, 0).x, lanes[0].left);
  assert.equal(dotAt(lanes[0], TRUNK_PART, 0).x, lanes[0].fork);
  assert.equal(Math.round(dotAt(lanes[0], 1, 0).y), 50);
  assert.equal(Math.round(dotAt(lanes[0], 1, 0, lanes[1]).y), 250);
});
