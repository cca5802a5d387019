import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../../Sources/DashboardPage/page/js/format.js";

test("a count has thousands separators, and one that is not known is a dash", () => {
  assert.equal(format.count(12031), "12,031");
  assert.equal(format.count(0), "0");
  assert.equal(format.count(null), "–");
  assert.equal(format.count(undefined), "–");
  assert.equal(format.count(Number.NaN), "–");
});

test("a noun follows its number", () => {
  assert.equal(format.counted(1, "request"), "1 request");
  assert.equal(format.counted(0, "request"), "0 requests");
  assert.equal(format.counted(2, "try", "tries"), "2 tries");
});

test("a success rate claims 100 % or 0 % only when it is exact", () => {
  assert.equal(format.percent(1), "100 %");
  assert.equal(format.percent(0), "0 %");
  assert.equal(format.percent(0.999999), "99.99 %");
  assert.equal(format.percent(0.9998), "99.98 %");
  assert.equal(format.percent(0.000001), "< 0.01 %");
  assert.equal(format.percent(1 / 3, 1), "33.3 %");
  assert.equal(format.percent(0.5, 0), "50 %");
  assert.equal(format.percent(null), "–");
});

test("a duration takes the unit that suits it, with three figures", () => {
  assert.equal(format.duration(0.4), "0.40 ms");
  assert.equal(format.duration(14.2), "14.2 ms");
  assert.equal(format.duration(9.996), "10.0 ms");
  assert.equal(format.duration(250.4), "250 ms");
  assert.equal(format.duration(999.7), "1.00 s");
  assert.equal(format.duration(1503), "1.50 s");
  assert.equal(format.duration(90_000), "1.5 min");
  assert.equal(format.duration(null), "–");
});

test("a size takes a decimal unit", () => {
  assert.equal(format.bytes(0), "0 B");
  assert.equal(format.bytes(812), "812 B");
  assert.equal(format.bytes(999.9), "1.0 kB");
  assert.equal(format.bytes(3_100_000), "3.1 MB");
  assert.equal(format.bytes(150_000), "150 kB");
});

test("an uptime is a clock that counts days", () => {
  assert.equal(format.uptime(761.9), "00:12:41");
  assert.equal(format.uptime(3 * 86_400 + 4 * 3600 + 61), "3 d 04:01:01");
  assert.equal(format.uptime(-1), "00:00:00");
});

test("the past and the future are told in words", () => {
  assert.equal(format.ago(0.2), "just now");
  assert.equal(format.ago(3.2), "3 s ago");
  assert.equal(format.ago(720), "12 min ago");
  assert.equal(format.ahead(0.8), "in 1 s");
  assert.equal(format.ahead(0), "now");
  assert.equal(format.span(7200), "2 h");
});

test("a rate keeps one digit where it still says something", () => {
  assert.equal(format.rate(0), "0");
  assert.equal(format.rate(4.04), "4.0");
  assert.equal(format.rate(1204.4), "1,204");
});
