// The keyboard: between posts, between columns, open, to the top, help.

const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const SIDES = { l: 1, ArrowRight: 1, h: -1, ArrowLeft: -1 };

/**
 * Of the page all keys are the deck's; in a notebook those pressed inside it.
 * @param {() => Object[]} columns  the columns from left to right
 * @param {(node: HTMLElement) => void} open  opens a post
 */
function keyboard(root, columns, open, signal) {
  const entries = (col) => [...col.node.querySelectorAll(".wb-entry")];
  const within = (all, i) => all[Math.max(0, Math.min(i, all.length - 1))];
  /** The first entry of a column that begins in sight. */
  const inView = (col) => {
    const { top } = box(col.list);
    return entries(col).find((node) => box(node).top >= top - 8) || entries(col).at(-1);
  };
  const go = (col, node = col.list) => {
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  (root.closest(".wb-frame") ? root : document).addEventListener("keydown", (event) => {
    const { key, target } = event;
    const all = columns();
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("dialog") || !all.length) return;
    if (target !== document.body && !root.contains(target)) return;
    const at = all.findIndex((col) => col.node.contains(target));
    const col = all[Math.max(0, at)];
    const entry = target.closest(".wb-entry");
    if (MOVES[key] && entry) go(col, within(entries(col), entries(col).indexOf(entry) + MOVES[key]));
    else if (MOVES[key]) go(col, inView(col));
    else if (SIDES[key]) {
      const next = at < 0 ? col : within(all, at + SIDES[key]);
      go(next, inView(next));
    } else if (key === ".") (at < 0 ? all : [col]).forEach((each) => each.toTop());
    else if (key === "?") root.querySelector(".wb-help").showModal();
    else if (key === "x" && entry?.dataset.item) open(entry);
    else if (key === "Enter" && target === entry) entry.querySelector(".wb-open,.wb-word")?.click();
    else return;
    event.preventDefault();
  }, { signal });
}
