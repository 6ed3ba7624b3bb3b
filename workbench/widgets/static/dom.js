// Elements. Text goes in as text, never as markup.

/** Give an element attributes. */
function having(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
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

function el(tag, name, ...parts) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  return filled(node, parts);
}

const svg = (tag, ...parts) => filled(document.createElementNS("http://www.w3.org/2000/svg", tag), parts);

const button = (name, ...parts) => el("button", name, { type: "button" }, ...parts);

/** One line of explanation, shown on hover by the browser and on a tap by ours. */
const explained = (node, why) => having(node, { title: why, "data-why": why });

/** A name in its own direction, so that it cannot turn what stands beside it. */
const isolated = (tag, name, text) => el(tag, name, plainName(text), { dir: "auto" });

const ICONS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9M10.4 10.4 14 14",
  hashtag: "M6 2 4.5 14M11.5 2 10 14M2.5 5.5h12M1.5 10.5h12",
  people: "M8 2a3 3 0 1 0 0 6 3 3 0 1 0 0-6M2.5 14c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5",
  newswire: "M2 3h9.5v8.5a1.5 1.5 0 0 0 3 0V6h-3M2 3v10h11M4.5 6H9M4.5 8H9M4.5 10H7",
  list: "M5.5 4h9M5.5 8h9M5.5 12h9M1.5 4h1M1.5 8h1M1.5 12h1",
  merged: "M2 3c4 0 5 5 10 5M2 13c4 0 5-5 10-5M9.5 5.5 12.5 8l-3 2.5",
  filings: "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.5 8h5M5.5 11h5",
  "share-of-voice": "M2 13.5h12M3.5 13.5v-5M8 13.5v-9M12.5 13.5v-7",
  stories: "M2 3.5h12M2 8h8M2 12.5h5",
  "source-health": "M1.5 8.5H5l2-5 2.5 9 2-4h3",
  briefings: "M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3",
  alerts: "M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4M6.5 14h3",
  "since-last-visit": "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 4.5V8l2.5 2",
  trending: "M1.5 12 6 7.5l3 3L14.5 4M10.5 4h4v4",
  sentiment: "M1.5 8.5H4L6 3l3.5 10 2-4.5h3",
};

const icon = (name) =>
  svg("svg", { class: "wb-icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": true },
    svg("path", { d: ICONS[name] || ICONS.search }));

/** Say a time exactly to whoever points at it; writing it on each in advance costs a first look. */
const tellTimes = (root, ctx) => root.addEventListener("pointerover", ({ target }) => {
  if (target.dateTime) target.title = exactTime(Date.parse(target.dateTime), ctx.zone);
});

/** Bring the times below a node up to date. */
function ageTimes(root, ctx) {
  for (const node of root.querySelectorAll("time")) {
    const text = relativeTime(Date.parse(node.dateTime), ctx.now(), ctx.zone);
    if (node.textContent !== text) node.textContent = text;
  }
}
