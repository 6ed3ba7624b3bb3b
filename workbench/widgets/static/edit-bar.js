// The bar above the columns: decks, what can be undone, whether all is saved.

/** How things stand with what was changed, in words. */
function savedWords(draft, now, zone) {
  const { dirty, changes, saved } = draft;
  if (dirty) return changes > 1 ? `${count(changes)} changes not saved` : changes === 1 ? "1 change not saved" : "Changes not saved";
  return saved ? `Saved ${sinceTime(saved, zone, now)}` : "";
}

/** A choice on one line of a menu, of a setting of the deck or of a column. */
const choiceRow = (text, options, value, set) =>
  ({ text, options: options.map(([each, words, mark]) => ({ text: words, on: each === value, mark, run: () => set(each) })) });

function editBar(desk) {
  const tabs = el("nav", "wb-e-tabs", { "aria-label": "Decks" });
  const add = button("wb-e-plain wb-e-adds", sign("add"), "Add column", { title: "Add a column (a)", "aria-keyshortcuts": "a" },
    () => addColumn(desk));
  const undo = signButton("undo", "Undo", () => desk.undo());
  const redo = signButton("redo", "Redo", () => desk.redo());
  const save = button("wb-e-save", "Save", () => desk.save());
  const state = el("span", "wb-e-state", { role: "status" });
  const more = menuButton(desk, signButton("more", "More about the deck"), "Deck", () => deckRows(desk));
  const tools = el("div", "wb-e-tools", { role: "toolbar", "aria-label": "Edit the deck" }, add, undo, redo, save, state, more);
  const node = el("div", "wb-e-bar", tabs, tools);
  const off = (made, is) => having(made, { "aria-disabled": is });

  // One stop for the Tab key; arrows go on from there.
  const stops = [add, undo, redo, save, more];
  const stop = (at) => stops.forEach((made) => (made.tabIndex = made === at ? 0 : -1));
  stop(add);
  tools.addEventListener("keydown", (event) => {
    const at = stops.indexOf(event.target);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !by || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = stops[(at + by + stops.length) % stops.length];
    stop(next);
    next.focus();
  });
  tools.addEventListener("focusin", ({ target }) => stops.includes(target) && stop(target));

  function tab({ name, title }) {
    const isOwn = name === desk.draft.name;
    const made = isOwn
      ? button("wb-e-tab wb-e-title", isolated("span", "", desk.draft.title), { "aria-current": "page", title: "Rename the deck" }, () => renameDeck(desk))
      : button("wb-e-tab", isolated("span", "", title), () => desk.edit("open", { name }));
    return having(made, { "data-deck-name": name });
  }

  function show() {
    const { draft } = desk;
    const others = draft.tabs?.some(({ name }) => name === draft.name) ? draft.tabs : [draft, ...draft.tabs || []];
    const held = tabs.contains(document.activeElement) && document.activeElement.dataset.deckName;
    tabs.replaceChildren(...others.map(tab));
    if (held) (tabs.querySelector(`[data-deck-name="${CSS.escape(held)}"]`) || tabs.firstElementChild).focus();
    for (const [made, does, key] of [[undo, draft.undo, "Z"], [redo, draft.redo, "Shift Z"]]) {
      const label = `${made === undo ? "Undo" : "Redo"}${does ? ` ${does}` : ""}`;
      off(having(made, { title: `${label} (${desk.ctrl}${key})`, "aria-label": label }), !does);
    }
    off(save, !draft.dirty);
    save.title = draft.dirty ? `Save the deck (${desk.ctrl}S)` : "All is saved";
    node.classList.toggle("wb-e-dirty", Boolean(draft.dirty));
    tell();
  }
  function tell() {
    const text = desk.waiting() || desk.draft.problem || savedWords(desk.draft, desk.now(), desk.draft.zone);
    if (state.textContent !== text) state.textContent = state.title = text;
    state.classList.toggle("wb-e-warns", Boolean(desk.draft.problem) || Boolean(desk.waiting()));
  }
  return { node, show, tell, more, add };
}

const renameDeck = (desk) => askText(desk, "Rename the deck", { label: "Title", value: desk.draft.title, done: "Rename",
  onDone: (title) => desk.edit("deck", { settings: { title } }) });

/** What can be done with the deck as a whole. */
function deckRows(desk) {
  const { draft } = desk;
  return [
    { text: "Rename …", run: () => renameDeck(desk) },
    { text: "Mutes …", run: () => editMutes(desk, null) },
    { text: `Hidden posts and authors (${hiddenCount(draft)}) …`, run: () => showHidden(desk) },
    { text: "People lists …", run: () => editLists(desk) },
    { text: "Times, pictures and zone …", run: () => editDeck(desk) },
    choiceRow("Theme", THEMES_OFFERED, draft.theme || "auto", (theme) => desk.edit("deck", { settings: { theme } })),
    null,
    { text: "Versions …", run: () => showVersions(desk) },
    { text: "Export the deck", run: () => exportDeck(desk) },
    { text: "Import a deck …", run: () => importDeck(desk) },
    { text: "New deck …", run: () => newDeck(desk) },
    null,
    { text: "All commands …", keys: ";", run: () => palette(desk) },
    { text: "Keyboard", keys: "?", run: () => desk.help() },
  ];
}
