// The top bar: how fresh and how whole the data is.

/** Say so. @param {{level: string, text: string, asOf: number}} known */
function topBar(root, { level, text, asOf }, zone) {
  const bar = one(root, "bar");
  const say = (name, words) => saying(one(bar, name), words);
  say("notice", (one(bar, "notice").title = text));
  one(bar, "dot").className = `wb-dot wb-dot-${level}`;
  one(bar, "clock").dataset.level = level;
  say("as-of", clockTime(asOf, zone));
  say("told", `As of ${exactTime(asOf, zone)}. ${text || "All is well."}`);
}

/** Close what was opened to look at, unless it is used. */
function closing(root, signal) {
  const close = (target) => {
    for (const node of all(root, ".wb-bar [open]")) node.open = node.contains(target);
  };
  on(document, "click", ({ target }) => close(target), signal);
  on(document, "keydown", ({ key, target }) => {
    if (key !== "Escape") return;
    close(null);
    if (target.closest?.(".wb-head")) target.blur();
  }, signal);
}

/** A floating line with the explanation of what was tapped. */
function tips(root, signal) {
  const tip = one(root, "tip");
  const tell = (why = "") => {
    saying(tip, why);
    tip.hidden = !why;
  };
  on(root, "click", ({ target }) => tell(target.closest("[data-why]")?.dataset.why), signal);
  on(document, "keydown", () => tell(), signal);
}

/** Let the reader choose how the page looks: a cookie tells the server, which draws it so from then on. */
function looks(root, path, signal) {
  const { theme } = document.documentElement.dataset;
  for (const node of all(root, "[data-look]")) having(node, { "aria-pressed": node.dataset.look === theme });
  on(root, "click", ({ target: { dataset: { look } } }) => {
    if (!look) return;
    document.cookie = `wb-theme=${look};path=${path};max-age=31536000;samesite=strict`;
    location.reload();
  }, signal);
}
