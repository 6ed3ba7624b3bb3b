// What concerns the deck as a whole: mutes, who and what is hidden, people lists, files.

const MUTED = [["word", "word or phrase"], ["account", "account"], ["domain", "site"], ["source", "source"], ["regex", "regular expression"]];

/** Rows of the same fields, to which more can be added. */
function rowsOf(given, make, more) {
  const list = el("div", "wb-e-rows");
  const put = (value) => {
    const { node, read } = make(value);
    node.read = read;
    node.append(signButton("close", "Remove this", () => {
      const next = node.nextElementSibling || node.previousElementSibling;
      node.remove();
      (next?.querySelector("input, select, textarea") || add).focus();
    }));
    list.append(node);
    return node;
  };
  const add = button("wb-e-plain", sign("add"), more, () => put().querySelector("input, textarea").focus());
  given.forEach(put);
  return { node: el("div", "", list, add), read: () => [...list.children].map(({ read }) => read()) };
}

/** What is muted, in the whole deck or in one column. */
function editMutes(desk, key) {
  const of = key === null ? desk.draft : drafted(desk, key);
  const rows = muteRows(desk.ctx, of.mutes || []);
  const title = key === null ? "Muted in the whole deck" : `Muted in ${of.title}`;
  const dialog = dialogOf(desk, title, { kind: "wb-e-wide", done: "Apply", onDone() {
    const settings = { mutes: rows.read() };
    return key === null ? desk.edit("deck", { settings }) : setColumn(desk, key, settings);
  } });
  dialog.field("mutes", "Not shown, until a day if one is named", rows.node);
  dialog.show();
}

const hiddenCount = ({ hidden }) => (hidden?.posts?.length || 0) + (hidden?.authors?.length || 0);

/** Who and what is hidden, to be shown again. */
function showHidden(desk) {
  const dialog = dialogOf(desk, "Hidden posts and authors", { kind: "wb-e-wide" });
  const list = el("ul", "wb-e-hidden");
  const row = (text, what) => el("li", "", isolated("span", "", text), button("wb-e-plain", "Show again", async () => {
    const answer = await desk.hiding("unhide", what);
    if (answer.error) dialog.fail(answer.error);
    else fill();
  }));
  function fill() {
    const { posts = [], authors = [] } = desk.draft.hidden || {};
    list.replaceChildren(
      ...authors.map((each) => row(`@${each.name || each}`, { author: each.name || each })),
      ...posts.map((each) => row([each.text, each.key].filter(Boolean).join(" · "), { post: each.key })));
    if (!list.childElementCount) list.append(el("li", "wb-e-none", "Nothing is hidden. The keys h and H hide a post and its author."));
    if (isLost()) dialog.node.querySelector("button").focus();
  }
  fill();
  dialog.body.append(list);
  dialog.show();
}

/** People lists: names, each with its accounts. */
function editLists(desk) {
  const rows = rowsOf(Object.entries(desk.draft.lists || {}), ([name, accounts] = ["", []]) => {
    const called = textInput(name, { "aria-label": "Name of the list", placeholder: "executives" });
    const who = el("textarea", "wb-e-input", { rows: 3, spellcheck: false, "aria-label": "Accounts", placeholder: "ana.example, bob.example" });
    who.value = accounts.join(", ");
    return { node: el("div", "", called, who), read: () => [called.value.trim(), words(who.value)] };
  }, "Add a list");
  const dialog = dialogOf(desk, "People lists", { kind: "wb-e-wide", done: "Apply", onDone: () =>
    desk.edit("deck", { settings: { lists: Object.fromEntries(rows.read().filter(([name, accounts]) => name || accounts.length)) } }) });
  dialog.field("lists", "A name and the handles in it", rows.node, "A column of type list shows one; in a query list:name asks for it.");
  dialog.show();
}

/** The deck's zone, how times are told, how much of pictures is shown. */
function editDeck(desk) {
  const { draft } = desk;
  const zone = textInput(draft.zone || "UTC", { placeholder: "Europe/Berlin" });
  const times = choiceOf(draft.times || "relative", [["relative", "how long ago"], ["exact", "exact"]]);
  const media = choiceOf(draft.media || "", [["", "small here, off on the page"], ...PICTURES_OFFERED]);
  const dialog = dialogOf(desk, "Times, pictures and zone", { done: "Apply", onDone() {
    const settings = changedSettings({ ...draft, media: draft.media || null },
      { zone: zone.value.trim(), times: times.value, media: media.value || null });
    return Object.keys(settings).length ? desk.edit("deck", { settings }) : {};
  } });
  dialog.field("zone", "Time zone", zone, "Dates in queries and times on the page are in it.");
  dialog.field("times", "Times", times);
  dialog.field("media", "Pictures", media, "A picture that is loaded tells its host who looks.");
  dialog.show();
}

async function exportDeck(desk) {
  const answer = await desk.edit("export");
  if (answer.error) return;
  download(answer.name, "application/yaml", [answer.text]);
  desk.toast(`${answer.name} was made.`);
}

/** Take a deck from a file in place of this one; a step like any other. */
function importDeck(desk) {
  const file = el("input", "wb-e-input", { type: "file", accept: ".yaml,.yml,text/yaml" });
  const dialog = dialogOf(desk, "Import a deck", { done: "Import", async onDone() {
    if (!file.files.length) return { error: { message: "No file is chosen", key: "file" } };
    const answer = await desk.edit("import", { text: await file.files[0].text() });
    if (!answer.error) desk.toast("The deck was imported. Nothing is saved yet.", ["Undo", () => desk.undo()]);
    return answer;
  } });
  dialog.field("file", "A deck’s file", file, "It takes the place of this deck, until you undo it or save.");
  dialog.show();
}

/** What a new deck may begin as asks for, besides its title. */
const ASKED = { company: ["Company", "Voltara"], rivals: ["Rivals", "Globex, Initech"], hashtags: ["Hashtags", "#batteries"] };

/** The name of a deck's file, of its title. */
const fileName = (title) => title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);

function newDeck(desk) {
  const templates = desk.draft.templates || [];
  const title = textInput("", { maxlength: 200, placeholder: "Rivals" });
  const from = choiceOf(templates[0]?.name, templates.map((each) => [each.name, each.title]));
  const chosen = () => templates.find((each) => each.name === from.value) || { asks: [] };
  const asked = Object.entries(ASKED).map(([name, [label, placeholder]]) => [name, label, textInput("", { placeholder })]);
  const dialog = dialogOf(desk, "New deck", { done: "Create", onDone: () => desk.edit("new", {
    name: fileName(title.value), title: title.value.trim(), template: from.value,
    ...Object.fromEntries(asked.filter(([name]) => chosen().asks.includes(name)).map(([name, , input]) => [name, input.value.trim()])),
  }) });
  dialog.field("name", "Title", title, "Its file is named after it, and nothing is written before you save.");
  const help = el("p", "wb-e-help");
  dialog.field("template", "Begins as", from).node.append(help);
  const fields = asked.map(([name, label, input]) => [name, dialog.field(name, label, input).node]);
  const show = () => {
    help.textContent = chosen().help || "";
    for (const [name, node] of fields) node.hidden = !chosen().asks.includes(name);
  };
  from.addEventListener("change", show);
  show();
  dialog.show();
}
