// The deck as a widget of JupyterLab, Notebook and Voila: anywidget calls `render` for each view.

// A cell shows few posts at a time, in a page that has much else to draw.
IN_PAGE = 60;

/** Makes a deck editable: what it returns is called whenever columns are laid out. Set by the editor. */
let editing = null;

/** Mark the post that was chosen, wherever it stands, as posts come and go. */
function chooser(root, model, signal) {
  const marked = () => model.get("selected") || "";
  const mark = (node) => node.dataset.item === marked()
    ? having(node, { "aria-current": "true" })
    : node.removeAttribute("aria-current");
  const all = (from) => from.querySelectorAll("[data-item]").forEach(mark);
  const choose = (node) => {
    if (!node || node.dataset.item === marked()) return;
    model.set("selected", node.dataset.item);
    model.save_changes();
  };
  const post = (target) => target.closest?.("[data-item]");
  root.addEventListener("click", ({ target }) => choose(post(target)), { signal });
  root.addEventListener("keydown", (event) => {
    const node = post(event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || node !== event.target) return;
    if (event.key === "Enter") {
      if (node.dataset.item === marked()) node.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
      choose(node);
    }
    else if (event.key === "o") node.querySelector("a.wb-open")?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal, capture: true });
  const changed = () => all(root);
  model.on("change:selected", changed);
  const watch = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (node.nodeType !== 1) continue;
        if (node.dataset.item) mark(node);
        else all(node);
      }
    }
  });
  watch.observe(root, { childList: true, subtree: true });
  signal.addEventListener("abort", () => {
    watch.disconnect();
    model.off("change:selected", changed);
  });
}

/** What went wrong in the kernel, under the deck. */
function problemLine(model, signal) {
  const node = el("pre", "wb-problem", { role: "alert" });
  const show = () => {
    node.textContent = model.get("_problem") || "";
    node.hidden = !node.textContent;
  };
  model.on("change:_problem", show);
  signal.addEventListener("abort", () => model.off("change:_problem", show));
  show();
  return node;
}

function render({ model, el: frame, signal: given }) {
  const whole = new AbortController();
  const { signal } = whole;
  given?.addEventListener("abort", () => whole.abort());
  const root = el("div", "wb-deck", { "data-lm-suppress-shortcuts": "true" });
  const wait = (text) => root.replaceChildren(el("p", "wb-wait", text, { role: "status" }));
  let shown = null;
  let narrowed = null;

  frame.classList.add("wb-frame");
  frame.replaceChildren(root, problemLine(model, signal));
  wait("Reading the deck …");
  const slow = setTimeout(() => shown || wait("The kernel has no time yet. The deck appears when it has."), 8e3);
  // The keys of a deck are its own: none of them may reach the notebook's shortcuts.
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });

  // A list that was scrolled goes on being one that scrolls, whoever is at it.
  root.addEventListener("scroll", ({ target }) => {
    if (target.matches(".wb-list")) target.classList.toggle("wb-is-read", target.scrollTop > 8);
  }, { signal, capture: true, passive: true });

  const transport = kernelLine(model, signal, {
    state(state, pass) {
      clearTimeout(slow);
      // Other columns are laid out in place; another deck, or what another query narrows, begins anew.
      const now = `${state.deck.name} ${model.get("query")}`;
      if (shown && now === narrowed) return pass(state);
      shown?.abort();
      shown = new AbortController();
      narrowed = now;
      root.replaceChildren();
      view({ root, state, transport, signal: shown.signal, extend });
    },
    trouble(text) {
      clearTimeout(slow);
      if (!shown) wait(text);
    },
  });
  const extend = editing?.({ root, model, ask: transport.ask, signal });
  chooser(root, model, signal);
  signal.addEventListener("abort", () => {
    clearTimeout(slow);
    shown?.abort();
    frame.classList.remove("wb-frame");
    frame.replaceChildren();
  });
  return () => whole.abort();
}
