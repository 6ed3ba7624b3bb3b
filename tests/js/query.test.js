// The query box: where things stand in what is typed, and what becomes of answers that come late.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { afterEach, beforeEach, describe, test } = require("node:test");
const { desk, settle, skip } = require("./desk.js");

const FOLDER = join(__dirname, "..", "..", "workbench", "widgets", "static");
const NAMES = ["pointsTo", "unitsTo", "placeOfError", "withCompletion"];
const source = readFileSync(join(FOLDER, "edit-query.js"), "utf8");
const { pointsTo, unitsTo, placeOfError, withCompletion } = new Function(
  `"use strict"; ${source}; return { ${NAMES.join(", ")} };`)();

test("the kernel counts characters where the browser counts halves of them", () => {
  const text = "🚀a 🎉b";
  assert.deepEqual([0, 2, 3, 4, 6].map((unit) => pointsTo(text, unit)), [0, 1, 2, 3, 4]);
  assert.deepEqual([0, 1, 2, 3, 4].map((point) => unitsTo(text, point)), [0, 2, 3, 4, 6]);
});

test("an error is about the word, the phrase or the sign at its place", () => {
  const marked = (text, position) => text.slice(...placeOfError(text, position));
  assert.equal(marked("acme lang:english1 fares", 5), "lang:english1");
  assert.equal(marked("🚀 (acme OR", 8), "OR");
  assert.equal(marked('acme "price war', 5), '"price war');
  assert.equal(marked('acme "price war" x', 5), '"price war"');
  assert.equal(marked("(acme", 0), "(acme");
  assert.equal(marked("acme) x", 4), ")");
  assert.equal(marked("acme ", 5), "");
});

test("a completion makes room for what follows, but for an operator's value", () => {
  const taken = (text, to, put, from = to) => {
    const { start, end, put: made } = withCompletion(text, { text: put, from, to });
    return text.slice(0, start) + made + text.slice(end);
  };
  assert.equal(taken("acme #fa", 8, "#Fares", 5), "acme #Fares ");
  assert.equal(taken("acme fr", 7, "from:", 5), "acme from:");
  assert.equal(taken("acme lang:e fares", 11, "lang:en", 5), "acme lang:en fares");
  assert.equal(taken("(acme OR #fa)", 12, "#Fares", 9), "(acme OR #Fares)");
  assert.equal(taken("🚀 #fa", 5, "#Fares", 2), "🚀 #Fares ");
});

describe("a box in a document", { skip }, () => {
  let on;
  let waiting;
  const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
  const asked = (part) => on.asked.filter((each) => each.kind === "assist" && each.part === part && each.text !== "source:");
  const completions = (...texts) => ({ completions: texts.map((text) => ({ text, from: 0, to: 2, help: "helps" })) });
  beforeEach(async () => {
    on = desk();
    waiting = [];
    on.answers.assist = (fields) => new Promise((resolve) => waiting.push({ ...fields, resolve }));
    on.find(".wb-list").focus();
    on.press("/");
    await settle();
  });
  afterEach(() => on.close());
  const box = () => on.find("[role=combobox]");
  const type = (text) => {
    box().focus();
    box().value = text;
    box().setSelectionRange(text.length, text.length);
    box().dispatchEvent(new on.window.Event("input", { bubbles: true }));
  };
  const options = () => on.all(".wb-q-list:not([hidden]) [role=option]").map((node) => node.querySelector("bdi").textContent);

  test("it asks once for what was typed in a moment, with the column's other settings", async () => {
    for (const text of ["l", "la", "lan"]) type(text);
    await wait(100);
    assert.deepEqual(asked("complete").map(({ text, at }) => [text, at]), [["lan", 3]]);
    await wait(400);
    const checks = asked("").filter((each) => each.text !== undefined);
    assert.deepEqual([checks.at(-1).text, checks.at(-1).column.type], ["lan", "search"]);
    assert.notEqual(checks.at(-1).box, asked("complete")[0].box);
  });

  test("what another type of column was given is none of what is asked", async () => {
    on.escape();
    on.press("a");
    on.find("[data-type=hashtag]").click();
    on.fill(on.find("dialog[open] .wb-e-settings input"), "fares");
    on.find("[data-type=search]").click();
    type("acme");
    await wait(400);
    assert.deepEqual(asked("").filter((each) => each.text === "acme").at(-1).column, { type: "search", query: "acme" });
  });

  test("what comes late is dropped, and what was asked last is offered", async () => {
    type("la");
    await wait(100);
    const [first] = waiting.filter((each) => each.part === "complete");
    type("li");
    await wait(100);
    const second = waiting.filter((each) => each.part === "complete").at(-1);
    second.resolve(completions("list:"));
    await settle();
    assert.deepEqual(options(), ["list:"]);
    first.resolve(completions("lang:"));
    await settle();
    assert.deepEqual(options(), ["list:"]);
  });

  test("arrows choose, Enter takes, and only then does Enter apply", async () => {
    type("li");
    await wait(100);
    waiting.filter((each) => each.part === "complete").at(-1).resolve(completions("list:", "like"));
    await settle();
    assert.equal(on.press("Tab").defaultPrevented, false);
    on.press("ArrowUp");
    assert.equal(on.find("[aria-selected=true] bdi").textContent, "like");
    on.press("ArrowDown");
    const chosen = on.find(`#${box().getAttribute("aria-activedescendant")}`);
    assert.equal(chosen.querySelector("bdi").textContent, "list:");
    assert.ok(on.press("Enter").defaultPrevented);
    assert.equal(box().value, "list:");
    assert.equal(box().getAttribute("aria-expanded"), "false");
    assert.ok(!on.asked.some((each) => each.kind === "edit"));
    assert.equal(on.press("Enter").defaultPrevented, false);
  });

  test("what is done to a list is done to the one for what was typed since, once that is there", async () => {
    const doings = [
      () => on.all(".wb-q-list [role=option]")[1].click(),
      () => ["ArrowDown", "Enter"].forEach((key) => on.press(key)),
      () => ["ArrowDown", "Tab"].forEach((key) => on.press(key)),
    ];
    for (const does of doings) {
      const last = () => waiting.filter((each) => each.part === "complete").at(-1);
      type("li");
      await wait(100);
      last().resolve({ completions: ["like", "list:"].map((text) => ({ text, from: 0, to: 2, help: "" })) });
      await settle();
      type("lis");
      does();
      assert.equal(box().value, "lis");
      await wait(100);
      last().resolve({ completions: [{ text: "list:", from: 0, to: 3, help: "" }] });
      await settle();
      assert.equal(box().value, "list:");
      assert.deepEqual(options(), []);
      assert.ok(!on.asked.some((each) => each.kind === "edit"));
    }
  });

  test("where a word begins nothing opens by itself, and what applies closes the list for good", async () => {
    for (const text of ["acme ", "(", "acme -", "acme !"]) type(text);
    await wait(100);
    assert.deepEqual(asked("complete"), []);
    type("li");
    await wait(100);
    on.press("Enter", { ctrlKey: true });
    waiting.filter((each) => each.part === "complete").at(-1).resolve(completions("list:"));
    await settle();
    assert.deepEqual(options(), []);
  });

  test("whatever the kernel says is text", async () => {
    type("li");
    await wait(100);
    const bad = "<img src=x onerror=alert(1)>";
    waiting.filter((each) => each.part === "complete").at(-1).resolve({ completions: [{ text: bad, from: 0, to: 2, help: bad }] });
    await wait(400);
    waiting.filter((each) => each.part === "" && each.text).at(-1).resolve({
      error: { message: bad, position: 0 }, query: bad, sources: [{ label: bad, text: bad, upstream: [bad] }], rate: { text: bad },
    });
    await settle();
    assert.equal(on.all("img").length, 0);
    assert.equal(on.find(".wb-q").textContent.split(bad).length - 1, 8);
  });
});
