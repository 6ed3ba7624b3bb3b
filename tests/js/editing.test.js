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
    await settle();
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
    assert.equal(on.find("[data-item='x:northwind1']"), null);
    on.button("Undo", on.find(".wb-e-toast")).click();
    await settle();
    assert.deepEqual(on.asked.slice(2).map((each) => each.do), ["unhide", "save"]);
    on.tell({ dirty: true });
    on.press("H", { shiftKey: true });
    await settle();
    assert.deepEqual(on.asked.slice(4), [{ kind: "edit", do: "hide", author: "ana.example" }]);
    assert.equal(on.all("[data-item]").length, 0);
  });

  test("what is pressed while a step is on its way waits for the draft that the step makes", async () => {
    let answer;
    on.answers.move = () => new Promise((resolve) => (answer = resolve));
    for (const [key, more, after] of [
      ["s", { ctrlKey: true }, ["save"]], ["z", { ctrlKey: true }, ["undo"]], ["h", {}, ["hide"]],
      ["ArrowRight", { altKey: true, shiftKey: true }, ["move"]],
    ]) {
      on.tell({ ...DRAFT });
      on.asked.length = 0;
      on.find("[data-column=calder] [data-item]").focus();
      on.press("ArrowLeft", { altKey: true, shiftKey: true });
      await settle();
      on.press(key, more);
      await settle();
      assert.deepEqual(on.asked.map((each) => each.do), ["move"]);
      on.tell({ dirty: true, undo: "Move “Calder”", columns: [...DRAFT.columns].reverse() });
      answer({});
      await settle();
      assert.deepEqual(on.asked.map((each) => each.do), ["move", ...after]);
    }
  });

  test("a new column has the focus, whether it is there before the answer or after it", async () => {
    const come = (key) => {
      on.tell({ columns: [...DRAFT.columns, { key, type: "search", title: key }] });
      on.lay();
    };
    for (const [key, isEarly] of [["early", true], ["late", false]]) {
      on.answers.add = () => {
        if (isEarly) come(key);
        return Promise.resolve({ key });
      };
      on.find(".wb-list").focus();
      on.press("a");
      on.press("Enter", { ctrlKey: true });
      await settle();
      if (!isEarly) come(key);
      assert.equal(on.dialog(), null);
      assert.equal(on.focused.closest("[data-column]").dataset.column, key);
    }
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
    assert.deepEqual(checked.map((node) => node.textContent || node.title), ["medium", "no colour", "as the deck", "as usual"]);
    on.button("wide", menu).click();
    menu.querySelector("[title=blue]").click();
    on.button("Collapsed", menu).click();
    on.button("Sound", menu).click();
    on.button("large", menu).click();
    on.button("each", menu).click();
    await settle();
    assert.deepEqual(on.asked.map(({ settings }) => settings),
      [{ width: "wide" }, { colour: "blue" }, { collapsed: true }, { sound: true }, { media: "large" }, { alike: "shown" }]);
  });

  test("what cannot be done now does nothing", () => {
    const menu = open();
    on.button("Move right", menu).click();
    assert.equal(on.button("Move right", menu).getAttribute("aria-disabled"), "true");
    assert.deepEqual(on.asked, []);
  });
});
