// The filters and mutes of a column: a control for each, beside it the query that it makes.

const SHOWN = [["", "include"], ["exclude", "exclude"], ["only", "only"]];

/** Groups of filters: each with its name in the deck, its label, its kind, and what that takes. */
const FILTER_GROUPS = [
  ["Words", [
    ["match", "Must match", "lines", "Words or queries, one in a line; any of them will do."],
    ["exclude", "Must not match", "lines", "Words or queries, one in a line."],
    ["regex", "Pattern", "lines", "A regular expression in each line."],
  ]],
  ["Who", [
    ["author", "Author", "words", "Accounts, verified, or list:NAME of the deck."],
    ["mentioning", "Mentions", "words", "Accounts."],
    ["followers", "Followers", "bounds"],
  ]],
  ["What it carries", [
    ["media", "Media", "checks", "any image video poll link"],
    ["lang", "Language", "words", "Such as en, de or en-GB."],
    ["sentiment", "Reads", "moods", "negative neutral positive"],
    ["sensitive", "Sensitive", "choice", [["", "folded"], ["shown", "shown"], ["excluded", "excluded"]]],
  ]],
  ["When", [
    ["since", "From", "text", "A date, or a span back from now such as 7d."],
    ["until", "Before", "text", "A date."],
  ]],
  ["How much", [["likes", "Likes", "bounds"], ["reposts", "Reposts", "bounds"], ["replies", "Replies", "bounds"]]],
  ["Where from", [
    ["is_repost", "Reposts show", "choice", SHOWN],
    ["is_reply", "Replies show", "choice", SHOWN],
    ["is_quote", "Quotes show", "choice", SHOWN],
    ["source", "Source", "checks", ""],
    ["tier", "Kind of source", "checks", "social wire filing news report"],
    ["kind", "Kind of item", "checks", "post repost reply quote article release filing"],
  ]],
];

/** A list as the deck has it: nothing, one, or several. */
const few = (values) => (values.length > 1 ? values : values[0] ?? null);
/** What holds nothing is none. */
const orNone = (settings) => (Object.keys(settings).length ? settings : null);

function boundsIn(value, label, more = { min: 0, step: 1 }) {
  const bounds = ["at_least", "at_most"].map((name) => [name, textInput(value?.[name] ?? "",
    { ...more, type: "number", "aria-label": `${label} ${name.replace("_", " ")}` })]);
  return {
    node: el("span", "wb-q-bounds", "at least ", bounds[0][1], " at most ", bounds[1][1]),
    read: () => orNone(Object.fromEntries(bounds.map(([name, input]) => [name, numberIn(input.value)]).filter(([, n]) => n !== ""))),
  };
}

function checksIn(value, options) {
  const chosen = listed(value);
  const checks = new Map();
  const node = el("span", "wb-e-checks");
  const add = (name, text = name) => {
    if (checks.has(name)) return;
    checks.set(name, checkOf(text, chosen.includes(name)));
    node.append(checks.get(name).node);
  };
  [...words(options), ...chosen].forEach((name) => add(name));
  return { node, add, read: () => few([...checks].filter(([, check]) => check.value()).map(([name]) => name)) };
}

const CONTROLS = {
  bounds: boundsIn,
  checks: (value, label, options) => checksIn(value, options),
  /** How it reads: in words, or between two scores. */
  moods(value, label, options) {
    const isBounded = value?.at_least !== undefined || value?.at_most !== undefined;
    const moods = checksIn(isBounded ? null : value, options);
    const scores = boundsIn(value, "Score", { min: -1, max: 1, step: 0.05 });
    return { node: el("span", "", moods.node, el("span", "wb-q-bounds", "or a score of ", scores.node)), read: () => scores.read() || moods.read() };
  },
  lines(value) {
    const node = el("textarea", "wb-e-input", { spellcheck: false });
    node.value = listed(value).join("\n");
    const fit = () => (node.rows = node.value.split("\n").length);
    node.addEventListener("input", fit);
    fit();
    return { node, read: () => few(node.value.split("\n").map((line) => line.trim()).filter(Boolean)) };
  },
  words(value) {
    const node = textInput(listed(value).join(", "));
    return { node, read: () => few(words(node.value)) };
  },
  text(value) {
    const node = textInput(value ?? "");
    return { node, read: () => node.value.trim() || null };
  },
  choice(value, label, options) {
    const node = choiceOf(options.some(([name]) => name === value) ? value : "", options);
    return { node, read: () => node.value || null };
  },
};

/** Where the query that a control makes is shown, and what is wrong with it. */
function makesOf(node) {
  const [makes, wrong] = [el("code", "wb-q-makes"), el("p", "wb-e-wrong")];
  node.append(makes, wrong);
  return ({ query = "", error = "" } = {}) => {
    makes.textContent = query;
    wrong.textContent = error;
    node.querySelectorAll("input, textarea, select").forEach((each) => having(each, { "aria-invalid": Boolean(error) }));
  };
}

/** One filter: its label, its control, and what it makes. Until it is touched its value is what it was. */
function filterRow([name, label, kind, more], value) {
  const control = CONTROLS[kind](value, label, more);
  const isOne = control.node.matches("input, textarea, select");
  const node = el("div", "wb-q-row", el(isOne ? "label" : "span", "", label, isOne && { for: (control.node.id = unique()) }), control.node);
  const tell = makesOf(node);
  if (/^[A-Z]/.test(more)) node.append(el("p", "wb-e-help", more));
  const told = [...node.children].slice(2).map((each) => (each.id = unique())).join(" ");
  having(isOne ? control.node : having(node, { role: "group", "aria-label": label }), { "aria-describedby": told });
  let isTouched = false;
  for (const each of ["input", "change"]) node.addEventListener(each, () => (isTouched = true));
  return { node, control, name, tell, read: () => (isTouched ? control.read() : value ?? null) };
}

/** Mutes, one in a row, each with the day until which it holds and the query that it makes. */
function muteRows(ctx, given, onChange) {
  const rows = rowsOf(given, (mute = {}) => {
    const kind = choiceOf((MUTED.find(([name]) => name in mute) || MUTED[0])[0], MUTED, { "aria-label": "Mute" });
    const what = textInput(mute[kind.value] || "", { "aria-label": "What", placeholder: "giveaway" });
    const until = textInput(mute.until || "", { "aria-label": "Until", placeholder: "for good, or 2027-01-31" });
    const node = el("div", "wb-q-mute", kind, what, until);
    node.tell = makesOf(node);
    return { node, read: () => what.value.trim() && { [kind.value]: what.value.trim(), ...(until.value.trim() && { until: until.value.trim() }) } };
  }, "Mute something");
  const read = () => rows.read().filter(Boolean);
  const checking = asking(ctx, "", 250, () => ({ column: { mutes: read() } }), ({ mutes = [] }) => {
    const told = [...rows.node.querySelectorAll(".wb-q-mute")];
    told.filter((node) => node.read()).forEach((node, i) => node.tell(mutes[i]));
  });
  // A click adds or takes away a row; by now it has.
  for (const sign of ["input", "click"]) {
    rows.node.addEventListener(sign, () => {
      checking.soon();
      onChange?.();
    });
  }
  if (given.length) checking.now();
  return { node: rows.node, read: () => (read().length ? read() : null) };
}

/**
 * All filters and mutes of a column.
 * @param {Object} ctx  as for querybox
 * @param {Object} column  the column's settings
 * @param {(changed: {filters: Object|null, mutes: Object[]|null}) => void} onChange
 */
function filtersForm(ctx, column, onChange) {
  const rows = [];
  const group = (title, ...parts) => el("fieldset", "wb-q-group", el("legend", "", title), ...parts);
  const groups = FILTER_GROUPS.map(([title, filters]) => {
    const made = filters.map((spec) => filterRow(spec, column.filters?.[spec[0]]));
    rows.push(...made);
    return group(title, ...made.map((each) => each.node));
  });
  const mutes = muteRows(ctx, column.mutes || [], changed);
  const filters = () => orNone(settled(Object.fromEntries(rows.map((each) => [each.name, each.read()]))));
  const checking = asking(ctx, "", 250, () => ({ column: { filters: filters() || {} } }),
    ({ filters: told = {} }) => rows.forEach((each) => each.tell(told[each.name])));
  function changed() {
    checking.soon();
    onChange({ filters: filters(), mutes: mutes.read() });
  }
  for (const each of rows) each.node.addEventListener("input", changed);
  // Which sources there are, the kernel knows.
  const { control } = rows.find((each) => each.name === "source");
  asking(ctx, "complete", 0, () => ({ text: "source:", at: 7 }), ({ completions = [] }) => {
    for (const { text, help } of completions) control.add(text.replace(/^source:|"/g, ""), help);
  }).now();
  if (column.filters) checking.now();
  return el("div", "wb-q-filters", ...groups, group("Mutes", mutes.node));
}
