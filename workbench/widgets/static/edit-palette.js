// The command palette: whatever can be done, by its name.

/**
 * How well what was typed fits a text: its letters in their order, the better the closer they
 * stand and the more of them begin words. 0 is not at all.
 */
function fit(text, typed) {
  const [long, short] = [text.toLowerCase(), typed.toLowerCase().replace(/\s+/g, "")];
  let score = 1;
  let at = -1;
  for (const sign of short) {
    const next = long.indexOf(sign, at + 1);
    if (next < 0) return 0;
    const begins = !next || !/[\p{L}\p{N}]/u.test(long[next - 1]);
    score += at >= 0 && next === at + 1 ? 3 : begins ? 2 : 1 / (next - at);
    at = next;
  }
  return long.includes(typed.toLowerCase().trim()) ? score * 2 : score;
}

/** Those that fit, the best first; as they stand while nothing is typed. */
function fitting(commands, typed, most = 60) {
  if (!typed.trim()) return commands.slice(0, most);
  return commands.map((command) => [fit(command.text, typed), command])
    .filter(([score]) => score).sort(([a, one], [b, other]) => b - a || one.text.length - other.text.length).slice(0, most).map(([, command]) => command);
}

/** A menu's rows as commands. */
const asCommands = (rows, of) => rows.filter((row) => row && !row.off).flatMap((row) => row.options
  ? row.options.filter(({ on }) => !on).map(({ text, run }) => ({ text: `${of}${row.text} ${text}`, run }))
  : [{ text: `${of}${"on" in row ? `${row.text} ${row.on ? "off" : "on"}` : row.text.replace(/ …$/, "")}`, keys: row.keys, run: row.run }]);

/** Every command; those of the column in focus first. */
function allCommands(desk) {
  const { draft } = desk;
  const here = desk.current()?.key;
  const columns = [...draft.columns].sort((a, b) => (b.key === here) - (a.key === here));
  const post = desk.post();
  return [
    { text: "Add column", keys: "a", run: () => addColumn(desk) },
    ...(draft.dirty ? [{ text: "Save", keys: `${desk.ctrl}S`, run: () => desk.save() }] : []),
    ...(draft.undo ? [{ text: `Undo ${draft.undo}`, keys: `${desk.ctrl}Z`, run: () => desk.undo() }] : []),
    ...(draft.redo ? [{ text: `Redo ${draft.redo}`, keys: `${desk.ctrl}Shift Z`, run: () => desk.redo() }] : []),
    ...(post ? asCommands(postRows(desk, post), "Post › ") : []),
    ...columns.map(({ key, title }) => ({ text: `Go to ${title}`, run: () => desk.goTo(key) })),
    ...(draft.tabs || []).filter(({ name }) => name !== draft.name)
      .map(({ name, title }) => ({ text: `Open the deck ${title}`, run: () => desk.edit("open", { name }) })),
    ...asCommands(deckRows(desk), "Deck › "),
    ...columns.flatMap(({ key, title }) => asCommands(columnRows(desk, key), `${title} › `)),
  ];
}

function palette(desk) {
  const commands = allCommands(desk);
  const id = unique();
  const list = el("ul", "wb-e-list", { role: "listbox", id, "aria-label": "Commands" });
  const input = textInput("", { role: "combobox", "aria-expanded": true, "aria-controls": id, "aria-autocomplete": "list",
    "aria-label": "Command", placeholder: "What do you want to do?" });
  const node = el("dialog", "wb-e-dialog wb-e-palette", { "aria-label": "Commands" }, input, list);
  let shown = [];
  let at = 0;

  function mark(i) {
    at = (i + shown.length) % Math.max(1, shown.length);
    [...list.children].forEach((row, n) => having(row, { "aria-selected": n === at }));
    const row = list.children[at];
    having(input, { "aria-activedescendant": row?.id || "" });
    row?.scrollIntoView({ block: "nearest" });
  }
  function run(command) {
    node.close();
    command?.run();
  }
  function show() {
    shown = fitting(commands, input.value);
    list.replaceChildren(...shown.map((command) => el("li", "", { role: "option", id: unique() },
      isolated("span", "", command.text), command.keys && el("kbd", "", command.keys), () => run(command))));
    if (!shown.length) list.append(el("li", "wb-e-none", "Nothing is called that.", { role: "option", "aria-disabled": true }));
    mark(0);
  }
  input.addEventListener("input", show);
  node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) mark(at + by);
    else if (event.key === "Enter") run(shown[at]);
    else return;
    event.preventDefault();
  });
  node.addEventListener("close", () => {
    node.remove();
    if (isLost()) desk.comeBack();
  });
  // A click beside it closes it.
  node.addEventListener("click", ({ target }) => target === node && node.close());
  desk.root.append(node);
  show();
  node.showModal();
  input.focus();
}
