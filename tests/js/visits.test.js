const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const m = require("./parts.js");

const MINUTE = 60e3;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 10, 23, 9);
let time = START;
const now = () => time;
const arrive = () => m.visitor("deck", now, time);

beforeEach(() => {
  globalThis.localStorage = {};
  time = START;
});

test("the first visit looks a day back, through looks away of up to half an hour", () => {
  const visit = arrive();
  assert.deepEqual([visit.since, visit.first], [START - 24 * HOUR, true]);
  visit.save();
  time += 30 * MINUTE;
  assert.equal(visit.enter(), false);
  assert.deepEqual([arrive().since, arrive().first], [START - 24 * HOUR, true]);
});

test("the next visit looks back to when the last one was left", () => {
  arrive().save();
  time += 2 * HOUR;
  const visit = arrive();
  assert.deepEqual([visit.since, visit.first], [START, false]);
  time += HOUR;
  visit.save();
  time += 31 * MINUTE;
  assert.equal(visit.enter(), true);
  assert.equal(visit.since, START + 3 * HOUR);
});

test("a clock that was set back makes no visit of the future", () => {
  time += 5 * HOUR;
  arrive().save();
  time = START;
  assert.ok(arrive().since <= START);
});

test("alerts count from the first visit on, until their column is looked at", () => {
  const visit = arrive();
  const times = [START + 2, START + 1, START - 1];
  assert.equal(visit.unseen("a", times), 2);
  visit.look("a", times);
  assert.deepEqual(["a", "b"].map((column) => visit.unseen(column, times)), [0, 2]);
  assert.equal(visit.unseen("a", [START + 3, ...times]), 1);
  time += HOUR;
  assert.deepEqual(["a", "b"].map((column) => arrive().unseen(column, times)), [0, 2]);
});

test("a browser that keeps nothing, or something else, is on its first visit", () => {
  for (const kept of ["nonsense", "null", "[1]", "7", '{"left": "x", "looked": 3, "began": {}}']) {
    globalThis.localStorage = { "wb-visit deck": kept };
    assert.equal(arrive().first, true);
  }
  const refuse = () => {
    throw new Error("denied");
  };
  globalThis.localStorage = new Proxy({}, { get: refuse, set: refuse });
  const visit = arrive();
  visit.look("a", [START]);
  assert.equal(visit.first, true);
});

test("alerts are counted in words", () => {
  assert.deepEqual([1, 2, 1234].map(m.alertsIn), ["1 alert", "2 alerts", "1,234 alerts"]);
});
