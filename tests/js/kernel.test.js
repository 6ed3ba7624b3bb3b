// The widget's transport, between a made-up model and a made-up view.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { afterEach, beforeEach, test } = require("node:test");

const FOLDER = join(__dirname, "..", "..", "workbench", "widgets", "static");
const source = ["merge", "kernel"].map((name) => readFileSync(join(FOLDER, `${name}.js`), "utf8")).join("");
const OUTSIDE = ["document", "setTimeout", "clearTimeout", "setInterval", "clearInterval"];
const made = new Function(...OUTSIDE, `"use strict"; ${source}; return kernelLine;`);

let kernelLine;
let clock;
let model;
let end;
let told;

function fakeModel() {
  const listeners = {};
  return {
    sent: [],
    send(content) {
      this.sent.push(content);
    },
    on: (name, does) => (listeners[name] = does),
    off: (name) => delete listeners[name],
    listeners,
    say: (kind, fields = {}, data) =>
      listeners["msg:custom"]({ kind, ...fields, ...(data && { json: JSON.stringify(data) }) }),
  };
}

/** Time that passes when it is told to. */
function fakeClock() {
  let now = 0;
  let last = 0;
  const due = new Map();
  const put = (does, wait, every) => due.set((last += 1), { does, at: now + wait, every }) && last;
  return {
    setTimeout: (does, wait = 0) => put(does, wait),
    setInterval: (does, wait) => put(does, wait, wait),
    clear: (id) => due.delete(id),
    pass(millis) {
      for (const end = now + millis; ; ) {
        const [id, next] = [...due].sort(([, a], [, b]) => a.at - b.at)[0] || [];
        if (!next || next.at > end) return void (now = end);
        now = next.at;
        if (next.every) next.at += next.every;
        else due.delete(id);
        next.does();
      }
    },
  };
}

/** Start a line whose view has its first state; what it hears and is told stands in `told`. */
function start() {
  const line = kernelLine(model, end.signal, {
    state: (state, pass) => told.push(["first", state]) && line.begun && pass(state),
    trouble: (text) => told.push(["trouble", text]),
  });
  model.say("state", { view: "", before: "a-0", seq: "a-0" }, { n: 0 });
  line.subscribe((name, data) => told.push([name, data]), (status) => told.push(["status", status]));
  line.begun = true;
  return line;
}

beforeEach(() => {
  clock = fakeClock();
  const document = { hidden: false, addEventListener() {} };
  kernelLine = made(document, clock.setTimeout, clock.clear, clock.setInterval, clock.clear);
  model = fakeModel();
  end = new AbortController();
  told = [];
});
afterEach(() => end.abort());

test("it says that it is here, and again every ten seconds, with what it has seen", () => {
  start();
  clock.pass(10_000);
  assert.deepEqual(model.sent.map(({ kind, seen }) => [kind, seen]), [["here", ""], ["here", "a-0"]]);
  assert.equal(model.sent[0].view, model.sent[1].view);
});

test("what comes in order is passed on, what came before is dropped", () => {
  start();
  model.say("update", { before: "a-0", seq: "a-1" }, { n: 1 });
  model.say("update", { before: "a-1", seq: "a-2" }, { n: 2 });
  model.say("update", { before: "a-0", seq: "a-1" }, { n: 1 });
  model.say("beat", { before: "a-2", seq: "a-2" }, { now: 5 });
  assert.deepEqual(told.slice(1), [["update", { n: 1 }], ["update", { n: 2 }], ["beat", { now: 5 }]]);
});

test("where something is missing it asks, and passes nothing on until the state comes", () => {
  start();
  model.say("update", { before: "a-1", seq: "a-2" }, { n: 2 });
  assert.equal(model.sent.at(-1).kind, "here");
  assert.equal(model.sent.at(-1).seen, "a-0");
  assert.equal(told.length, 1);
  model.say("state", { view: model.sent.at(-1).view, before: "a-2", seq: "a-2" }, { n: 2 });
  assert.deepEqual(told.slice(1), [["first", { n: 2 }], ["state", { n: 2 }]]);
});

test("what is meant for another view is none of its business", () => {
  start();
  model.say("state", { view: "another", before: "b-0", seq: "b-0" }, { n: 9 });
  assert.equal(told.length, 1);
});

test("a kernel that is silent is said to be, until it answers", () => {
  start();
  clock.pass(33_000);
  const [name, status] = told.at(-1);
  assert.equal(name, "status");
  assert.equal(status.state, "lost");
  assert.match(status.reason, /does not answer/);
  model.say("update", { before: "a-0", seq: "a-1" }, { n: 1 });
  assert.deepEqual(told.at(-1), ["update", { n: 1 }]);
});

test("a connection that came back is as good as before; one that did not is gone", () => {
  start();
  model.listeners.comm_live_update();
  assert.equal(model.sent.at(-1).kind, "here");
  model.say("beat", { before: "a-0", seq: "a-0" }, { now: 5 });
  clock.pass(5000);
  assert.equal(told.at(-1)[0], "beat");
  model.listeners.comm_live_update();
  clock.pass(5000);
  assert.match(told.at(-1)[1].reason, /gone/);
  assert.match(told.at(-1)[1].next, /[Rr]un the cell again/);
});

test("older posts come by the request that asked for them, an error and silence as one", async () => {
  const line = start();
  const first = line.older("northwind", "c1");
  const second = line.older("northwind", "c2");
  const third = line.older("northwind", "c3");
  const [one, two] = model.sent.slice(-3);
  assert.deepEqual([one.kind, one.column, one.before], ["older", "northwind", "c1"]);
  model.say("older", { request: two.request, error: "they cannot be read" });
  model.say("older", { request: one.request }, { items: [1], more: null });
  assert.deepEqual(await first, { items: [1], more: null });
  await assert.rejects(second, /cannot be read/);
  clock.pass(21_000);
  await assert.rejects(third, /does not answer/);
});

test("whatever is asked is answered by its request, whatever the answer is called", async () => {
  const line = start();
  const edited = line.ask("edit", { do: "undo" });
  const assisted = line.ask("assist", { text: "acme", request: "a forged one" });
  const [one, two] = model.sent.slice(-2);
  assert.deepEqual([one.kind, one.do, two.kind, two.text], ["edit", "undo", "assist", "acme"]);
  assert.notEqual(one.request, two.request);
  model.say("assisted", { request: two.request }, { rate: null });
  model.say("edited", { request: one.request }, { key: "acme" });
  assert.deepEqual(await edited, { key: "acme" });
  assert.deepEqual(await assisted, { rate: null });
});

test("what may wait for the kernel's cells waits for them, but not for a kernel that is gone", async () => {
  const line = start();
  let ended = "";
  const edited = line.ask("edit", { do: "save" }, 0).catch(({ message }) => (ended = message));
  clock.pass(60_000);
  await null;
  assert.equal(ended, "");
  model.listeners.comm_live_update();
  clock.pass(5000);
  await edited;
  assert.match(ended, /kernel is gone/);
});

test("what is asked of a kernel that is gone is refused at once, until it is heard again", async () => {
  const line = start();
  model.listeners.comm_live_update();
  clock.pass(5000);
  await assert.rejects(line.ask("edit", { do: "save" }, 0), /kernel is gone/);
  model.say("beat", { before: "a-0", seq: "a-0" }, { now: 5 });
  const edited = line.ask("edit", { do: "save" }, 0);
  model.say("edited", { request: model.sent.at(-1).request }, { said: "" });
  assert.deepEqual(await edited, { said: "" });
});

test("trouble is told in the kernel's words, and the next state counts whatever its number", () => {
  start();
  model.say("trouble", { text: "There is no store yet." });
  assert.deepEqual(told.slice(-2).map(([name]) => name), ["trouble", "status"]);
  model.say("state", { view: "", before: "a-0", seq: "a-0" }, { n: 1 });
  assert.deepEqual(told.at(-1), ["state", { n: 1 }]);
});

test("at the end it says so, and nothing of it goes on", () => {
  start();
  end.abort();
  assert.equal(model.sent.at(-1).kind, "away");
  const n = model.sent.length;
  clock.pass(100_000);
  assert.equal(model.sent.length, n);
  assert.deepEqual(Object.keys(model.listeners), []);
});
