// The editor's dialogs in a document: what they send, what they say, and what they keep.
const assert = require("node:assert/strict");
const { afterEach, beforeEach, describe, test } = require("node:test");
const { desk, settle, skip } = require("./desk.js");

describe("the editor's dialogs", { skip }, () => {
  let on;
  beforeEach(() => (on = desk()));
  afterEach(() => on.close());
  const focus = (column) => on.find(`[data-column=${column}] .wb-list`).focus();

  test("an error stands at its field, and what was typed stays", async () => {
    on.answers.set = { error: { message: "another column has the title 'Northwind' already", key: "columns[1].title", remedy: "" } };
    focus("calder");
    on.press("F2");
    const input = on.find("dialog[open] input");
    on.fill(input, "Northwind");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.equal(input.getAttribute("aria-invalid"), "true");
    const told = on.window.document.getElementById(input.getAttribute("aria-describedby"));
    assert.match(told.textContent, /^Another column has the title/);
    assert.equal(on.focused, input);
    on.answers.set = { key: "calder" };
    on.fill(input, " Calder Jet ");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.equal(on.dialog(), null);
    assert.deepEqual(on.asked.at(-1).settings, { title: "Calder Jet" });
  });

  test("an error without a field of its own says what it is about", async () => {
    on.answers.set = { error: { message: "is 'x'", remedy: "it needs a whole number", key: "columns[1].filters.likes.at_least" } };
    focus("calder");
    on.press("F2");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.match(on.find("dialog[open] [role=alert]").textContent, /^filters\.likes\.at_least: Is 'x'; it needs a whole number\.$/);
  });

  test("the first Escape keeps what was typed, the second closes", () => {
    focus("calder");
    on.press("F2");
    on.fill(on.find("dialog[open] input"), "Other");
    on.escape();
    assert.match(on.dialog().textContent, /Escape once more/);
    on.escape();
    assert.equal(on.dialog(), null);
    assert.deepEqual(on.asked, []);
  });

  test("a kernel without time is said to be busy, and one that is gone leaves what was typed", async () => {
    let reject;
    on.answers.set = () => new Promise((_, fails) => (reject = fails));
    focus("calder");
    on.press("F2");
    const input = on.find("dialog[open] input");
    on.fill(input, "Kept");
    on.press("Enter", { ctrlKey: true });
    on.press("Enter", { ctrlKey: true });
    assert.equal(on.asked.length, 1);
    await new Promise((resolve) => setTimeout(resolve, 1700));
    assert.match(on.dialog().textContent, /kernel is busy/);
    assert.match(on.find(".wb-e-state").textContent, /kernel is busy/);
    reject(new Error("the kernel is gone"));
    await settle();
    assert.match(on.dialog().textContent, /The kernel is gone; nothing was changed/);
    assert.doesNotMatch(on.dialog().textContent, /kernel is busy/);
    assert.equal(input.value, "Kept");
  });

  test("mutes are read as the deck has them, and none is none", async () => {
    on.find("[data-column=calder] .wb-e-head").click();
    on.button("Mutes (1)", on.find(".wb-e-menu")).click();
    on.button("Mute something", on.dialog()).click();
    const [, row] = on.dialog().querySelectorAll(".wb-e-rows > div");
    const [kind, what, until] = row.querySelectorAll("select, input");
    kind.value = "domain";
    on.fill(what, "spam.example");
    on.fill(until, "2027-01-31");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.deepEqual(on.asked.at(-1).settings, { mutes: [{ word: "ad" }, { domain: "spam.example", until: "2027-01-31" }] });
  });

  test("versions are shown with what they change, and one is restored as a step", async () => {
    on.answers.versions = { versions: [{ id: "2", saved: "2026-11-23T09:00:00Z", columns: 2, note: "Add “Rivals”" }, { id: "1", saved: "2026-11-22T09:00:00Z", columns: 1, note: "" }] };
    on.answers.version = ({ id }) => Promise.resolve({ text: "", diff: id === "1" ? "--- a\n+++ b\n@@ -1 +1 @@\n-title: Air\n+title: <b>Northwind</b>\n" : "" });
    on.find("[aria-label^='More about']").click();
    on.button("Versions", on.find(".wb-e-menu")).click();
    await settle();
    assert.match(on.dialog().textContent, /09:00.*2 columns · Add “Rivals”/);
    assert.match(on.dialog().textContent, /It is as the deck is now/);
    on.dialog().querySelectorAll(".wb-e-versions button")[1].click();
    await settle();
    const lines = [...on.dialog().querySelectorAll(".wb-e-diff > div")].map((node) => node.textContent);
    assert.deepEqual(lines, ["@…", "−title: Air", "+title: <b>Northwind</b>"]);
    on.button("Restore", on.dialog()).click();
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "edit", do: "restore", id: "1" });
  });

  test("a race shows both, and each way out does what it says", async () => {
    const race = { race: true, mine: "title: A\ncolumns: []", theirs: "title: B\ncolumns: []", who: "ana", when: "2026-11-23T09:10:00Z" };
    on.answers.save = ({ over }) => Promise.resolve(over ? {} : { error: race });
    on.tell({ dirty: true });
    focus("calder");
    on.press("s", { ctrlKey: true });
    await settle();
    const [mine, theirs] = on.dialog().querySelectorAll(".wb-e-diff");
    assert.deepEqual([...mine.querySelectorAll(".wb-e-came")].map((node) => node.textContent), ["!title: A"]);
    assert.deepEqual([...theirs.querySelectorAll(".wb-e-came")].map((node) => node.textContent), ["!title: B"]);
    assert.match(on.dialog().textContent, /ana saved it at 09:10/);
    on.button("Save mine over it", on.dialog()).click();
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "edit", do: "save", over: true });
    assert.equal(on.dialog(), null);
  });

  test("the palette runs what was chosen by keys alone", () => {
    focus("northwind");
    on.press(";");
    on.fill(on.find("dialog[open] input"), "go cald");
    on.press("Enter");
    assert.equal(on.dialog(), null);
    assert.equal(on.focused.closest("[data-column]").dataset.column, "calder");
    on.press(";");
    on.fill(on.find("dialog[open] input"), "qqq");
    assert.match(on.dialog().textContent, /Nothing is called that/);
    on.press("Enter");
    assert.deepEqual(on.asked, []);
  });

  test("a pin goes with its note, and can be taken back", async () => {
    on.find("[data-item]").focus();
    on.press("p");
    on.fill(on.find("dialog[open] textarea"), "Why it matters");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "pin", item: "x:northwind1", note: "Why it matters" });
    on.button("Undo", on.find(".wb-e-toast")).click();
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "unpin", item: "x:northwind1" });
  });

  test("a story is pinned like a post, by its own key, and the pin taken away", async () => {
    const story = on.window.document.createElement("li");
    story.innerHTML = "<h3><button class='wb-open'>Strike called off</button></h3>";
    Object.assign(story, { tabIndex: -1, className: "wb-post wb-entry" }).dataset.about = "story:s1";
    on.find("[data-column=northwind] .wb-list").prepend(story);
    story.focus();
    on.press("h");
    assert.match(on.find(".wb-e-toast").textContent, /Choose a post first/);
    on.press("p");
    assert.match(on.dialog().textContent, /Pin a story.*Strike called off/);
    on.fill(on.find("dialog[open] textarea"), "Ask the pilots.");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "pin", item: "story:s1", note: "Ask the pilots." });
    on.lay(["-pinned", "northwind", "calder"]);
    on.find("[data-column='-pinned'] .wb-list").innerHTML =
      "<div class='wb-pin' data-pin='story:s1'><div><p class='wb-text'>Ask the pilots.</p></div><div class='wb-entry' tabindex='-1' data-about='story:s2'>since merged</div></div>";
    on.find("[data-about='story:s2']").focus();
    on.press("p");
    assert.equal(on.find("dialog[open] textarea").value, "Ask the pilots.");
    on.button("Take the pin away", on.dialog()).click();
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "unpin", item: "story:s1" });
  });

  test("of a post that is pinned the note is changed, or the pin taken away", async () => {
    on.lay(["-pinned", "northwind", "calder"]);
    const pin = (key, note, rest) => `<div class="wb-pin" data-pin="${key}"><div><p class="wb-text">${note}</p></div>${rest}</div>`;
    on.find("[data-column='-pinned'] .wb-list").innerHTML = pin("x:northwind1", "Ask Bob.", "<article data-item='x:northwind1' tabindex='-1'>words</article>")
      + pin("x:gone", "Gone.", "<p class='wb-entry' tabindex='-1'>deleted</p>");
    on.find("[data-column=northwind] [data-item]").focus();
    on.press("p");
    assert.equal(on.find("dialog[open] textarea").value, "Ask Bob.");
    on.fill(on.find("dialog[open] textarea"), "Asked.");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "pin", item: "x:northwind1", note: "Asked." });
    on.button("Undo", on.find(".wb-e-toast")).click();
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "pin", item: "x:northwind1", note: "Ask Bob." });
    on.find("[data-pin='x:gone'] .wb-entry").focus();
    on.press("p");
    on.button("Take the pin away", on.dialog()).click();
    await settle();
    assert.deepEqual(on.asked.at(-1), { kind: "unpin", item: "x:gone" });
    assert.equal(on.find("dialog[open]"), null);
  });

  test("the pointer finds what can be done with a post at the post", async () => {
    const post = on.find("[data-item='x:calder1']");
    const list = post.closest(".wb-list");
    for (const [node, top, bottom] of [[post, 100, 180], [list, 60, 600]]) {
      node.getBoundingClientRect = () => ({ top, bottom, left: 0, right: 300, width: 300, height: bottom - top });
    }
    const more = on.find(".wb-e-post");
    assert.equal(more.hidden, true);
    post.querySelector(".wb-text").dispatchEvent(new on.window.Event("pointerover", { bubbles: true }));
    assert.equal(more.hidden, false);
    more.click();
    on.button("Hide from the deck", on.find(".wb-e-menu")).click();
    await settle();
    assert.deepEqual(on.asked[0], { kind: "edit", do: "hide", post: "x:calder1" });
    list.dispatchEvent(new on.window.Event("scroll"));
    assert.equal(more.hidden, true);
  });

  test("what was typed into a new column is there again when the cell was run anew", async () => {
    focus("northwind");
    on.press("a");
    on.fill(on.dialog().querySelector("input[role=combobox]"), "globex");
    assert.equal(on.find("dialog[open] input[maxlength='200']").placeholder, "Globex");
    on.answers.add = { error: { message: "the kernel is gone", key: "" } };
    on.press("Enter", { ctrlKey: true });
    await settle();
    const added = () => on.asked.filter((each) => each.do === "add").at(-1);
    assert.equal(added().column.query, "globex");
    on.escape();
    on.escape();
    on.answers.add = { key: "globex" };
    focus("northwind");
    on.press("a");
    assert.equal(on.dialog().querySelector("input[role=combobox]").value, "globex");
    on.press("Enter", { ctrlKey: true });
    await settle();
    assert.deepEqual(added(), { kind: "edit", do: "add", column: { type: "search", title: "Globex", query: "globex" } });
    focus("northwind");
    on.press("a");
    assert.equal(on.dialog().querySelector("input[role=combobox]").value, "");
  });

  test("the help lists the editor's keys beside the deck's", () => {
    const keys = on.all(".wb-help dt").map((node) => node.textContent);
    for (const key of ["← →", "a", ";", "/", "h", "H", "p", "F2"]) assert.ok(keys.includes(key), key);
  });
});
