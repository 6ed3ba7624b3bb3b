// A post, an article, a release: its element comes as data and is grown here, one way for all.

const TAGS = "article header footer h3 p div span bdi a time button ol ul li progress".split(" ");
const ATTRIBUTES = /^(class|title|href|target|rel|dir|lang|role|hidden|tabindex|type|datetime|value|max|(aria|data)-[\w-]+)$/;
const IN_PAGE_LINK = /^\/(?![\/\\\s])/;
const AT_ONCE = 8;

/**
 * Grow a node: a text, or a list of its tag, its attributes, and what stands inside. Whatever
 * else it may hold, no element that runs, loads or submits comes of it.
 */
function grow(node, ctx) {
  if (!Array.isArray(node)) return String(node);
  const [tag, attributes, ...inside] = node;
  const made = document.createElement(TAGS.includes(tag) ? tag : "span");
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.test(name) && (name !== "href" || safeUrl(value) || IN_PAGE_LINK.test(value))) made.setAttribute(name, value);
  }
  made.append(...inside.map((part) => grow(part, ctx)));
  if (tag === "time" && !inside.length) made.append(relativeTime(Date.parse(made.dateTime), ctx.now(), ctx.zone));
  return made;
}

/** Open or close what a sensitive post holds. */
function unfold(button, open) {
  button.textContent = `Marked as sensitive. ${open ? "Hide" : "Show"}`;
  having(button, { "aria-expanded": open });
  button.nextElementSibling.hidden = !open;
}

/** Let a click open and close, and remember which. */
const unfolding = (root, ctx) => root.addEventListener("click", ({ target }) => {
  const button = target.closest(".wb-fold");
  if (!button) return;
  const node = button.closest("[data-item]");
  const key = `sensitive ${node.dataset.item}`;
  const open = !ctx.opened.delete(key);
  if (open) ctx.opened.add(key);
  unfold(button, open);
  clamp([node], ctx);
}, { signal: ctx.signal });

/** The element of an item. One that came with the page is there already. */
function post(item, ctx) {
  if (item.made) return item.made;
  const node = grow(item.node, ctx);
  if (ctx.opened.has(`sensitive ${item.key}`)) unfold(node.querySelector(".wb-fold"), true);
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

/** A button that opens and closes something, and remembers which. */
function toggle(name, key, opened, set) {
  const show = () => {
    node.textContent = set(opened.has(key));
    having(node, { "aria-expanded": opened.has(key) });
  };
  const node = button(name, () => {
    if (!opened.delete(key)) opened.add(key);
    show();
  });
  show();
  return node;
}

/** Offer "more" where a text has over 8 lines: read all heights first, then write. */
function clamp(nodes, ctx) {
  const long = nodes
    .map((node) => [node, node.querySelector(".wb-text:not(:has(+ .wb-more))")])
    .filter(([, text]) => text && (text.textContent.length > 150 || text.textContent.includes("\n")))
    .filter(([node, text]) => ctx.opened.has(node.dataset.item) || text.scrollHeight > text.clientHeight + 2);
  for (const [node, text] of long) {
    text.after(toggle("wb-more", node.dataset.item, ctx.opened, (open) => {
      node.classList.toggle("wb-all", open);
      return open ? "less" : "more";
    }));
  }
}

/**
 * Let a first look be drawn before anything is measured: the browser lays out what is in sight
 * alone, and the rest a few posts at a time afterwards.
 */
function settle(nodes, ctx) {
  for (const node of nodes) node.classList.add("wb-later");
  const next = () => {
    const some = nodes.splice(0, AT_ONCE);
    for (const node of some) node.classList.remove("wb-later");
    clamp(some, ctx);
    if (nodes.length) setTimeout(next, 40);
  };
  if (nodes.length) setTimeout(next, 200);
}

/** Take over the posts that came with the page. */
function adopt(root, state) {
  for (const col of state.columns) {
    const place = [...root.querySelectorAll("[data-column]")].find((node) => node.dataset.column === col.key);
    if (!place || col.items) continue;
    col.items = [...place.querySelectorAll("[data-item]")].map((made) =>
      ({ key: made.dataset.item, published: +made.dataset.at, v: made.dataset.v, made }));
  }
}
