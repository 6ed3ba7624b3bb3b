// Elements that a script makes up by itself, in a notebook alone.

/**
 * Fill an element: nodes and texts go in, a function is what a click does, plain objects are
 * attributes, and what is false, null or 0 is left out.
 */
function filled(node, parts) {
  for (const part of parts) {
    if (!part) continue;
    if (part.nodeType || typeof part === "string") node.append(part);
    else if (typeof part === "function") on(node, "click", part);
    else having(node, part);
  }
  return node;
}

const el = (tag, name, ...parts) =>
  filled(document.createElement(tag), [name && { class: name }, ...parts]);
const button = (name, ...parts) => el("button", name, { type: "button" }, ...parts);
