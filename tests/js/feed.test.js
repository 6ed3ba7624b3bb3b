// The list of a column in a document without a browser.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");
const { JSDOM, skip } = require("./desk.js");

const FOLDER = join(__dirname, "..", "..", "workbench", "widgets", "static");
const PARTS = ["words", "links", "merge", "dom", "post", "feed"];

const item = (n) => ({
  key: `x:${n}`, published: 1000 * n, v: 1,
  node: ["article", { class: "wb-post wb-entry", "data-item": `x:${n}` }, ["footer", {}]],
});
const items = (...all) => all.map(item);
const down = (from, to) => Array.from({ length: from - to + 1 }, (_, i) => item(from - i));

/** A column's list, and a server that answers when a test says so. */
function list() {
  const { window } = new JSDOM("<!doctype html><section><div class='wb-list'><div class='wb-feed'></div></div><button class='wb-pill'></button><p class='wb-end'></p></section>", {
    runScripts: "outside-only", pretendToBeVisual: true, url: "http://127.0.0.1/",
  });
  const source = PARTS.map((name) => readFileSync(join(FOLDER, `${name}.js`), "utf8")).join("");
  window.eval(`(() => { "use strict"; ${source}; globalThis.made = { feed }; })();`);
  const node = window.document.querySelector("section");
  const of = (name) => node.querySelector(`.wb-${name}`);
  const asked = [];
  const answers = [];
  const older = (key, before) => new window.Promise((resolve, reject) => {
    asked.push(before);
    answers.push((page) => (page ? resolve(page) : reject(new Error("away"))));
  });
  const column = { key: "news", title: "News", node, list: of("list"), pill: of("pill") };
  const self = window.made.feed(column, { older, announce() {}, long: [], now: () => 0 }, () => {});
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return {
    ...self, asked, settled, end: of("end"),
    shown: () => [...node.querySelectorAll("[data-item]")].map((each) => +each.dataset.item.slice(2)),
    numbers: (name) => [...node.querySelectorAll("[data-item]")].map((each) => each.getAttribute(name)),
    gone: (...all) => self.take([], [], new Set(all.map((n) => `x:${n}`)), false),
    /** The reader scrolls a little. */
    read() {
      of("list").scrollTop = 100;
      of("list").dispatchEvent(new window.Event("scroll"));
    },
    /** The server answers: the last request, or the one of this number. */
    async answer(page, n = -1) {
      answers.at(n)(page);
      await settled();
    },
    reset: (fresh) => self.reset({ more: null, ...fresh }),
  };
}

test("what a new state does not tell of is asked for anew, and goes where it is gone", { skip }, async () => {
  const here = list();
  here.reset({ items: down(20, 11), more: "b11" });
  here.read();
  await here.answer({ items: down(10, 1), more: null });
  assert.deepEqual(here.shown(), [...Array(20).keys()].map((n) => 20 - n));
  // The author of the odd posts is hidden: the new state tells of the newest alone.
  here.reset({ items: items(20, 18, 16, 14, 12), more: "b12" });
  assert.equal(here.asked.at(-1), "b12");
  await here.answer({ items: items(10, 8, 6), more: "b6" });
  await here.answer({ items: items(4, 2), more: null });
  assert.deepEqual(here.shown(), [20, 18, 16, 14, 12, 10, 8, 6, 4, 2]);
  assert.equal(here.end.textContent, "Nothing older is stored.");
});

test("what cannot be confirmed goes, and is asked for again on scrolling", { skip }, async () => {
  const here = list();
  here.reset({ items: down(20, 11), more: "b11" });
  here.read();
  await here.answer({ items: down(10, 1), more: null });
  here.reset({ items: down(20, 15), more: "b15" });
  await here.answer({ items: down(14, 11), more: "b11" });
  await here.answer(null);
  assert.deepEqual(here.shown(), down(20, 11).map(({ published }) => published / 1000));
  here.read();
  assert.equal(here.asked.at(-1), "b11");
  await here.answer({ items: down(10, 1), more: null });
  assert.equal(here.shown().length, 20);
});

test("a reader at the top needs nothing older", { skip }, () => {
  const here = list();
  here.reset({ items: down(20, 11), more: null });
  here.reset({ items: down(20, 15), more: "b15" });
  assert.deepEqual(here.shown(), [20, 19, 18, 17, 16, 15]);
  assert.deepEqual(here.asked, []);
});

test("what goes while older posts are on their way does not come with them", { skip }, async () => {
  const here = list();
  here.reset({ items: down(20, 11), more: "b11" });
  here.read();
  here.gone(9, 12);
  here.gone(8);
  here.take(items(8), [], new Set(), false);
  await here.answer({ items: down(10, 6), more: null });
  assert.deepEqual(here.shown(), [20, 19, 18, 17, 16, 15, 14, 13, 11, 10, 8, 7, 6]);
  here.reset({ items: down(20, 11), more: "b11" });
  here.gone(7);
  await here.answer({ items: down(10, 6), more: null });
  assert.ok(!here.shown().includes(7));
});

test("an answer to what was asked before a new state is dropped", { skip }, async () => {
  const here = list();
  here.reset({ items: down(20, 11), more: "b11" });
  here.read();
  here.reset({ items: down(20, 12), more: "b12" });
  assert.deepEqual(here.asked, ["b11", "b12"]);
  await here.answer({ items: items(10, 9), more: null }, 0);
  await here.answer({ items: items(11), more: null }, 1);
  assert.deepEqual(here.shown().slice(-2), [12, 11]);
});

test("posts have numbers where the page does not hold what stands above them", { skip }, async () => {
  const here = list();
  here.reset({ items: down(300, 1), more: null });
  assert.deepEqual([here.numbers("aria-posinset")[0], here.numbers("aria-setsize")[0]], [null, "300"]);
  const few = list();
  few.reset({ items: down(3, 1), more: null });
  assert.deepEqual(few.numbers("aria-setsize"), [null, null, null]);
  few.reset({ items: down(3, 1), more: "b1" });
  assert.deepEqual(few.numbers("aria-setsize"), ["-1", "-1", "-1"]);
});
