// The editor: what it knows of the deck, how it asks the kernel, and its keys.

const EDIT_KEYS = [
  ["a", "add a column"],
  ["/", "query of the column"],
  [";", "all commands"],
  ["Alt Shift ← →", "move the column"],
  ["h", "hide the post"],
  ["H", "hide its author"],
  ["p", "pin the post with a note"],
  ["F2", "rename the column"],
  ["Ctrl S", "save the deck"],
  ["Ctrl Z", "undo; with Shift, redo"],
];
/** After so long without an answer a kernel is said to be busy. */
const BUSY = 1500;
const BUSY_TEXT = "The kernel is busy; this is done as soon as it is free.";

/** Add the editor's keys to the help. Here h hides; the arrows do what they did. */
function teach(root) {
  const list = root.querySelector(".wb-help dl");
  if (list.classList.contains("wb-e-keys")) return;
  list.classList.add("wb-e-keys");
  for (const key of list.querySelectorAll("dt")) key.textContent = key.textContent.replace(/^h l /, "");
  list.append(...EDIT_KEYS.flatMap(([key, does]) => [el("dt", "", key), el("dd", "", does)]));
}

/**
 * Make a deck editable while the kernel says that it is.
 * @returns {(laid: Object) => void}  to be called whenever columns are laid out
 */
function editor({ root, model, ask, signal }) {
  const toast = toasts(signal);
  const said = el("div", "wb-aloud", { role: "status" });
  const watchers = new Set();
  const scrolls = new Map();
  let told = "";
  let shown = "";
  let expected = "";
  let brought = "";
  let last = null;
  let held = null;
  let waits = 0;
  let isBusy = false;
  let steps = Promise.resolve();
  let bar = null;
  let posts = null;

  const desk = {
    root,
    signal,
    /** What is typed into a new column outlives the cell that is run again. */
    typed(kept) {
      const place = `wb-typed ${desk.draft.file}`;
      try {
        if (kept) sessionStorage[place] = JSON.stringify(kept);
        else if (kept === null) delete sessionStorage[place];
        return JSON.parse(sessionStorage[place]);
      } catch {
        return null;
      }
    },
    ctrl: /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl ",
    draft: null,
    main: null,
    ctx: null,
    columns: [],
    now: () => desk.ctx.now(),
    say: (text) => (said.textContent = text),
    toast: toast.show,
    waiting: () => (isBusy ? BUSY_TEXT : ""),
    watch(does) {
      watchers.add(does);
      return () => watchers.delete(does);
    },

    /** Ask the kernel; what goes wrong on the way is an error like any other. */
    async request(kind, fields = {}) {
      const tell = (busy) => {
        isBusy = busy;
        watchers.forEach((does) => does());
      };
      const timer = setTimeout(tell, BUSY, true);
      waits += 1;
      try {
        return await ask(kind, fields, 0);
      } catch ({ message }) {
        return { error: { message, remedy: "nothing was changed, and what you typed is still here" } };
      } finally {
        clearTimeout(timer);
        waits -= 1;
        if (!waits && isBusy) tell(false);
      }
    },
    /** One operation. What is refused is said in the kernel's words, in the dialog that asked or below. */
    async edit(does, fields) {
      const asked = desk.request("edit", { do: does, ...fields });
      steps = Promise.all([steps, asked]);
      const answer = await asked;
      if (answer.error?.race) settleRace(desk, answer.error);
      else if (answer.error && !root.querySelector("dialog[open]")) toast.show(inWords(answer.error));
      return answer;
    },
    /** How the draft stands is known once each step before has been answered: columns may be seen sooner. */
    settled: () => steps,
    async undo() {
      await steps;
      const what = desk.draft.undo;
      if (what && !(await desk.edit("undo")).error) desk.say(`Undid ${what}`);
    },
    async redo() {
      await steps;
      const what = desk.draft.redo;
      if (what && !(await desk.edit("redo")).error) desk.say(`Redid ${what}`);
    },
    async save() {
      await steps;
      if (!desk.draft.dirty) return;
      const answer = await desk.edit("save");
      if (!answer.error) desk.toast(answer.said || "Saved. The page follows within seconds.");
    },
    /** Hide or show again, and save that at once unless there is more to save. */
    async hiding(does, what) {
      await steps;
      const clean = !desk.draft.dirty;
      const answer = await desk.edit(does, what);
      return answer.error || !clean ? answer : desk.edit("save");
    },
    async unpin(item) {
      const answer = await desk.request("unpin", { item });
      desk.toast(answer.error ? inWords(answer.error) : "It is not pinned any more.");
    },
    help: () => root.querySelector(".wb-help")?.showModal(),

    /** The deck's column in focus, or the one that was; else the first. What is pinned is none. */
    current() {
      const own = desk.columns.filter(({ key }) => drafted(desk, key));
      return own.find(({ node }) => node.contains(document.activeElement)) || own.find(({ key }) => key === last?.key) || own[0];
    },
    post() {
      const held = pinnable(document.activeElement);
      if (held && root.contains(held)) return held;
      const chosen = model.get("selected");
      return chosen ? [...desk.main.querySelectorAll("[data-item]")].find(({ dataset }) => dataset.item === chosen) : null;
    },
    goTo(key) {
      const col = desk.columns.find((each) => each.key === key);
      col?.node.scrollIntoView({ block: "nearest", inline: "nearest" });
      col?.list.focus({ preventScroll: true });
    },
    /** A column that is to be in sight, where it is now and where it is laid out next. */
    bring(key) {
      brought = key;
      inSight();
    },
    /** A column that is to have the focus once it is there. */
    expect(key) {
      expected = key || "";
      desk.arrive();
    },
    arrive() {
      const col = expected && desk.columns.find(({ key }) => key === expected);
      if (!col || root.querySelector("dialog[open]")) return false;
      expected = "";
      desk.goTo(col.key);
      return true;
    },
    /** Where the focus goes when what had it is gone. */
    comeBack() {
      const col = desk.columns.find(({ key }) => key === last?.key);
      const made = col && last.at && col.node.querySelector(last.at);
      (made || col?.list || bar?.add || root).focus({ preventScroll: true });
    },
    /** Move nodes about without losing how far they were scrolled, or the focus. */
    keepPlaces(does) {
      const held = document.activeElement;
      does();
      settlePlaces();
      if (held !== document.activeElement && held.isConnected) held.focus({ preventScroll: true });
    },
    /** Columns in the order of the deck. */
    layAgain: () => desk.keepPlaces(() => {
      const place = new Map(desk.draft.columns.map(({ key }, i) => [key, i]));
      const nodes = [...desk.main.children];
      const sorted = [...nodes].sort((a, b) => (place.get(a.dataset.column) ?? 99) - (place.get(b.dataset.column) ?? 99));
      if (sorted.some((node, i) => node !== nodes[i])) desk.main.append(...sorted);
    }),
  };

  const inSight = () => desk.columns.find(({ key }) => key === brought)?.node.scrollIntoView({ block: "nearest", inline: "nearest" });
  function settlePlaces() {
    for (const { key, list } of desk.columns) {
      const top = scrolls.get(key);
      if (top > 8 && list.scrollTop !== top) list.scrollTop = top;
    }
  }

  function read() {
    try {
      desk.draft = JSON.parse(model.get("_draft") || "null");
    } catch {
      desk.draft = null;
    }
    const { name, said: news } = desk.draft || {};
    // What can be undone in one deck cannot in another.
    if (name !== shown) toast.hide();
    if (news && news !== told) toast.show(news);
    [shown, told] = [name, news];
    if (desk.ctx) show();
  }
  function show() {
    root.classList.toggle("wb-edits", Boolean(desk.draft));
    if (!desk.draft) {
      bar?.node.remove();
      root.querySelectorAll(".wb-e-head, .wb-e-handle").forEach((node) => node.remove());
      return;
    }
    teach(root);
    bar ||= editBar(desk);
    if (bar.node.parentNode !== root) desk.keepPlaces(() => root.prepend(bar.node));
    posts ||= postMenu(desk);
    for (const node of [toast.node, said, posts]) if (node.parentNode !== root) root.append(node);
    bar.show();
    desk.columns.forEach((col) => attach(desk, col));
  }
  function extend({ main, ctx, columns }) {
    Object.assign(desk, { main, ctx, columns });
    show();
    if (!desk.draft) return;
    settlePlaces();
    inSight();
    brought = "";
    desk.arrive();
    if (!isLost() || !held) return;
    if (held.isConnected) held.focus({ preventScroll: true });
    if (isLost()) desk.comeBack();
  }

  root.tabIndex = -1;
  root.addEventListener("scroll", ({ target }) => {
    const key = target.matches(".wb-list") && target.closest("[data-column]")?.dataset.column;
    if (key) scrolls.set(key, target.scrollTop);
  }, { signal, capture: true, passive: true });
  root.addEventListener("focusin", ({ target }) => {
    const key = target.closest("[data-column]")?.dataset.column;
    const at = [".wb-e-head", ".wb-e-handle", ".wb-title"].find((name) => target.matches(name));
    held = target;
    if (key) last = { key, at };
  }, { signal });
  // What is moved about loses the focus as well; that is seen, and mended, before this runs.
  root.addEventListener("focusout", () => setTimeout(() => isLost() && (held = null)), { signal });
  root.addEventListener("keydown", (event) => desk.draft && pressed(desk, event), { signal, capture: true });
  model.on("change:_draft", read);
  const timer = setInterval(() => desk.draft && bar?.tell(), 30e3);
  desk.watch(() => bar?.tell());
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    model.off("change:_draft", read);
  });
  read();
  return extend;
}

/** A key that was pressed in the deck: done here if it is one of the editor's. */
function pressed(desk, event) {
  const { target, altKey, shiftKey } = event;
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 && ctrl ? event.key.toLowerCase() : event.key;
  if (target.closest("dialog[open], [role=menu]")) return;
  const col = desk.current();
  const post = desk.post();
  const withPost = (act, key = ({ dataset }) => dataset.item) => () => (post && key(post)
    ? act(desk, post) : desk.toast("Choose a post first; j and k go through them."));
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  let does = null;
  if (ctrl && !altKey) {
    if (key === "s") does = () => desk.save();
    else if (key === "z" && !isTyped(target)) does = () => (shiftKey ? desk.redo() : desk.undo());
    else if (key === "y" && !isTyped(target)) does = () => desk.redo();
  } else if (altKey && shiftKey && step && col) does = () => moveColumnBy(desk, col.key, step);
  else if (!altKey && !ctrl && !isTyped(target)) {
    does = {
      a: () => addColumn(desk),
      ";": () => palette(desk),
      "/": col && (() => editColumn(desk, col.key)),
      F2: col && (() => renameColumn(desk, col.key)),
      h: withPost(hidePost),
      H: withPost(hideAuthor),
      p: withPost(pinPost, keyOf),
    }[key];
  }
  if (!does) return;
  event.preventDefault();
  event.stopPropagation();
  does();
}

editing = editor;
