// Adding a column, and changing what one looks for.

/** The query box, as a field; it tells of the column as its other settings are just then. */
function queryField(desk, col, onChange, settings) {
  const made = querybox(desk.ctx, { value: col.query || "", column: settings, onChange });
  return { ...made, node: el("div", "wb-e-field", el("span", "wb-e-label", "Query"), made.node) };
}

/** Filters and mutes, closed while none is set. */
function filterFields(desk, dialog, col, onChange) {
  const parts = { filters: col.filters || null, mutes: col.mutes?.length ? col.mutes : null };
  const form = filtersForm(desk.ctx, col, (changed) => {
    Object.assign(parts, changed);
    onChange();
  });
  const n = Object.keys(parts.filters || {}).length + (parts.mutes || []).length;
  const node = el("details", "wb-e-filters", el("summary", "", n ? `Filters and mutes (${n})` : "Filters and mutes"), form);
  node.open = n > 0;
  for (const name of ["filters", "mutes"]) dialog.knows(name, { node, focus: () => (node.open = true) });
  return { node, read: () => parts };
}

/** What a type needs, each time it is chosen. */
function columnForm(desk, dialog, col, onChange) {
  const place = el("div", "wb-e-settings");
  const changed = () => {
    own.query?.look();
    onChange();
  };
  const read = () => ({ ...own.read(), ...filters?.read() });
  const own = settingFields(desk, dialog, place, col, changed, () => settled({ type: col.type, key: col.key ?? null, ...read() }));
  const filters = mayHave(desk, col, "filters") ? filterFields(desk, dialog, settled(col), changed) : null;
  if (filters) place.append(filters.node);
  return { node: place, query: own.query, read };
}

/** A dialog that adds a column: its type at the left, what the type needs at the right. */
function addColumn(desk, first = {}) {
  const types = desk.draft.types || [];
  const kept = desk.typed() || first;
  let form = null;
  let type = kept.type || "search";
  const taken = desk.draft.columns.map((col) => col.title);
  const title = textInput(kept.title || "", { maxlength: 200 });
  const rate = el("p", "wb-e-rate", { role: "status" });
  const dialog = dialogOf(desk, "Add a column", { kind: "wb-e-adding", done: "Add", async onDone() {
    const column = settled({ type, title: title.value.trim() || title.placeholder, ...settled(form.read()) });
    const answer = await desk.edit("add", { column });
    if (!answer.error) {
      desk.typed(null);
      desk.expect(answer.key);
      desk.say(`${column.title} was added`);
    }
    return answer;
  } });
  const side = el("div", "wb-e-types", { role: "radiogroup", "aria-label": "Type of column" },
    ...types.map((each) => el("button", "", { type: "button", role: "radio", "data-type": each.type },
      each.icon && grow(each.icon), el("span", "", each.title || each.type), () => choose(each.type, true))));
  const about = el("div", "wb-e-about");
  const place = el("div", "wb-e-place-of-form");
  const right = el("div", "wb-e-form", about, place, rate);
  const preview = paused(desk, () => showRate(desk, rate, { type, ...settled(form.read()) }));

  function changed() {
    const settings = settled(form.read());
    title.placeholder = titleFor(type, settings, taken);
    desk.typed({ type, title: title.value, ...settings });
    preview();
  }
  function choose(next, isChosen) {
    const before = form ? settled(form.read()) : kept;
    type = next;
    const found = types.find((each) => each.type === type) || {};
    for (const made of side.children) {
      const on = made.dataset.type === type;
      having(made, { "aria-checked": on, tabindex: on ? 0 : -1 });
      if (on && isChosen) made.focus();
    }
    const example = exampleText(found.example || {});
    about.replaceChildren(el("p", "", found.help || ""), example && el("code", "", example));
    form = columnForm(desk, dialog, { ...before, type }, changed);
    place.replaceChildren(form.node);
    rate.textContent = "";
    changed();
  }
  side.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = types.findIndex((each) => each.type === type);
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      (form.query || title).focus();
    }
    if (!by) return;
    event.preventDefault();
    choose(types[(at + by + types.length) % types.length].type, true);
  });
  title.addEventListener("input", changed);
  const name = dialog.field("title", "Title", title);
  choose(type, false);
  right.insertBefore(name.node, rate);
  dialog.body.append(side, right);
  dialog.show();
  if (kept.query !== undefined) form.query?.focus();
  else side.querySelector("[aria-checked=true]").focus();
}

/** An example as a deck file has it, of whichever shape it comes. */
const exampleText = ({ type, title, ...settings }) => Object.entries(settings)
  .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value).replaceAll("\"", "").replaceAll(",", ", ")}`).join("\n");

/** Do something once nobody has typed for a moment. */
function paused(desk, does, wait = 350) {
  let timer = 0;
  desk.signal.addEventListener("abort", () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    timer = setTimeout(does, wait);
  };
}

/** How much the column would have had. */
async function showRate(desk, node, column) {
  if (!node.isConnected || settingsOf(desk, column.type).includes("query")) return;
  const { rate } = await desk.ctx.ask("assist", { text: column.query || "", at: 0, column }).catch(() => ({}));
  node.textContent = rate?.text || "";
}

/** Change what a column looks for; with the query box in focus if that was asked for. */
function editColumn(desk, key, atQuery = true) {
  const col = drafted(desk, key);
  const dialog = dialogOf(desk, col.title, { kind: "wb-e-wide", done: "Apply", async onDone() {
    const settings = changedSettings(col, { title: title.value.trim(), ...form.read() });
    return Object.keys(settings).length ? setColumn(desk, key, settings) : {};
  } });
  const form = columnForm(desk, dialog, col, () => {});
  const title = textInput(col.title, { maxlength: 200 });
  dialog.body.append(form.node);
  dialog.field("title", "Title", title);
  dialog.show();
  if (atQuery) (form.query || { focus: () => form.node.querySelector("input, select, textarea, button")?.focus() }).focus();
}
