// What the deck was before: versions, and the choice between two that were made at once.

/**
 * Two texts line by line: what stands in both, and what in one alone.
 * @returns {[string, string][]}  both, mine or theirs, and the line
 */
function lineDiff(mine, theirs) {
  const [a, b] = [mine, theirs].map((text) => text.split("\n"));
  let [start, end] = [0, 0];
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [p, q] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  // The longest common subsequence of what lies between; how long it is from each place on.
  const size = q.length + 1;
  const long = new Uint16Array((p.length + 1) * size);
  for (let i = p.length - 1; i >= 0; i -= 1) {
    for (let j = q.length - 1; j >= 0; j -= 1) {
      long[i * size + j] = p[i] === q[j] ? long[(i + 1) * size + j + 1] + 1 : Math.max(long[(i + 1) * size + j], long[i * size + j + 1]);
    }
  }
  const middle = [];
  for (let i = 0, j = 0; i < p.length || j < q.length;) {
    if (i < p.length && j < q.length && p[i] === q[j]) {
      middle.push(["both", p[i]]);
      i += 1;
      j += 1;
    } else if (j >= q.length || (i < p.length && long[(i + 1) * size + j] >= long[i * size + j + 1])) {
      middle.push(["mine", p[i]]);
      i += 1;
    } else {
      middle.push(["theirs", q[j]]);
      j += 1;
    }
  }
  const both = (lines) => lines.map((line) => ["both", line]);
  return [...both(a.slice(0, start)), ...middle, ...both(a.slice(a.length - end))];
}

/**
 * The same as rows of two sides, so that what stands in both stands beside itself.
 * @returns {[?string, ?string, boolean][]}  mine, theirs, and whether they are the same
 */
function sideBySide(lines) {
  const rows = [];
  let [mine, theirs] = [[], []];
  const flush = () => {
    for (let i = 0; i < Math.max(mine.length, theirs.length); i += 1) rows.push([mine[i] ?? null, theirs[i] ?? null, false]);
    [mine, theirs] = [[], []];
  };
  for (const [kind, line] of lines) {
    if (kind === "mine") mine.push(line);
    else if (kind === "theirs") theirs.push(line);
    else {
      flush();
      rows.push([line, line, true]);
    }
  }
  flush();
  return rows;
}

/** A unified diff as lines that say what they are without colour too. */
function diffLines(diff) {
  const kinds = { "+": "wb-e-came", "-": "wb-e-went", "@": "wb-e-skip" };
  return diff.split("\n").filter((line) => !/^(\+\+\+|---) /.test(line) && line).map((line) => {
    const kind = kinds[line[0]] || "";
    return el("div", kind || "wb-e-same", el("span", "", line[0] === "-" ? "−" : line[0]),
      el("span", "", line[0] === "@" ? "…" : line.slice(1)));
  });
}

/** The last versions: what each would change, and the way back to it. */
async function showVersions(desk) {
  const list = el("ul", "wb-e-versions", { "aria-label": "Versions" });
  const diff = el("div", "wb-e-diff", { tabindex: 0, role: "region", "aria-label": "What changed" });
  let chosen = "";
  const dialog = dialogOf(desk, "Versions", { kind: "wb-e-adding", done: "Restore this version", async onDone() {
    if (!chosen) return { error: { message: "No version is chosen" } };
    const answer = await desk.edit("restore", { id: chosen });
    if (!answer.error) desk.toast("The version is back. Nothing is saved yet.", ["Undo", () => desk.undo()]);
    return answer;
  } });
  dialog.body.append(list, diff);
  diff.append(el("p", "wb-e-none", "Reading the versions …"));
  dialog.show();
  const answer = await desk.edit("versions");
  if (answer.error) return void dialog.fail(answer.error);
  if (!answer.versions.length) {
    diff.replaceChildren(el("p", "wb-e-none", "The deck has not been saved here yet. Each save leaves a version; the last 20 are kept."));
    return;
  }
  async function choose({ id }, made) {
    chosen = id;
    for (const each of list.querySelectorAll("button")) having(each, { "aria-pressed": each === made });
    const found = await desk.edit("version", { id });
    if (chosen !== id) return;
    if (found.error) return void dialog.fail(found.error);
    const lines = diffLines(found.diff || "");
    diff.replaceChildren(...(lines.length ? lines : [el("p", "wb-e-none", "It is as the deck is now.")]));
  }
  list.append(...answer.versions.map((version) => {
    const { saved, columns, note, who } = version;
    const told = [columns !== undefined && `${columns} columns`, who, note].filter(Boolean).join(" · ");
    const made = button("", el("b", "", sinceTime(Date.parse(saved), desk.draft.zone, desk.now()), { title: exactTime(Date.parse(saved), desk.draft.zone) }), el("span", "", told), { "aria-pressed": false },
      () => choose(version, made));
    return el("li", "", made);
  }));
  list.querySelector("button").click();
  list.querySelector("button").focus();
}

/** Somebody else saved meanwhile: both versions side by side, and what to do. */
function settleRace(desk, { mine, theirs, who, when }) {
  const dialog = dialogOf(desk, "Somebody else has saved this deck", { kind: "wb-e-full" });
  const rows = sideBySide(lineDiff(mine, theirs));
  const both = [];
  const side = (of, title) => {
    const text = el("div", "wb-e-diff wb-e-rows-of", { tabindex: 0, role: "region", "aria-label": title }, ...rows.map((row) =>
      el("div", row[of] === null ? "wb-e-none-here" : row[2] ? "wb-e-same" : "wb-e-came",
        el("span", "", row[2] || row[of] === null ? " " : "!"), el("span", "", row[of] || " "))));
    both.push(text);
    text.addEventListener("scroll", () => both.forEach((each) => (each.scrollTop = text.scrollTop)), { passive: true });
    return el("section", "", el("h3", "", title), text);
  };
  const at = when ? ` at ${sinceTime(Date.parse(when) || when, desk.draft.zone, desk.now())}` : "";
  dialog.body.append(el("p", "", `${who || "Somebody"} saved it${at}, after you had begun to change it. Lines that differ are marked.`),
    el("div", "wb-e-sides", side(0, "Yours"), side(1, "Theirs")));
  const does = (text, run) => button("wb-e-plain", text, async () => {
    const answer = await run();
    if (answer.error) dialog.fail(answer.error);
    else dialog.close();
  });
  dialog.foot.append(does("Take theirs", () => desk.edit("reload")), does("Save mine over it", () => desk.edit("save", { over: true })));
  dialog.foot.querySelector(".wb-e-plain").textContent = "Go on editing";
  dialog.show();
}
