// A post, an article, a release: its element comes as data, and what a reader opens stays open.

const AT_ONCE = 8;

/** Open or close what a sensitive post holds. */
function unfold(button, open) {
  saying(button, `Marked as sensitive. ${open ? "Hide" : "Show"}`);
  having(button, { "aria-expanded": open });
  button.nextElementSibling.hidden = !open;
}

/** Show a long text whole, or its first lines. */
function lengthen(button, open) {
  saying(button, open ? "less" : "more");
  having(button, { "aria-expanded": open });
  button.parentNode.closest("[data-item]").classList.toggle("wb-all", open);
}

/** What can be opened in a post, each remembered by a word and the post's key. */
const FOLDS = { "wb-fold": unfold, "wb-more": lengthen };

/** Let a click open and close, and remember which. */
const unfolding = (root, ctx) => root.addEventListener("click", ({ target }) => {
  const name = target.classList[0];
  const node = FOLDS[name] && target.closest("[data-item]");
  if (!node) return;
  const key = name + node.dataset.item;
  const open = !ctx.opened.delete(key);
  if (open) ctx.opened.add(key);
  FOLDS[name](target, open);
  clamp([node], ctx);
}, { signal: ctx.signal });

/** The element of an item. One that came with the page is there already. */
function post(item, ctx) {
  if (item.made) return item.made;
  const node = grow(item.node, ctx);
  if (ctx.opened.has(`wb-fold${item.key}`)) unfold(node.querySelector(".wb-fold"), true);
  return node;
}

/** Bring an element up to date with its item; where only counts differ, its foot alone. */
function renew(node, before, item, ctx) {
  if (before.v === item.v) return node.lastElementChild.replaceWith(grow(item.node.at(-1), ctx));
  const held = node.contains(document.activeElement);
  const drawn = post(item, ctx);
  node.replaceChildren(...drawn.childNodes);
  for (const { name, value } of drawn.attributes) node.setAttribute(name, value);
  if (held) node.focus({ preventScroll: true });
  clamp([node], ctx);
}

/** Offer "more" where a text has over 8 lines: read all heights first, then write. */
function clamp(nodes, ctx) {
  const long = nodes
    .map((node) => [node.querySelector(".wb-text:not(:has(+ .wb-more))"), ctx.opened.has(`wb-more${node.dataset.item}`)])
    .filter(([text]) => /^.{150}|\n/s.test(text?.textContent))
    .filter(([text, open]) => open || text.scrollHeight > text.clientHeight + 2);
  for (const [text, open] of long) {
    const more = button("wb-more wb-s");
    text.after(more);
    lengthen(more, open);
  }
}

/** The same before the next frame, for all columns at once: each alone would lay out the page. */
function clampSoon(nodes, ctx) {
  ctx.long.push(...nodes);
  if (ctx.long.length === nodes.length) requestAnimationFrame(() => clamp(ctx.long.splice(0), ctx));
}

/**
 * Let a first look be drawn before anything is measured: the browser lays out what is in sight
 * alone, and the rest a few posts at a time afterwards.
 */
function settle(nodes, ctx) {
  const next = () => {
    const some = nodes.splice(0, AT_ONCE);
    for (const node of some) node.classList.remove("wb-later");
    clamp(some, ctx);
    if (nodes.length) setTimeout(next, 40);
  };
  if (nodes.length) setTimeout(next, 200);
}
