// What can be done with a column: in the menu of its head, and in dialogs.

const THEMES_OFFERED = [["auto", "as the reader's"], ["light", "light"], ["dark", "dark"], ["contrast", "high contrast"]];
const WIDTHS_OFFERED = [["narrow", "narrow"], ["medium", "medium"], ["wide", "wide"]];

const PICTURES_OFFERED = [["off", "not before a click"], ["small", "small"], ["large", "large"]];

/** Of the draft the column of a key. */
const drafted = (desk, key) => desk.draft.columns.find((col) => col.key === key);
const placeIn = (desk, key) => desk.draft.columns.findIndex((col) => col.key === key);
const settingsOf = (desk, type) => {
  const found = (desk.draft.types || []).find((each) => each.type === type);
  return (found?.settings || []).map((each) => each.name || each);
};
const mayHave = (desk, col, name) => settingsOf(desk, col.type).includes(name);

/** Change settings of a column, without more ado. */
const setColumn = (desk, key, settings) => desk.edit("set", { column: key, settings });

async function moveColumn(desk, key, to) {
  const col = drafted(desk, key);
  const n = desk.draft.columns.length;
  if (!col || to < 0 || to >= n || to === placeIn(desk, key)) return;
  const answer = await desk.edit("move", { column: key, to });
  if (answer.error) return desk.layAgain();
  desk.bring(key);
  desk.say(`${col.title} is now column ${to + 1} of ${n}`);
}

async function moveColumnBy(desk, key, by) {
  await desk.settled();
  return moveColumn(desk, key, placeIn(desk, key) + by);
}

async function removeColumn(desk, key) {
  const { title } = drafted(desk, key);
  const at = placeIn(desk, key);
  const next = desk.draft.columns[at + 1] || desk.draft.columns[at - 1];
  const answer = await desk.edit("remove", { column: key });
  if (answer.error) return;
  desk.expect(next?.key);
  desk.toast(`${title} was removed.`, ["Undo", () => desk.undo()]);
}

async function duplicateColumn(desk, key) {
  const answer = await desk.edit("duplicate", { column: key });
  if (!answer.error) desk.expect(answer.key);
}

const renameColumn = (desk, key) => askText(desk, "Rename the column", { label: "Title", value: drafted(desk, key).title, done: "Rename",
  onDone: (title) => setColumn(desk, key, { title }) });

/** When a column's items are an alert. */
function editAlert(desk, key) {
  const { alert, title } = drafted(desk, key);
  const rule = typeof alert === "object" && alert ? alert : {};
  const kind = choiceOf(!alert ? "" : alert === "each" ? "each" : "many",
    [["", "never"], ["each", "each post"], ["many", "many within a while"]]);
  const least = textInput(String(rule.at_least || 5), { inputmode: "numeric" });
  const within = textInput(rule.within || "1h");
  const dialog = dialogOf(desk, `Alert of ${title}`, { done: "Apply", onDone: () => setColumn(desk, key, {
    alert: kind.value === "many" ? { at_least: numberIn(least.value), within: within.value.trim() } : kind.value || null,
    ...(!kind.value && drafted(desk, key).sound && { sound: null }),
  }) });
  dialog.field("alert", "Tell an alert", kind, "It shows at the column, in the page's title, and in a column of alerts.");
  const many = [dialog.field("at_least", "At least", least, "posts, 1 to 1,000"), dialog.field("within", "Within", within, "1m to 7d")];
  const show = () => many.forEach(({ node }) => (node.hidden = kind.value !== "many"));
  kind.addEventListener("change", show);
  show();
  dialog.show();
}

/** A number, if it is one; else the text, so that the kernel can say what is wrong with it. */
const numberIn = (text) => (/^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : text.trim());

/** What the menu of a column offers; the palette offers the same. */
function columnRows(desk, key) {
  const col = drafted(desk, key);
  const at = placeIn(desk, key);
  const set = (name) => (value) => setColumn(desk, key, { [name]: value });
  const colours = (desk.draft.colours || []).map((each) => [each, each, each]);
  const isOfItems = mayHave(desk, col, "alert");
  return [
    { text: "Rename …", keys: "F2", run: () => renameColumn(desk, key) },
    { text: "Query and filters …", keys: "/", run: () => editColumn(desk, key) },
    mayHave(desk, col, "mutes") && { text: `Mutes${col.mutes?.length ? ` (${col.mutes.length})` : ""} …`, run: () => editMutes(desk, key) },
    isOfItems && { text: "Alert …", run: () => editAlert(desk, key) },
    isOfItems && col.alert && { text: "Sound", on: Boolean(col.sound), run: () => set("sound")(col.sound ? null : true) },
    isOfItems && mayHave(desk, col, "badge") && { text: "Badge", on: col.badge !== false, run: () => set("badge")(col.badge === false ? null : false) },
    null,
    choiceRow("Width", WIDTHS_OFFERED, col.width || "medium", set("width")),
    colours.length && choiceRow("Colour", [["", "no colour", ""], ...colours], col.colour || "", (value) => set("colour")(value || null)),
    mayHave(desk, col, "media") && choiceRow("Pictures", [["", "as the deck"], ["off", "off"], ...PICTURES_OFFERED.slice(1)], col.media || "", (value) => set("media")(value || null)),
    mayHave(desk, col, "alike") && choiceRow("Alike", [["", "as usual"], ["folded", "as one"], ["shown", "each"]], col.alike || "", (value) => set("alike")(value || null)),
    { text: "Collapsed", on: Boolean(col.collapsed), run: () => set("collapsed")(col.collapsed ? null : true) },
    null,
    { text: "Move left", keys: "Alt Shift ←", off: at <= 0, run: () => moveColumnBy(desk, key, -1) },
    { text: "Move right", keys: "Alt Shift →", off: at === desk.draft.columns.length - 1, run: () => moveColumnBy(desk, key, 1) },
    { text: "Duplicate", run: () => duplicateColumn(desk, key) },
    { text: "Export …", run: () => exportColumn(desk, key) },
    { text: "Remove", run: () => removeColumn(desk, key) },
  ].filter((row) => row === null || row);
}

/** Give a column's head its handle and its menu, once. */
function attach(desk, col) {
  const head = col.node.querySelector(".wb-head");
  if (!head || !drafted(desk, col.key) || head.querySelector(".wb-e-head")) return;
  const more = menuButton(desk, signButton("more", `Menu of ${col.title}`), col.title, () => columnRows(desk, col.key));
  const handle = signButton("grip", `Move ${col.title}: drag it, or press Alt, Shift and an arrow`);
  handle.tabIndex = -1;
  more.classList.add("wb-e-head");
  handle.classList.add("wb-e-handle");
  head.prepend(handle);
  head.insertBefore(more, head.querySelector(".wb-about"));
  dragging(desk, col, handle);
}

/** Take what a column holds out of the store, as a file. */
function exportColumn(desk, key) {
  const { title } = drafted(desk, key);
  const format = choiceOf("csv", [["csv", "CSV"], ["xlsx", "Excel"], ["parquet", "Parquet"], ["json", "JSON"]]);
  const since = choiceOf("7d", [["1d", "the last 24 hours"], ["7d", "the last 7 days"], ["30d", "the last 30 days"], ["365d", "the last year"]]);
  const dialog = dialogOf(desk, `Export ${title}`, { done: "Export", async onDone() {
    const answer = await desk.request("export", { column: key, format: format.value, since: since.value });
    if (answer.error) return answer;
    const bytes = Uint8Array.from(atob(answer.base64), (sign) => sign.charCodeAt(0));
    download(answer.name, answer.type, [bytes]);
    desk.toast(`${answer.name} was made.`);
    return answer;
  } });
  dialog.field("format", "As", format);
  dialog.field("since", "Of", since);
  dialog.show();
}
