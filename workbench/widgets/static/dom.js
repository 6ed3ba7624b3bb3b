// Elements. Text goes in as text, never as markup.

/** Give an element attributes, if they are others, since each has styles looked up anew; null is none. */
function having(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) node.removeAttribute(name);
    else if (node.getAttribute(name) !== `${value}`) node.setAttribute(name, value);
  }
  return node;
}

/** Give an element another text, if it is another: even the same one would be laid out anew. */
function saying(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Where an element is on the screen. */
const box = (node) => node.getBoundingClientRect();
const one = (root, name) => root.querySelector(`.wb-${name}`);
const all = (root, selector) => [...root.querySelectorAll(selector)];
const on = (target, name, does, signal) => target.addEventListener(name, does, { signal });
const focus = (node) => node?.focus({ preventScroll: true });

/** Go to an element: the focus is there, and it in sight. */
function goTo(node) {
  focus(node);
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Of the elements below a node the one that has this in its data. */
const byData = (root, name, value) => all(root, `[data-${name}]`).find(({ dataset }) => dataset[name] === value);

const TAGS = /^(article|header|footer|main|section|nav|h[1-3]|p|div|span|bdi|b|a|time|data|button|[uod]l|li|d[dt]|figure|code|details|summary|dialog|img|input|mark)$/;
const DRAWN = /^(svg|path|rect|text|title)$/;
const ATTRIBUTES = /^(class|title|href|target|rel|dir|lang|role|hidden|tabindex|type|datetime|value|viewBox|preserveAspectRatio|width|height|x|y|d|src|alt|loading|referrerpolicy|(aria|data)-[\w-]+)$/;
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
  if (attributes.datetime || tag === "data") label(made, ctx);
  return made;
}

/** Let an element say the time or number that it has as this reader would. */
function label(node, { now, zone, exact }) {
  const time = node.getAttribute("datetime");
  if (time) saying(node, TIMES[node.dataset.as || (exact ? "since" : "ago")](Date.parse(time), zone, now()));
  else saying(node, count(+node.value));
}

/** The same of all below a node, as time goes on. */
const labels = (root, ctx) => all(root, "[datetime], data").forEach((node) => label(node, ctx));

/** A button, and what a click on it does. */
function knob(text, does, name = "wb-again") {
  const made = grow(["button", { class: name, type: "button" }, text]);
  on(made, "click", does);
  return made;
}

/** Say that something could not be loaded, and offer to try it again; a page that is left says nothing. */
function failed(node, what, { name, message }, again) {
  if (name !== "AbortError") node.replaceChildren(`${what} could not be loaded (${message}). `, knob("Try again", again));
}

/** Put a node in the place of the one with the same first class; who is at an entry of it stays there. */
function put(root, node, ctx) {
  const old = root.querySelector(`.${node[1].class.split(" ")[0]}`);
  const entries = (whole) => all(whole, ".wb-entry");
  const at = entries(old).indexOf(document.activeElement);
  const made = grow(node, ctx);
  old.replaceWith(made);
  focus(entries(made)[at]);
}

/** Say a time exactly, or why something is so, to whoever points at it; in advance it would cost a first look. */
const telling = (root, ctx) => on(root, "pointerover", ({ target }) => {
  const node = target.closest("time, [data-why]");
  if (node) node.title = node.dataset.why || exactTime(Date.parse(node.dateTime), ctx.zone);
}, ctx.signal);
