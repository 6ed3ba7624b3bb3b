// The editor in a document: what it asks the kernel, what it says, and where the focus goes.
const assert = require("node:assert/strict");
const { afterEach, beforeEach, describe, test } = require("node:test");
const { desk, settle, skip, DRAFT } = require("./desk.js");

describe("a deck that can be edited", { skip }, () => {
  let on;
  beforeEach(() => (on = desk()));
  afterEach(() => on.close());

  test("it has a bar, a menu and a handle for each column, each with its name", () => {
    assert.equal(on.all(".wb-e-head").length, 2);
    assert.equal(on.all(".wb-e-handle").length, 2);
    for (const node of on.all("button")) assert.ok(node.textContent.trim() || node.getAttribute("aria-label"), node.outerHTML);
    on.lay();
    assert.equal(on.all(".wb-e-head").length, 2);
  });

  test("without a draft there is nothing of it, and what was there goes", () => {
    on.tell({});
    on.listeners["change:_draft"]();
    const other = desk(null);
    assert.equal(other.all(".wb-e-bar, .wb-e-head").length, 0);
    other.find(".wb-list").focus();
    other.press("a");
    assert.equal(other.dialog(), null);
    other.close();
  });

  test("undo names what it would undo, and is asked for once there is something", async () => {
    const undo = on.find("[aria-label=Undo]");
    undo.click();
    assert.deepEqual(on.asked, []);
    on.tell({ dirty: true, undo: "Add “Rivals”" });
    assert.equal(undo.getAttribute("aria-label"), "Undo Add “Rivals”");
    undo.click();
    on.find(".wb-list").focus();
    on.press("z", { ctrlKey: true });
    on.press("s", { ctrlKey: true });
    await settle();
    assert.deepEqual(on.asked.map((each) => each.do), ["undo", "undo", "save"]);
  });

  test("titles of decks are text, and another deck is opened from its tab", () => {
    on.tell({ tabs: [...DRAFT.tabs, { name: "x", title: "<img src=x onerror=alert(1)>" }] });
    assert.equal(on.find(".wb-e-bar img"), null);
    assert.match(on.find(".wb-e-bar").textContent, /<img src=x/);
    on.button("Finance").click();
    assert.deepEqual(on.asked.at(-1), { kind: "edit", do: "open", name: "cfo" });
  });

  test("keys act in the deck, not where something is typed, and none goes on to the notebook", () => {
    on.find(".wb-list").focus();
    const pressed = on.press(";");
    assert.ok(pressed.defaultPrevented);
    const input = on.find("dialog[open] input");
    assert.equal(on.focused, input);
    on.press("a");
    assert.equal(on.all("dialog[open]").length, 1);
    assert.equal(on.press("z", { ctrlKey: true }).defaultPrevented, false);
  });

  test("columns move by key, to the place that the deck has for them, and it is said", async () => {
    on.find("[data-column=calder] .wb-list").focus();
    on.press("ArrowLeft", { altKey: true, shiftKey: true });
    await settle();
    assert.deepEqual(on.asked, [{ kind: "edit", do: "move", column: "calder", to: 0 }]);
    assert.match(on.root.textContent, /Calder is now column 1 of 2/);
    on.press("ArrowRight", { altKey: true, shiftKey: true });
    await settle();
    assert.equal(on.asked.length, 1);
  });

  test("a post is hidden and that is saved, unless there is more to save", async () => {
    on.find("[data-item]").focus();
    on.press("h");
    await settle();
    assert.deepEqual(on.asked, [
      { kind: "edit", do: "hide", post: "x:northwind1" }, { kind: "edit", do: "save" },
    ]);
    assert.equal(on.focused.dataset.item, "x:northwind2");
    on.button("Undo", on.find(".wb-e-toast")).click();
    await settle();
    assert.deepEqual(on.asked.slice(2).map((each) => each.do), ["unhide", "save"]);
    on.tell({ dirty: true });
    on.press("H", { shiftKey: true });
    await settle();
    assert.deepEqual(on.asked.slice(4), [{ kind: "edit", do: "hide", author: "ana.example" }]);
  });

  test("what the kernel has to say is said once, and goes with its deck", () => {
    on.tell({ said: "Your unsaved changes are back." });
    const toast = on.find(".wb-e-toast");
    assert.match(toast.textContent, /changes are back/);
    toast.replaceChildren();
    on.tell({ dirty: true });
    assert.equal(toast.textContent, "");
    on.tell({ said: "Saved as a copy." });
    assert.match(toast.textContent, /Saved as a copy/);
    on.tell({ name: "cfo", said: "" });
    assert.equal(toast.textContent, "");
  });

  test("the focus comes back when a column is laid out anew", () => {
    on.find("[data-column=calder] .wb-e-head").focus();
    on.find("[data-column=calder]").remove();
    on.lay();
    assert.equal(on.focused.closest("[data-column]").dataset.column, "calder");
    assert.ok(on.focused.classList.contains("wb-e-head"));
  });

  test("what stands on the deck without being of it, as pins do, is left alone", async () => {
    on.lay(["-pinned", "northwind", "calder"]);
    assert.equal(on.all(".wb-e-head").length, 2);
    on.find("[data-column='-pinned'] [data-item]").focus();
    on.press("F2");
    assert.match(on.dialog().textContent, /Rename the column/);
    assert.equal(on.find("dialog[open] input").value, "Northwind");
  });

  test("what is refused is said in the kernel's words", async () => {
    on.answers.remove = { error: { message: "the deck needs a column", remedy: "add another before you remove this one" } };
    on.find("[data-column=calder] .wb-e-head").click();
    on.button("Remove", on.find(".wb-e-menu")).click();
    await settle();
    assert.match(on.find(".wb-e-toast").textContent, /^The deck needs a column; add another before you remove this one\.$/);
  });
});

describe("its menus", { skip }, () => {
  let on;
  beforeEach(() => (on = desk()));
  afterEach(() => on.close());
  const open = () => {
    on.find("[data-column=calder] .wb-e-head").focus();
    on.focused.click();
    return on.find(".wb-e-menu");
  };

  test("arrows go round, letters go to what begins so, Escape gives the focus back", () => {
    const menu = open();
    assert.equal(on.focused.textContent, "Rename …F2");
    on.press("ArrowUp");
    assert.equal(on.focused.textContent, "Remove");
    on.press("ArrowDown");
    on.press("d");
    assert.equal(on.focused.textContent, "Duplicate");
    on.press("End");
    assert.equal(on.focused.textContent, "Remove");
    on.press("Escape");
    assert.equal(menu.isConnected, false);
    assert.equal(on.focused, on.find("[data-column=calder] .wb-e-head"));
    assert.equal(on.focused.getAttribute("aria-expanded"), "false");
  });

  test("choices and switches say how they stand, and set what they say", async () => {
    const menu = open();
    const checked = [...menu.querySelectorAll("[role=menuitemradio][aria-checked=true]")];
    assert.deepEqual(checked.map((node) => node.textContent || node.title), ["medium", "no colour"]);
    on.button("wide", menu).click();
    menu.querySelector("[title=blue]").click();
    on.button("Collapsed", menu).click();
    on.button("Sound", menu).click();
    await settle();
    assert.deepEqual(on.asked.map(({ settings }) => settings),
      [{ width: "wide" }, { colour: "blue" }, { collapsed: true }, { sound: true }]);
  });

  test("what cannot be done now does nothing", () => {
    const menu = open();
    on.button("Move right", menu).click();
    assert.equal(on.button("Move right", menu).getAttribute("aria-disabled"), "true");
    assert.deepEqual(on.asked, []);
  });
});

describe("its dialogs", { skip }, () => {
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
