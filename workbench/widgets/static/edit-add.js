// Adding a column, and changing what one looks for.

/** The query, as a field. */
function queryField(desk, col, onChange) {
  const input = textInput(col.query || "");
  input.addEventListener("input", onChange);
  return { ...fieldOf("Query", input), value: () => input.value };
}

/** What a type needs, each time it is chosen. */
function columnForm(desk, dialog, col, onChange) {
  const place = el("div", "wb-e-settings");
  const own = settingFields(desk, dialog, place, col, onChange);
  return { node: place, query: own.query, read: own.read };
}

/** A dialog that adds a column: its type at the left, what the type needs at the right. */
function addColumn(desk, first = {}) {
  const types = desk.draft.types || [];
  const kept = desk.typed.add || first;
  let form = null;
  let type = kept.type || "search";
  const taken = desk.draft.columns.map((col) => col.title);
  const title = textInput(kept.title || "", { maxlength: 200 });
  const rate = el("p", "wb-e-rate", { role: "status" });
  const dialog = dialogOf(desk, "Add a column", { kind: "wb-e-adding", done: "Add", async onDone() {
    const column = settled({ type, title: title.value.trim() || title.placeholder, ...settled(form.read()) });
    const answer = await desk.edit("add", { column });
    if (!answer.error) {
      desk.typed.add = null;
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
    desk.typed.add = { type, title: title.value, ...settings };
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
  if (!node.isConnected) return;
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
