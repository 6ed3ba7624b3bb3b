// What the editor is made of: dialogs, menus, fields, and short messages that pass.

let numbered = 0;
/** A name for an element that others refer to. */
const unique = () => `wb-e${(numbered += 1)}`;

const SIGNS = {
  add: "M8 3v10M3 8h10",
  undo: "M5.5 3.5 2.5 6.5l3 3M2.5 6.5H9a4 4 0 0 1 0 8H6",
  redo: "M10.5 3.5l3 3-3 3M13.5 6.5H7a4 4 0 0 0 0 8h3",
  more: "M3 8h.1M8 8h.1M13 8h.1",
  grip: "M6 3.5h.1M10 3.5h.1M6 8h.1M10 8h.1M6 12.5h.1M10 12.5h.1",
  close: "M4 4l8 8M12 4l-8 8",
};

const svg = (tag, ...parts) => filled(document.createElementNS("http://www.w3.org/2000/svg", tag), parts);

/** A name in its own direction, without signs that could make it pass for another. */
const isolated = (tag, name, text) => el(tag, name, { dir: "auto" }, String(text ?? "")
  .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
  .replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
  .trim());

/** A sign, which is nothing without the name of what it stands on. */
const sign = (name) => svg("svg", { class: `wb-icon wb-e-${name}`, viewBox: "0 0 16 16", "aria-hidden": true },
  svg("path", { d: SIGNS[name] }));

/** A button that shows a sign alone; its name is told to whoever points at it or hears it. */
const signButton = (name, label, ...parts) =>
  button("wb-e-sign", sign(name), { title: label, "aria-label": label }, ...parts);

/** Whether keys typed here are text. */
const isTyped = (node) => Boolean(node.closest?.("input, textarea, select, [contenteditable]"));

const words = (text) => text.split(/[\s,]+/).filter(Boolean);

/** What went wrong, in the kernel's words, with what can be done. */
const inWords = ({ message = "", remedy = "" }) => {
  const told = [message.replace(/\.$/, ""), remedy].filter(Boolean).join("; ");
  return told && told[0].toUpperCase() + told.slice(1).replace(/[^.!?)\n]$/, "$&.");
};

/** Read what is wrong with a setting: of `columns[2].filters.likes` the names, the nearest first. */
const namesIn = (key) => String(key || "").split(/[.[\]:\s]+/).filter((name) => /^[a-z]/i.test(name)).reverse();

/**
 * A control with its label, a line of help, and a place for what is wrong with it.
 * @returns {{node: HTMLElement, fail: (text: string) => void}}
 */
function fieldOf(label, control, help = "") {
  const [about, wrong] = [unique(), unique()];
  const target = control.matches("input, select, textarea") ? control : control.querySelector("input, select, textarea");
  const told = el("p", "wb-e-wrong", { id: wrong });
  const isGroup = target !== control;
  const name = el(isGroup ? "span" : "label", "wb-e-label", label, isGroup ? { id: unique() } : { for: (control.id ||= unique()) });
  const node = el("div", "wb-e-field", name, control, help && el("p", "wb-e-help", { id: about }, help), told);
  if (isGroup) having(node, { role: "group", "aria-labelledby": name.id });
  if (target) having(target, { "aria-describedby": help ? `${about} ${wrong}` : wrong });
  function fail(text) {
    told.textContent = text;
    if (target) having(target, { "aria-invalid": Boolean(text) });
  }
  fail("");
  return { node, fail, focus: () => target?.focus() };
}

const textInput = (value = "", more = {}) => {
  const node = el("input", "wb-e-input", { type: "text", spellcheck: false, autocomplete: "off", ...more });
  node.value = value;
  return node;
};

/** A choice of few: [[value, words]]. */
function choiceOf(value, options, more = {}) {
  const node = el("select", "wb-e-input", more, ...options.map(([each, text]) => el("option", "", text, { value: each })));
  node.value = value;
  return node;
}

function checkOf(text, on) {
  const node = el("input", "", { type: "checkbox" });
  node.checked = on;
  return { node: el("label", "wb-e-check", node, text), value: () => node.checked, input: node };
}

/** Let the reader end up somewhere sensible when what had the focus is gone. */
const isLost = () => document.activeElement === document.body || !document.activeElement;

/**
 * A dialog. It keeps the focus inside by nature, Escape closes it, and what was typed is not
 * dropped by the first Escape.
 * @param {Object} desk
 * @param {string} title
 * @param {{kind?: string, done?: string, onDone?: () => Promise<Object|void>}} options
 *   done names the button that ends it; onDone does what it is for, and answers {error} if it can't
 */
function dialogOf(desk, title, { kind = "", done = "", onDone } = {}) {
  const id = unique();
  const said = el("p", "wb-e-wrong", { role: "alert" });
  const waits = el("p", "wb-e-waits", { role: "status" });
  const body = el("div", "wb-e-body");
  const go = done && el("button", "wb-e-do", { type: "submit" }, done);
  const foot = el("div", "wb-e-foot", el("div", "wb-e-told", said, waits),
    button("wb-e-plain", done ? "Cancel" : "Close", () => node.close()), go);
  const form = el("form", "", { novalidate: "" }, body, foot);
  const node = el("dialog", `wb-e-dialog ${kind}`, { "aria-labelledby": id },
    el("div", "wb-e-top", el("h2", "", { id }, title), signButton("close", "Close", () => node.close())), form);
  const fields = new Map();
  let touched = false;
  let busy = false;

  const self = {
    node,
    body,
    foot,
    say: (text) => (said.textContent = text),
    /** Add a field under its setting's name. */
    field(name, label, control, help) {
      const made = fieldOf(label, control, help);
      fields.set(name, made);
      body.append(made.node);
      return made;
    },
    knows: (name, made) => fields.set(name, made),
    /** Say what is wrong where it is wrong. */
    fail(error) {
      const names = namesIn(error.key).filter((name) => name !== "columns");
      const at = names.map((name) => fields.get(name)).find((made) => made?.node.isConnected);
      for (const [, made] of fields) made.fail?.("");
      // Without a place of its own it is said what it is about.
      said.textContent = at?.fail ? "" : `${names.length ? `${names.reverse().join(".")}: ` : ""}${inWords(error)}`;
      at?.fail?.(inWords(error));
      at?.focus();
    },
    async submit() {
      if (busy || !onDone) return;
      busy = true;
      said.textContent = "";
      having(go || node, { "aria-busy": true });
      const answer = await onDone();
      busy = false;
      having(go || node, { "aria-busy": false });
      if (answer?.error) self.fail(answer.error);
      else if (node.open) node.close();
    },
    show() {
      desk.root.append(node);
      node.showModal();
      const leave = desk.watch(() => (waits.textContent = desk.waiting()));
      node.addEventListener("close", () => {
        leave();
        node.remove();
        if (!desk.arrive() && isLost()) desk.comeBack();
      });
      return self;
    },
    close: () => node.close(),
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    self.submit();
  });
  form.addEventListener("input", () => (touched = Boolean(done)));
  node.addEventListener("cancel", (event) => {
    if (event.target !== node || !touched) return;
    event.preventDefault();
    touched = false;
    said.textContent = "What you typed has not been applied. Escape once more closes this.";
  });
  // Keys in a dialog are its own: neither the deck behind it nor the notebook acts on them.
  node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if ((event.ctrlKey || event.metaKey) && event.key === "s") event.preventDefault();
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") self.submit();
  });
  return self;
}

/** Ask for one text. */
function askText(desk, title, { label, value, done, help, onDone, name = "title" }) {
  const input = textInput(value, { maxlength: 200 });
  const dialog = dialogOf(desk, title, { done, onDone: () => onDone(input.value.trim()) });
  dialog.field(name, label, input, help);
  dialog.show();
  input.select();
}

/** Ask before what cannot be undone. */
function askFirst(desk, title, text, done, onDone) {
  const dialog = dialogOf(desk, title, { done, onDone });
  dialog.body.append(el("p", "", text));
  dialog.show();
}

/** Hand over a file that was made here. */
function download(name, type, parts) {
  const href = URL.createObjectURL(new Blob(parts, { type }));
  el("a", "", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), MINUTE);
}
