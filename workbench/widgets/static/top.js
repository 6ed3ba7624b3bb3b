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

/** What was opened to look at closes again, unless it is used; what is tapped explains itself in a line. */
function floating(root, signal) {
  const tip = one(root, "tip");
  const close = (target, why = "") => {
    for (const node of all(root, ".wb-bar [open]")) node.open = node.contains(target);
    saying(tip, why);
    tip.hidden = !why;
  };
  on(document, "click", ({ target }) => close(target, root.contains(target) ? target.closest("[data-why]")?.dataset.why : ""), signal);
  on(document, "keydown", ({ key, target }) => {
    if (key !== "Escape") return close(target);
    close();
    if (target.closest?.(".wb-head")) target.blur();
  }, signal);
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
