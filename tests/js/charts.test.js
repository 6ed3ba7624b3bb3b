const assert = require("node:assert/strict");
const { test } = require("node:test");
const c = require("./parts.js");

const same = (v) => v;

test("a gap is left open, and a lone point is a dot", () => {
  const points = [[0, 1], [1, 2], [2, null], [3, 4], [4, undefined], [5, 0]];
  assert.equal(c.linePath(points, same, same), "M0 1L1 2M3 4h0M5 0h0");
  assert.deepEqual(c.runs(points).map((run) => run.length), [2, 1, 1]);
  assert.equal(c.linePath([], same, same), "");
});

test("spans without a value are found, zero being a value", () => {
  assert.deepEqual(c.blanks([null, 0, null, null, 3, null]), [[0, 1], [2, 4], [5, 6]]);
  assert.deepEqual(c.blanks([0, 0]), []);
});

test("axes end at round numbers", () => {
  assert.deepEqual([0, 0.03, 1, 7, 31, 250, 260].map(c.roundUp), [1, 0.04, 1, 10, 40, 250, 400]);
});

test("a scale of one value does not divide by zero", () => {
  assert.equal(c.scale(3, 3, 0, 100)(3), 0);
  assert.equal(c.scale(0, 10, 100, 0)(2.5), 75);
});

test("a week is marked at midnights of the zone, also where the clock changes", () => {
  const end = Date.UTC(2026, 9, 28, 12);
  const ticks = c.timeTicks(end - 7 * 864e5, end, "Europe/Zurich");
  assert.deepEqual(ticks.map((tick) => tick.text), ["22 Oct", "24 Oct", "26 Oct", "28 Oct"]);
  assert.equal(ticks[0].at, Date.UTC(2026, 9, 21, 22));
  assert.equal(ticks[3].at, Date.UTC(2026, 9, 27, 23));
});

test("a day is marked at full hours", () => {
  const end = Date.UTC(2026, 10, 23, 9, 14);
  assert.deepEqual(c.timeTicks(end - 864e5, end, "UTC").map((tick) => tick.text), ["12:00", "18:00", "00:00", "06:00"]);
});

test("labels keep apart and stay within", () => {
  assert.deepEqual(c.spread([50, 52], 12, 0, 100), [50, 62]);
  assert.deepEqual(c.spread([99, 98], 12, 0, 100), [100, 88]);
  assert.deepEqual(c.spread([-5], 12, 4, 100), [4]);
});
