// A post, an article, a release: its element comes as data.

const AT_ONCE = 8;

/** The element of an item. One that came with the page is there already. */
const post = (item, ctx) => item.made || grow(item.node, ctx);

/** Bring an element up to date with its item; where only counts differ, its foot alone. */
function renew(node, before, item, ctx) {
  if (before.v === item.v) return node.lastElementChild.replaceWith(grow(item.node.at(-1), ctx));
  const held = node.contains(document.activeElement);
  const open = node.querySelector("[open]");
  const drawn = post(item, ctx);
  node.replaceChildren(...drawn.childNodes);
  if (open) node.querySelector("details")?.setAttribute("open", "");
  for (const { name, value } of drawn.attributes) node.setAttribute(name, value);
  if (held) focus(node);
  clamp([node]);
}

/** Offer "more", which opens the post, where a text has over 8 lines: read all heights first, then write. */
function clamp(nodes) {
  const long = nodes
    .map((node) => node.querySelector(".wb-text:not(:has(+ [class='wb-more wb-s']))"))
    .filter((text) => /^.{150}|\n/s.test(text?.textContent))
    .filter((text) => text.scrollHeight > text.clientHeight + 2);
  for (const text of long) text.after(knob("more", null, "wb-more wb-s"));
}

/** The same before the next frame, for all columns at once: each alone would lay out the page. */
function clampSoon(nodes, ctx) {
  ctx.long.push(...nodes);
  if (ctx.long.length === nodes.length) requestAnimationFrame(() => clamp(ctx.long.splice(0)));
}

/**
 * Let a first look be drawn before anything is measured: the browser lays out what is in sight
 * alone, and the rest a few posts at a time afterwards.
 */
function settle(nodes) {
  for (const node of nodes) node.classList.add("wb-later");
  const next = () => {
    const some = nodes.splice(0, AT_ONCE);
    for (const node of some) node.classList.remove("wb-later");
    clamp(some);
    if (nodes.length) setTimeout(next, 40);
  };
  if (nodes.length) setTimeout(next, 200);
}
