// The settings that each type of column has of its own, as fields; and what a new column is called.

/** The settings that are lists of words, with what stands in them. */
const LISTED = {
  any: ["Any of these hashtags", "airline, delays"],
  all: ["All of these hashtags", ""],
  none: ["None of these hashtags", ""],
  accounts: ["Accounts", "ana.example, bob.example"],
  forms: ["Forms", "8-K, 10-Q"],
  tickers: ["Tickers", "ACME"],
  sources: ["Sources", "feeds"],
};
const SPANNED = {
  window: ["Window", "The span that is looked at", "1h"],
  baseline: ["Baseline", "The span before it that says what is usual", "7d"],
  since: ["Goes back", "How far", "7d"],
  every: ["A point every", "", "3h"],
};

/** A list as it was: one word stays a word. */
const listed = (value) => [value ?? []].flat().map(String);

/** Names with a query each, two to eight. */
function voicesInput(desk, value, onChange, settings) {
  const rows = el("div", "wb-e-voices");
  const add = button("wb-e-plain", "Add a name", () => {
    row("", "").focus();
    show();
  });
  const show = () => (add.hidden = rows.childElementCount >= 8);
  function row(name, query) {
    const called = textInput(name, { placeholder: "Acme", "aria-label": "Name" });
    const column = () => ({ ...settings(), type: "search", queries: undefined, since: undefined });
    const asked = querybox(desk.ctx, { value: query, column });
    rows.append(el("div", "", called, asked.node, signButton("close", "Remove this name", ({ currentTarget }) => {
      currentTarget.parentNode.remove();
      show();
      onChange();
      add.focus();
    })));
    return called;
  }
  const given = Object.entries(value || {});
  [...given, ["", ""], ["", ""]].slice(0, Math.max(2, given.length)).forEach(([name, query]) => row(name, query));
  show();
  const node = el("div", "", rows, add);
  node.addEventListener("input", onChange);
  const read = () => {
    const pairs = [...rows.children].map((each) => [...each.querySelectorAll("input")].map((input) => input.value.trim()));
    return Object.fromEntries(pairs.filter(([name, query]) => name || query));
  };
  return { node, read };
}

/** Some of the deck's other columns. */
function columnsInput(desk, value, own, onChange) {
  const chosen = new Set(listed(value));
  const checks = desk.draft.columns.filter((col) => col.key !== own && mayHave(desk, col, "alert"))
    .map((col) => [col.key, checkOf(col.title, chosen.has(col.key))]);
  const node = el("div", "wb-e-checks", ...checks.map(([, check]) => check.node));
  node.addEventListener("change", onChange);
  return { node, read: () => checks.filter(([, check]) => check.value()).map(([key]) => key) };
}

/**
 * The fields of a type's own settings; `settings` gives all that the column has just then.
 * @returns {{read: () => Object, query: Object|null}}  read: the settings as the deck has them, null for none
 */
function settingFields(desk, dialog, place, col, onChange, settings) {
  const readers = {};
  const put = (name, label, control, help) => {
    const made = fieldOf(label, control, help);
    dialog.knows(name, made);
    place.append(made.node);
    control.addEventListener("input", onChange);
  };
  const worded = (name, input) => (readers[name] = () => {
    const found = words(input.value);
    return found.length ? found : null;
  });
  let query = null;
  for (const name of settingsOf(desk, col.type)) {
    if (name === "query") {
      query = queryField(desk, col, onChange, settings);
      dialog.knows(name, query);
      place.append(query.node);
      readers.query = () => query.value().trim() || null;
    } else if (LISTED[name]) {
      const [label, placeholder] = LISTED[name];
      const input = textInput(listed(col[name]).join(", "), { placeholder });
      put(name, label, input, name === "accounts" ? "Handles, with commas between." : "");
      worded(name, input);
    } else if (SPANNED[name]) {
      const [label, help, placeholder] = SPANNED[name];
      const input = textInput(col[name] || "", { placeholder });
      put(name, label, input, help);
      readers[name] = () => input.value.trim() || null;
    } else if (name === "list") {
      const names = Object.keys(desk.draft.lists || {});
      const input = choiceOf(col.list || (col.type === "list" && names[0]) || "", [...(col.type === "list" ? [] : [["", "none"]]), ...names.map((each) => [each, each])]);
      put(name, "People list", input, names.length ? "" : "The deck has none yet; make one under “People lists”.");
      readers.list = () => input.value || null;
    } else if (name === "columns") {
      const made = columnsInput(desk, col.columns, col.key, onChange);
      put(name, "Columns", made.node, col.type === "merged" ? "Two or more." : "None of them means all.");
      readers.columns = () => (made.read().length ? made.read() : null);
    } else if (name === "queries") {
      const made = voicesInput(desk, col.queries, onChange, settings);
      put(name, "What is compared", made.node, "Two to eight names, each with the query that finds it.");
      readers.queries = made.read;
    }
  }
  return { query, read: () => Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, read()])) };
}

/** What is set, and what is no more; of two lists what they hold counts. */
function changedSettings(before, after) {
  const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  return Object.fromEntries(Object.entries(after).filter(([name, value]) =>
    !same(before[name], value) && !(Array.isArray(value) && value.length === 1 && same(before[name], value[0]))));
}

/** Settings without those that are none. */
const settled = (settings) => Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null && value !== ""));

/** A name that no other has. */
function freeName(name, taken) {
  const used = new Set(taken.map((each) => each.toLowerCase()));
  for (let n = 1; ; n += 1) {
    const tried = n > 1 ? `${name} ${n}` : name;
    if (!used.has(tried.toLowerCase())) return tried;
  }
}

/** What a column may be called that nobody has named: the first words that it looks for, else its type. */
function titleFor(type, settings, taken) {
  const told = [settings.query, listed(settings.any)[0], listed(settings.all)[0], listed(settings.accounts)[0], settings.list,
    Object.keys(settings.queries || {}).join(", ")].find(Boolean) || "";
  // Operators, whatever is left out, and signs say little.
  const found = told.replace(/(^|\s)(-|NOT )\S+/g, " ").replace(/\b[a-z_]+:\S+/gi, " ").match(/[\p{L}\p{N}][\p{L}\p{N}'’.&-]*/gu) || [];
  const named = found.filter((word) => !/^(AND|OR|NOT|NEAR)$/.test(word)).slice(0, type === "share-of-voice" ? 4 : 2);
  const name = named.filter((word, i) => named.findIndex((each) => each.toLowerCase() === word.toLowerCase()) === i).join(" ");
  const plain = name || type.replace(/-/g, " ");
  return freeName(plain[0].toUpperCase() + plain.slice(1), taken);
}
