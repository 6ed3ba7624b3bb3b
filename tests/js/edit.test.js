// The editor's own thinking: places, names, what has changed, what fits what was typed.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");

const FOLDER = join(__dirname, "..", "..", "workbench", "widgets", "static");
const PARTS = ["words", "edit-parts", "edit-settings", "edit-drag", "edit-versions", "edit-palette", "edit-bar"];
const NAMES = [
  "inWords", "namesIn", "titleFor", "freeName", "changedSettings", "settled",
  "dropPlace", "markPlace", "edgePull", "lineDiff", "sideBySide", "fit", "fitting", "asCommands", "savedWords",
];
const source = PARTS.map((name) => readFileSync(join(FOLDER, `${name}.js`), "utf8")).join("");
const made = new Function("navigator", `"use strict"; ${source}; return { ${NAMES.join(", ")} };`)({ language: "en-GB" });

test("an error is told with its remedy, as one sentence", () => {
  const told = made.inWords({ message: "this parenthesis is never closed", remedy: "add )" });
  assert.equal(told, "This parenthesis is never closed; add )");
  assert.equal(made.inWords({ message: "has no title", remedy: "" }), "Has no title.");
  assert.equal(made.inWords({ message: "Who goes there?" }), "Who goes there?");
});

test("of the path of a setting the nearest name comes first, numbers are none", () => {
  assert.deepEqual(made.namesIn("columns[2].filters.likes"), ["likes", "filters", "columns"]);
  assert.deepEqual(made.namesIn("lists.board"), ["board", "lists"]);
  assert.deepEqual(made.namesIn(""), []);
  assert.deepEqual(made.namesIn(undefined), []);
});

test("a column that nobody named is called after what it looks for", () => {
  const title = (type, settings, taken = []) => made.titleFor(type, settings, taken);
  assert.equal(title("search", { query: "(acme OR #acme) -crypto lang:en" }), "Acme");
  assert.equal(title("search", { query: "\"price war\" source:feeds" }), "Price war");
  assert.equal(title("search", { query: "(globex OR initech) NOT hiring" }), "Globex initech");
  assert.equal(title("hashtag", { any: ["avgeek", "KVR"] }), "Avgeek");
  assert.equal(title("share-of-voice", { queries: { Acme: "acme", Globex: "globex" } }), "Acme Globex");
  assert.equal(title("source-health", {}), "Source health");
  assert.equal(title("search", { query: "北京" }), "北京");
});

test("a name that is taken is given a number, whatever its capitals", () => {
  assert.equal(made.titleFor("newswire", {}, ["newswire", "Newswire 2"]), "Newswire 3");
  assert.equal(made.freeName("Acme", []), "Acme");
});

test("only what has changed is sent, and what is no more is null", () => {
  const before = { query: "acme", any: "delay", width: "wide", list: "board" };
  const after = { query: "acme", any: ["delay"], width: "wide", list: null, none: null, filters: { lang: "en" } };
  assert.deepEqual(made.changedSettings(before, after), { list: null, filters: { lang: "en" } });
  assert.deepEqual(made.settled({ a: null, b: "", c: 0, d: "x" }), { c: 0, d: "x" });
});

test("a column lands before the first whose middle it has not passed", () => {
  const others = [[0, 100], [110, 210], [220, 320]];
  assert.deepEqual([20, 49, 51, 159, 161, 900].map((x) => made.dropPlace(others, x)), [0, 0, 1, 1, 2, 3]);
  assert.equal(made.dropPlace([], 5), 0);
});

test("its place is marked in the gap", () => {
  const others = [[0, 100], [112, 212]];
  assert.deepEqual([0, 1, 2].map((place) => made.markPlace(others, place, 12)), [-6, 106, 218]);
});

test("near an edge the columns scroll, the nearer the faster, and never wildly", () => {
  assert.equal(made.edgePull(500, 0, 1000), 0);
  assert.ok(made.edgePull(30, 0, 1000) < 0);
  assert.ok(made.edgePull(10, 0, 1000) < made.edgePull(30, 0, 1000));
  assert.ok(made.edgePull(990, 0, 1000) > 0);
  assert.equal(made.edgePull(9000, 0, 1000), 24);
});

/** A side of a comparison, put together again. */
const side = (lines, own) => lines.filter(([kind]) => kind === "both" || kind === own).map(([, line]) => line).join("\n");

test("two versions are told apart line by line, and each can be read whole", () => {
  const mine = "title: Air\ncolumns:\n  - a\n  - b\n  - c";
  const theirs = "title: Air\ncolumns:\n  - a\n  - x\n  - c\n  - d";
  const lines = made.lineDiff(mine, theirs);
  assert.equal(side(lines, "mine"), mine);
  assert.equal(side(lines, "theirs"), theirs);
  const apart = lines.filter(([kind]) => kind !== "both");
  assert.deepEqual(apart, [["mine", "  - b"], ["theirs", "  - x"], ["theirs", "  - d"]]);
});

test("side by side what stands in both stands in one row, and what does not beside nothing", () => {
  const rows = made.sideBySide(made.lineDiff("a\nb\nc", "a\nx\ny\nc\nd"));
  assert.deepEqual(rows, [["a", "a", true], ["b", "x", false], [null, "y", false], ["c", "c", true], [null, "d", false]]);
});

test("whatever two versions are, their common lines are as many as can be", () => {
  // A small generator of its own, so that a failure comes again.
  let seed = 7;
  const dice = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const longest = (a, b) => {
    if (!a.length || !b.length) return 0;
    const [p, q] = [a.slice(1), b.slice(1)];
    return a[0] === b[0] ? 1 + longest(p, q) : Math.max(longest(p, b), longest(a, q));
  };
  for (let round = 0; round < 200; round += 1) {
    const [a, b] = [0, 0].map(() => Array.from({ length: dice(7) }, () => "abc"[dice(3)]));
    const lines = made.lineDiff(a.join("\n"), b.join("\n"));
    assert.equal(side(lines, "mine"), a.join("\n"));
    assert.equal(side(lines, "theirs"), b.join("\n"));
    const n = lines.filter(([kind]) => kind === "both").length;
    assert.equal(n, a.length || b.length ? Math.max(longest(a, b), longest([a.join("\n")], [b.join("\n")])) : 1);
  }
});

test("letters in their order fit; beginnings of words and whole words fit better", () => {
  assert.equal(made.fit("Go to Northwind", "xyz"), 0);
  assert.ok(made.fit("Go to Northwind", "gtn") > 0);
  const texts = ["Calder › Rename", "Northwind › Collapsed", "Go to Calder", "Add column"].map((text) => ({ text }));
  const best = (typed) => made.fitting(texts, typed).map(({ text }) => text);
  assert.equal(best("cal")[0], "Go to Calder");
  assert.equal(best("cal ren")[0], "Calder › Rename");
  assert.equal(best("add")[0], "Add column");
  assert.deepEqual(best("zzz"), []);
  assert.equal(best(" ").length, 4);
});

test("a menu is offered as commands: choices one by one, what is off not at all", () => {
  const run = () => {};
  const rows = [
    { text: "Rename …", keys: "F2", run }, null,
    { text: "Width", options: [{ text: "narrow", on: false, run }, { text: "wide", on: true, run }] },
    { text: "Sound", on: true, run }, { text: "Move left", off: true, run },
  ];
  assert.deepEqual(made.asCommands(rows, "Air › ").map(({ text }) => text),
    ["Air › Rename", "Air › Width narrow", "Air › Sound off"]);
});

test("how many changes are not saved is said, else when it was saved", () => {
  const now = Date.parse("2026-11-23T09:20:00Z");
  const told = (draft) => made.savedWords(draft, now, "UTC");
  assert.equal(told({ dirty: true, changes: 3 }), "3 changes not saved");
  assert.equal(told({ dirty: true, changes: 1 }), "1 change not saved");
  assert.equal(told({ dirty: true }), "Changes not saved");
  assert.equal(told({ dirty: false, saved: Date.parse("2026-11-23T09:14:00Z") }), "Saved 09:14");
  assert.equal(told({ dirty: false, saved: null }), "");
});
