// The keyboard: between posts, between columns, open, pause, to the top, help.

const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const SIDES = { l: 1, ArrowRight: 1, h: -1, ArrowLeft: -1 };

/**
 * Of the page all keys are the deck's; in a notebook those pressed inside it.
 * @param {() => Object[]} columns  the columns from left to right
 * @param {{open: Function, find: Function}} does  opens a post, asks what to look for
 */
function keyboard(root, columns, { open, find }, signal) {
  const entries = (col) => all(col.node, ".wb-entry");
  const within = (some, i) => some[Math.max(0, Math.min(i, some.length - 1))];
  /** The first entry of a column that begins in sight. */
  const inView = (col) => {
    const { top } = box(col.list);
    return entries(col).find((node) => box(node).top >= top - 8) || entries(col).at(-1);
  };
  const go = (col, node = col.list) => {
    col.open();
    goTo(node);
  };
  on(root.closest(".wb-frame") ? root : document, "keydown", (event) => {
    const { key, target } = event;
    const cols = columns();
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("dialog[open]") || !cols.length) return;
    if (target !== document.body && !root.contains(target)) return;
    const at = cols.findIndex((col) => col.node.contains(target));
    const col = cols[Math.max(0, at)];
    const these = at < 0 ? cols : [col];
    const is = !col.paused;
    const entry = target.closest(".wb-entry");
    if (MOVES[key] && entry) go(col, within(entries(col), entries(col).indexOf(entry) + MOVES[key]));
    else if (MOVES[key]) go(col, inView(col));
    else if (SIDES[key] || cols[key - 1]) {
      const next = cols[key - 1] || (at < 0 ? col : within(cols, at + SIDES[key]));
      go(next, inView(next));
    } else if (key === ".") these.forEach((each) => each.toTop());
    else if (key === "s") these.forEach((each) => each.pause(is));
    else if (key === "/") find();
    else if (key === ";") find(".wb-turn,.wb-tabs a,.wb-hold,[data-look]");
    else if (key === "?") one(root, "help").showModal();
    else if (key === "x" && entry?.dataset.item) open(entry);
    else if (key === "Enter" && target === entry) (one(entry, "open") || one(entry, "word"))?.click();
    else return;
    event.preventDefault();
  }, signal);
}
