import assert from "node:assert/strict";
import { test } from "node:test";
import { hasHole, joined, KEPT, tail, withTick } from "../../Sources/DashboardPage/page/js/history.js";
import { initialState, merged, newerTest, steps, Store } from "../../Sources/DashboardPage/page/js/store.js";

const second = (requests) => ({ requests, failed: 0, p50: 1, p95: 2, p99: 3 });
const service = (requests, exchanges = []) => ({
  name: "demo",
  last_second: second(requests),
  exchanges,
  servers: [{ name: "Server-1", last_second: second(requests) }, { name: "Server-2", last_second: second(0) }],
});
const tick = (at, requests, exchanges, instance = "a") => ({
  now: at,
  second: at,
  instance,
  version: "1",
  uptime_seconds: 1,
  state: "running",
  services: [service(requests, exchanges)],
  test: null,
  event_streams: 1,
});

test("each tick adds its second to the history, once", () => {
  let history = withTick(null, 10, service(5));
  history = withTick(history, 11, service(6));
  assert.deepEqual(history.total.requests, [5, 6]);
  assert.equal(withTick(history, 11, service(9)), history);
  assert.deepEqual(history.servers["Server-2"].requests, [0, 0]);
});

test("a missed second is a hole that is zero requests and no latency", () => {
  const history = withTick(withTick(null, 10, service(5)), 13, service(7));
  assert.deepEqual(history.total.requests, [5, 0, 0, 7]);
  assert.deepEqual(history.total.p50, [1, null, null, 1]);
  assert.ok(hasHole(history, 15));
  assert.ok(!hasHole(history, 14));
});

test("the history never grows beyond what is kept", () => {
  let history = null;
  for (let at = 0; at < KEPT + 20; at += 1) history = withTick(history, at, service(at));
  assert.equal(history.total.requests.length, KEPT);
  assert.equal(history.total.requests.at(-1), KEPT + 19);
});

test("a server that appears later is as long as the others", () => {
  const first = withTick(null, 1, service(1));
  const more = service(2);
  more.servers.push({ name: "Server-3", last_second: second(4) });
  assert.deepEqual(withTick(first, 2, more).servers["Server-3"].requests, [0, 4]);
});

test("an answer that ticks have overtaken keeps the ticks' seconds", () => {
  const known = withTick(withTick(null, 11, service(6)), 12, service(7));
  const series = {
    requests: [1, 2, 3],
    failed: [0, 0, 0],
    p50: [null, 1, 1],
    p95: [null, 1, 1],
    p99: [null, 1, 1],
  };
  const fresh = { second: 11, total: series, servers: { "Server-1": series } };
  const both = joined(fresh, known);
  assert.equal(both.second, 12);
  assert.deepEqual(both.total.requests, [1, 2, 3, 7]);
  assert.equal(joined({ ...fresh, second: 12 }, known).total, series);
});

test("the tail is padded in front", () => {
  assert.deepEqual(tail([1, 2], 4), [0, 0, 1, 2]);
  assert.deepEqual(tail([1, 2, 3], 2), [2, 3]);
  assert.deepEqual(tail(undefined, 2, null), [null, null]);
});

test("exchanges are kept newest first, each once", () => {
  const list = merged([{ id: 2 }, { id: 1 }], [{ id: 3 }, { id: 2, again: true }], 3);
  assert.deepEqual(list.map((item) => item.id), [3, 2, 1]);
  assert.ok(list[1].again);
  assert.equal(merged(list, [{ id: 4 }], 2).length, 2);
});

test("the first service is selected until a person selects another", () => {
  const state = steps.tick(initialState(), tick(1, 1, []));
  assert.equal(state.selected, "demo");
  assert.equal(steps.services({ ...state, selected: "gone" }, { services: [{ name: "web" }] }).selected, "web");
});

test("a running answer does not replace the end of the same test", () => {
  const ended = { id: 1, state: "finished" };
  assert.equal(newerTest(ended, { id: 1, state: "running" }), ended);
  assert.deepEqual(newerTest(ended, { id: 2, state: "running" }), { id: 2, state: "running" });
  assert.equal(newerTest({ id: 2, state: "running" }, ended).id, 2);
  assert.equal(newerTest(ended, null), ended);
});

test("while paused the view is frozen and counting goes on", () => {
  const store = new Store();
  store.apply("tick", tick(1, 1, [{ id: 1 }]));
  store.pause(100);
  store.apply("tick", tick(2, 1, [{ id: 2 }]));
  assert.equal(store.view.shown.second, 1);
  assert.equal(store.view.live.second, 2);
  assert.equal(store.view.pausedSince, 100);
  assert.deepEqual(store.view.shown.exchanges.demo.map((item) => item.id), [1]);
  store.resume();
  assert.deepEqual(store.view.shown.exchanges.demo.map((item) => item.id), [2, 1]);
  assert.equal(store.view.shown.history.demo.total.requests.length, 2);
});

test("a tick ends staleness, and staleness keeps its first moment", () => {
  let state = steps.stale(steps.tick(initialState(), tick(1, 1, [])), 5);
  state = steps.stale(state, 9);
  assert.deepEqual(state.connection, { state: "stale", since: 5, isCrowded: false });
  state = steps.stale(state, 12, true);
  assert.deepEqual(state.connection, { state: "stale", since: 5, isCrowded: true });
  assert.equal(steps.tick(state, tick(2, 1, [])).connection.state, "live");
});

test("after a restart nothing of before is shown, apart from the selection", () => {
  const state = steps.restart(
    steps.changes(steps.tick(initialState(), tick(1, 1, [{ id: 900 }])), [{ id: 3 }]),
  );
  assert.deepEqual(state.exchanges, {});
  assert.deepEqual(state.changes, []);
  assert.equal(state.selected, "demo");
});
