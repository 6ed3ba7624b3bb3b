// The top bar: how fresh and how whole the data is.

/** Say so. @param {{level: string, text: string, asOf: number}} known */
function topBar(root, { level, text, asOf }, zone) {
  const one = (name) => root.querySelector(`.wb-bar .wb-${name}`);
  const notice = one("notice");
  saying(notice, (notice.title = text));
  one("dot").className = `wb-dot wb-dot-${level}`;
  one("clock").dataset.level = level;
  saying(one("as-of"), clockTime(asOf, zone));
  saying(one("told"), `As of ${exactTime(asOf, zone)}. ${text || "All is well."}`);
}

/** Close what was opened to look at, unless it is used. */
const closing = (root, signal) => {
  const close = (target) => {
    for (const node of root.querySelectorAll(".wb-bar [open]")) node.open = node.contains(target);
  };
  document.addEventListener("click", ({ target }) => close(target), { signal });
  document.addEventListener("keydown", ({ key, target }) => {
    if (key !== "Escape") return;
    close(null);
    if (target.matches(".wb-title")) target.blur();
  }, { signal });
};
