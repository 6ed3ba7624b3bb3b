const assert = require("node:assert/strict");
const { test } = require("node:test");
const w = require("./parts.js");

const NOW = Date.UTC(2026, 10, 23, 9, 14, 7);
const MINUTE = 60e3;

test("a time says how long ago it was, and after a week the day", () => {
  const ago = (minutes) => w.relativeTime(NOW - minutes * MINUTE, "UTC", NOW);
  assert.equal(ago(0.9), "now");
  assert.equal(ago(-5), "now");
  assert.equal(ago(1), "1 min");
  assert.equal(ago(59.9), "59 min");
  assert.equal(ago(60), "1 h");
  assert.equal(ago(24 * 60), "1 d");
  assert.equal(ago(8 * 24 * 60), "15 Nov");
});

test("exact times are in the deck's zone and name it", () => {
  assert.equal(w.clockTime(NOW, "Europe/Zurich"), "10:14:07");
  assert.match(w.exactTime(NOW, "Europe/Zurich"), /^Monday,? 23 November 2026,? (at )?10:14:07 (CET|GMT\+1)$/);
  assert.equal(w.clockTime(NOW, "Nowhere/Atall"), "09:14:07");
  assert.equal(w.clockTime(Date.UTC(2026, 10, 23), "UTC"), "00:00:00");
});

test("times and numbers are written as the reader's browser has it", () => {
  const told = (language) => {
    const { clockTime, count, sinceTime } = w.made(language);
    return [clockTime(NOW, "UTC"), sinceTime(NOW - 1440 * MINUTE, "UTC", NOW), count(1234)].map((text) => text.replace("\u202f", " "));
  };
  assert.deepEqual(told("en-US"), ["9:14:07 AM", "Nov 22, 9:14 AM", "1,234"]);
  assert.deepEqual(told("de-DE"), ["09:14:07", "22. Nov., 09:14", "1.234"]);
});

test("since names the day only when it is another", () => {
  assert.equal(w.sinceTime(NOW - 3 * MINUTE, "UTC", NOW), "09:11");
  assert.equal(w.sinceTime(NOW - 1440 * MINUTE, "UTC", NOW), "22 Nov, 09:14");
});

test("numbers stay short", () => {
  assert.equal(w.count(1234), "1,234");
  assert.match(w.count(12345), /^12\.3k$/i);
});

test("the page says what is wrong, the worst first", () => {
  const fault = { level: "failing", text: "Harbour fails: answered 503, and 1 more" };
  const tell = (known) =>
    w.health({ now: NOW, heard: NOW, asOf: NOW, zone: "UTC", line: { state: "open" }, fault, ...known });
  assert.deepEqual(tell({}), fault);
  assert.deepEqual(tell({ heard: NOW - 30e3 }), fault);
  assert.deepEqual(tell({ heard: NOW - 30001 }), { level: "stale", text: "No news from the server since 09:14:07" });
  const cut = tell({ line: { state: "lost", reason: "The server cannot be reached" } });
  assert.equal(cut.level, "failing");
  assert.equal(cut.text, "The server cannot be reached; what you see is of 09:14:07. Trying again by itself.");
});
