const assert = require("node:assert/strict");
const { test } = require("node:test");
const m = require("./parts.js");

const item = (key, published, more = {}) => ({ key, published, ...more });
const keys = (items) => items.map((each) => each.key).join("");

test("items stand newest first, each once, and the one that came last counts", () => {
  const held = [item("c", 3), item("a", 1)];
  const now = m.merged(held, [item("b", 2), item("a", 1, { likes: 5 }), item("b", 2)]);
  assert.equal(keys(now), "cba");
  assert.equal(now[2].likes, 5);
});

test("items of one instant keep one order, whichever came first", () => {
  assert.equal(keys(m.merged([item("x", 1)], [item("y", 1)])), keys(m.merged([item("y", 1)], [item("x", 1)])));
});

test("what is gone stays out, even if it is added at once", () => {
  assert.equal(keys(m.merged([item("a", 1), item("b", 2)], [item("c", 3)], new Set(["a", "c"]))), "b");
});

test("of a new state that overlaps what was held, older items may still be there", () => {
  const held = [4, 3, 2, 1].map((n) => item(`k${n}`, n));
  const fresh = [3, 5, 4].map((n) => item(`k${n}`, n));
  assert.equal(keys(m.tailOf(held, fresh)), "k2k1");
  assert.equal(keys(m.tailOf(held, [...fresh, item("k0", 0)])), "");
});

test("where a hole may lie between nothing older is kept", () => {
  const held = [4, 3, 2].map((n) => item(`k${n}`, n));
  assert.equal(keys(m.tailOf(held, [item("k9", 9), item("k8", 8)])), "");
  assert.equal(keys(m.tailOf(held, [])), "");
  assert.equal(keys(m.tailOf([], held)), "");
});

test("the page holds all items while they are few, and never more than the limit", () => {
  assert.deepEqual(m.stretch([0, 0], [0, 5], 100), [0, 100]);
  assert.deepEqual(m.stretch([0, 250], [10, 15], 300), [0, 250]);
  assert.deepEqual(m.stretch([0, 250], [205, 210], 400), [25, 275]);
  assert.deepEqual(m.stretch([83, 333], [100, 105], 400), [58, 308]);
  assert.deepEqual(m.stretch([150, 400], [390, 400], 400), [150, 400]);
  assert.deepEqual(m.stretch([10, 300], [50, 55], 1000), [0, 250]);
});

test("what is said aloud is short", () => {
  assert.equal(m.announcement(new Map([["Northwind", 3], ["Press", 2]])), "3 new in Northwind, 2 in Press");
});

test("an event is applied in its place, and a hole before it is noticed", () => {
  assert.equal(m.placeOf("x-5", "x-5", "x-6", "update"), "next");
  assert.equal(m.placeOf("x-5", "x-3", "x-4", "update"), "old");
  assert.equal(m.placeOf("x-5", "x-4", "x-5", "beat"), "next");
  assert.equal(m.placeOf("x-5", "x-6", "x-7", "update"), "missed");
  assert.equal(m.placeOf("x-5", "y-1", "y-2", "update"), "missed");
  assert.equal(m.placeOf("x-5", "x-5", "y-0", "state"), "next");
  assert.equal(m.placeOf("x-5", "x-9", "x-9", "state"), "next");
});

test("the leader goes back as far as the tab that misses most", () => {
  assert.equal(m.earlier("x-9", "x-5"), "x-5");
  assert.equal(m.earlier("x-5", "x-9"), "x-5");
  assert.equal(m.earlier("x-5", "y-2"), "y-2");
});

test("a cursor made of a time misses none of the same second", () => {
  assert.equal(m.cursorAfter({ published: Date.UTC(2026, 0, 1, 0, 0, 0, 250) }), "2026-01-01T00:00:01.250Z");
});
