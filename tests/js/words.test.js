const assert = require("node:assert/strict");
const { test } = require("node:test");
const w = require("./parts.js");

const NOW = Date.UTC(2026, 10, 23, 9, 14, 7);
const MINUTE = 60e3;

test("a time says how long ago it was, and after a week the day", () => {
  const ago = (minutes) => w.relativeTime(NOW - minutes * MINUTE, NOW, "UTC");
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
  assert.match(w.exactTime(NOW, "Europe/Zurich"), /^Mon,? 23 Nov 2026,? (at )?10:14:07 (CET|GMT\+1)$/);
  assert.equal(w.clockTime(NOW, "Nowhere/Atall"), "09:14:07");
  assert.equal(w.clockTime(Date.UTC(2026, 10, 23), "UTC"), "00:00:00");
});

test("since names the day only when it is another", () => {
  assert.equal(w.sinceTime(NOW - 3 * MINUTE, NOW, "UTC"), "09:11");
  assert.equal(w.sinceTime(NOW - 1440 * MINUTE, NOW, "UTC"), "22 Nov, 09:14");
});

test("numbers stay short", () => {
  assert.equal(w.count(1234), "1,234");
  assert.match(w.count(12345), /^12\.3k$/i);
  assert.equal(w.counted(1, "reply", "replies"), "1 reply");
  assert.equal(w.counted(2100, "like"), "2,100 likes");
  assert.equal(w.times(9.21), "9.2 ×");
  assert.equal(w.times(31.4), "31 ×");
  assert.equal(w.times(6600), "100+ ×");
});

test("the mood's bounds are VADER's, and what is not scored has none", () => {
  assert.deepEqual([0.05, 0.049, -0.049, -0.05].map(w.mood), ["pos", "neu", "neu", "neg"]);
  assert.equal(w.mood(null), "");
  assert.equal(w.mood(undefined), "");
});

test("initials are the first letters of the first and the last word", () => {
  assert.equal(w.initials("Marta Oduya"), "MO");
  assert.equal(w.initials("Jean-Luc de la Tour"), "JT");
  assert.equal(w.initials("acme"), "A");
  assert.equal(w.initials("佐藤 花子"), "佐");
  assert.equal(w.initials("🚀🚀"), "·");
  assert.equal(w.initials(""), "·");
});

test("a name loses what could make it pass for another", () => {
  assert.equal(w.plainName("CEO\u202eriA\u200b\u2066 x"), "CEOriA x");
  assert.equal(w.plainName("a\nb\u0000c"), "a b c");
  assert.equal(w.plainName(null), "");
});

test("white letters stand on every avatar at 4.5 : 1 or more", () => {
  const part = (hex) => {
    const v = parseInt(hex, 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  for (const colour of w.AVATARS) {
    const [r, g, b] = [0, 2, 4].map((at) => part(colour.slice(at, at + 2)));
    const contrast = 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
    assert.ok(contrast >= 4.5, `${colour} has ${contrast.toFixed(2)}`);
  }
  assert.equal(w.avatarColour("martao"), w.avatarColour("martao"));
  const authors = Array.from({ length: 200 }, (_, i) => w.avatarColour(`author${i}`));
  assert.equal(new Set(authors).size, w.AVATARS.length);
});

test("the page says what is wrong, the worst first", () => {
  const source = (state, reason = "") => ({ label: "Harbour", state, reason });
  const tell = (known) =>
    w.health({ now: NOW, heard: NOW, asOf: NOW, zone: "UTC", line: { state: "open" }, sources: [source("live")], ...known });
  assert.deepEqual(tell({}), { level: "live", text: "" });
  assert.deepEqual(tell({ heard: NOW - 30e3 }), { level: "live", text: "" });
  assert.deepEqual(tell({ heard: NOW - 30001 }), { level: "stale", text: "No news from the server since 09:14:07" });
  const failing = [source("failing", "answered 503"), source("waiting"), source("failing")];
  assert.deepEqual(tell({ sources: failing }), { level: "failing", text: "Harbour fails: answered 503, and 1 more" });
  assert.deepEqual(tell({ sources: [source("waiting", "asked to")] }), { level: "stale", text: "Harbour waits: asked to" });
  const cut = tell({ line: { state: "lost", reason: "The server cannot be reached" }, sources: failing });
  assert.equal(cut.level, "failing");
  assert.equal(cut.text, "The server cannot be reached; what you see is of 09:14:07. Trying again by itself.");
});
