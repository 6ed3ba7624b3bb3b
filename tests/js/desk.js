// The editor in a document without a browser: what a browser alone has is made up as far as needed.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const FOLDER = join(__dirname, "..", "..", "workbench", "widgets", "static");
const PARTS = ["words", "links", "merge", "dom", "make", "keys", "widget"];
const OWN = readFileSync(join(FOLDER, "..", "__init__.py"), "utf8").match(/"edit(-\w+)?"/g).map((name) => name.slice(1, -1));

/** jsdom, or why there is none; where all has to be tested its lack is an error. */
function document() {
  try {
    return { JSDOM: require("jsdom").JSDOM };
  } catch (error) {
    if (process.env.WORKBENCH_REQUIRE_ALL === "1") throw error;
    return { skip: "jsdom is missing; make test fetches it" };
  }
}
const { JSDOM, skip } = document();

/** What jsdom does not have: dialogs, what floats, and scrolling. */
function complete({ HTMLDialogElement, HTMLElement, Element, Event, CSS }, window) {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.before = window.document.activeElement;
    this.open = true;
    (this.querySelector("input, button, select, textarea") || this).focus();
  };
  HTMLDialogElement.prototype.close = function close() {
    if (!this.open) return;
    this.open = false;
    this.before?.focus?.();
    this.dispatchEvent(new Event("close"));
  };
  HTMLElement.prototype.showPopover = function showPopover() {};
  HTMLElement.prototype.hidePopover = function hidePopover() {
    this.dispatchEvent(Object.assign(new Event("toggle"), { newState: "closed" }));
  };
  Element.prototype.scrollIntoView = function scrollIntoView() {};
  window.CSS = CSS || { escape: (text) => text };
}

const TYPES = [
  { type: "search", title: "Search", help: "Finds.", example: { type: "search", title: "Search", query: "acme" }, settings: ["type", "title", "key", "width", "colour", "collapsed", "badge", "query", "alert", "sound", "alike", "media", "filters", "mutes"] },
  { type: "hashtag", title: "Hashtags", help: "Tags.", example: { any: ["acme"] }, settings: ["title", "any", "all", "none", "query", "alert", "sound", "filters", "mutes"] },
  { type: "briefings", title: "Briefings", help: "Runs.", example: {}, settings: ["title"] },
];
const DRAFT = {
  name: "air", title: "Northwind Air", zone: "UTC", theme: "auto", dirty: false, undo: null, redo: null,
  columns: [
    { key: "northwind", type: "search", title: "Northwind", query: "northwind" },
    { key: "calder", type: "search", title: "Calder", query: "calder", alert: "each", mutes: [{ word: "ad" }] },
  ],
  lists: { board: ["ana.example"] }, mutes: [], hidden: { posts: [], authors: [] },
  tabs: [{ name: "air", title: "Northwind Air" }, { name: "cfo", title: "Finance" }],
  types: TYPES, colours: ["blue", "red"], problem: "",
};

/** A desk: the editor on a laid out deck, and a kernel that answers as a test tells it to. */
function desk(draft = DRAFT) {
  const dom = new JSDOM("<!doctype html><body><div class='wb-frame'><div class='wb-deck'></div></div>", {
    runScripts: "outside-only", pretendToBeVisual: true, url: "http://127.0.0.1/",
  });
  const { window } = dom;
  Object.defineProperty(window.navigator, "language", { value: "en-GB" });
  complete(window, window);
  const source = [...PARTS, ...OWN].map((name) => readFileSync(join(FOLDER, `${name}.js`), "utf8")).join("");
  window.eval(`(() => { "use strict"; ${source}; globalThis.made = { editor }; })();`);
  const root = window.document.querySelector(".wb-deck");
  const state = { _draft: draft && JSON.stringify(draft), selected: "" };
  const listeners = {};
  const model = {
    get: (name) => state[name],
    on: (name, does) => (listeners[name] = does),
    off: (name) => delete listeners[name],
  };
  const asked = [];
  const end = new window.AbortController();
  const self = { window, root, asked, end, listeners, answers: {}, made: window.made };
  const ask = (kind, fields) => {
    // As it travels, and so of no document's making.
    asked.push(JSON.parse(JSON.stringify({ kind, ...fields })));
    const answer = self.answers[fields?.do || kind];
    return typeof answer === "function" ? answer(fields) : Promise.resolve(answer || {});
  };
  const extend = window.made.editor({ root, model, ask, signal: end.signal });
  const main = Object.assign(window.document.createElement("main"), { className: "wb-columns" });
  root.innerHTML = "<dialog class='wb-help'><dl><dt>h l ← →</dt><dd>column left, right</dd></dl><button>Close</button></dialog>";
  root.prepend(main);

  Object.assign(self, {
    main,
    /** Lay out columns with posts, as a state that has come. */
    lay(keys = JSON.parse(state._draft || "null")?.columns.map(({ key }) => key) || ["northwind"]) {
      const before = new Map([...main.children].map((node) => [node.dataset.column, node]));
      const columns = keys.map((key) => {
        const node = before.get(key) || window.document.createElement("section");
        if (!before.has(key)) {
          node.dataset.column = key;
          node.innerHTML = `<header class="wb-head"><h2><button class="wb-title">${key}</button></h2><div class="wb-about"></div></header>
            <div class="wb-list" tabindex="0">${[1, 2].map((n) => `<article data-item="x:${key}${n}" tabindex="-1"><span class="wb-who">
            <bdi class="wb-name">Ana</bdi><bdi class="wb-handle">@ana.example</bdi></span><p class="wb-text">words ${n}</p></article>`).join("")}</div>`;
        }
        const take = (change, changed, gone) => node.querySelectorAll("[data-item]").forEach((each) => gone.has(each.dataset.item) && each.remove());
        return { key, title: key, node, list: node.querySelector(".wb-list"), take };
      });
      main.replaceChildren(...columns.map(({ node }) => node));
      extend({ root, main, columns, ctx: { now: () => Date.parse("2026-11-23T09:20:00Z"), zone: "UTC", ask, signal: end.signal } });
    },
    /** The kernel tells another draft. */
    tell(changes) {
      state._draft = JSON.stringify({ ...JSON.parse(state._draft), ...changes });
      listeners["change:_draft"]();
    },
    find: (selector) => root.querySelector(selector),
    all: (selector) => [...root.querySelectorAll(selector)],
    /** A key, pressed where the focus is. */
    press(key, more = {}) {
      const target = window.document.activeElement;
      const event = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
      target.dispatchEvent(event);
      return event;
    },
    /** Text that comes to stand in a field. */
    fill(node, text) {
      node.value = text;
      node.dispatchEvent(new window.Event("input", { bubbles: true }));
    },
    /** Escape in a dialog: the browser asks it first. */
    escape(dialog = root.querySelector("dialog[open]")) {
      const event = new window.Event("cancel", { cancelable: true });
      dialog.dispatchEvent(event);
      if (!event.defaultPrevented) dialog.close();
    },
    dialog: () => root.querySelector("dialog[open]"),
    button: (words, within = root) => [...within.querySelectorAll("button")].find((node) => node.textContent.startsWith(words)),
    close() {
      end.abort();
      window.close();
    },
  });
  Object.defineProperty(self, "focused", { get: () => window.document.activeElement });
  self.lay();
  return self;
}

/** Let promises and what waits for no time go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

module.exports = { JSDOM, desk, settle, skip, DRAFT };
