// Elements. Text goes in as text, never as markup.

/** Give an element attributes. */
function having(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** Give an element another text, if it is another: even the same one would be laid out anew. */
function saying(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Where an element is on the screen. */
const box = (node) => node.getBoundingClientRect();

/**
 * Fill an element: nodes and texts go in, a function is what a click does, plain objects are
 * attributes, and what is false, null or 0 is left out.
 */
function filled(node, parts) {
  for (const part of parts) {
    if (!part) continue;
    if (part.nodeType || typeof part === "string") node.append(part);
    else if (typeof part === "function") node.addEventListener("click", part);
    else having(node, part);
  }
  return node;
}

const el = (tag, name, ...parts) =>
  filled(document.createElement(tag), [name && { class: name }, ...parts]);
const button = (name, ...parts) => el("button", name, { type: "button" }, ...parts);

const TAGS = /^(article|header|footer|main|section|nav|h[1-3]|p|div|span|bdi|b|a|time|button|[uod]l|li|d[dt]|progress|figure|code|details|summary|dialog|img|mark)$/;
const DRAWN = /^(svg|path|rect|text|title)$/;
const ATTRIBUTES = /^(class|title|href|target|rel|dir|lang|role|hidden|tabindex|type|datetime|value|max|viewBox|preserveAspectRatio|width|height|x|y|d|src|alt|loading|referrerpolicy|(aria|data)-[\w-]+)$/;
const IN_PAGE_LINK = /^\/(?![\/\\\s])/;

/**
 * Grow a node: a text, or a list of its tag, its attributes, and what stands inside. Whatever
 * else it may hold, no element that runs, loads or submits comes of it.
 */
function grow(node, ctx) {
  if (!Array.isArray(node)) return String(node);
  const [tag, attributes, ...inside] = node;
  const made = DRAWN.test(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(TAGS.test(tag) ? tag : "span");
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.test(name) && (!/^(href|src)$/.test(name) || safeUrl(value) || IN_PAGE_LINK.test(value))) made.setAttribute(name, value);
  }
  made.append(...inside.map((part) => grow(part, ctx)));
  if (tag === "time" && !inside.length) made.append(relativeTime(Date.parse(made.dateTime), ctx.now(), ctx.zone));
  return made;
}

/** Put a node in the place of the one with the same first class; who is at an entry of it stays there. */
function put(root, node, ctx) {
  const old = root.querySelector(`.${node[1].class.split(" ")[0]}`);
  const entries = (whole) => [...whole.querySelectorAll(".wb-entry")];
  const at = entries(old).indexOf(document.activeElement);
  const made = grow(node, ctx);
  old.replaceWith(made);
  entries(made)[at]?.focus({ preventScroll: true });
}

/** Say a time exactly to whoever points at it; writing it on each in advance costs a first look. */
const tellTimes = (root, ctx) => root.addEventListener("pointerover", ({ target }) => {
  if (target.dateTime) target.title = exactTime(Date.parse(target.dateTime), ctx.zone);
});

/** Bring the times below a node up to date. */
function ageTimes(root, ctx) {
  for (const node of root.querySelectorAll("time")) {
    saying(node, relativeTime(Date.parse(node.dateTime), ctx.now(), ctx.zone));
  }
}
