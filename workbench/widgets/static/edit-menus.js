// Menus: they float above all else, keys go through them, and focus comes back to their button.

/** Put what floats beside what it belongs to, inside the window. */
function placeBeside(node, anchor) {
  const { left, right, bottom, top } = box(anchor);
  const { width, height } = box(node);
  const x = Math.max(8, Math.min(left, innerWidth - width - 8, Math.max(left, right) - (left + width > innerWidth - 8 ? width : 0)));
  const y = bottom + 4 + height > innerHeight - 8 && top > height + 8 ? top - height - 4 : bottom + 4;
  node.style.left = `${Math.max(8, x)}px`;
  node.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
}

/** One row of a menu: something to do, something to switch, or a choice on one line. */
function menuRow(row, close) {
  if (!row) return el("div", "wb-e-line", { role: "separator" });
  const act = (does) => () => {
    close();
    does();
  };
  if (row.options) {
    const options = row.options.map(({ text, on, mark, run }) =>
      button(mark === undefined ? "wb-e-option" : `wb-e-option wb-e-mark ${mark && `wb-mark-${mark}`}`,
        { role: "menuitemradio", "aria-checked": on, tabindex: -1, ...(mark !== undefined && { title: text, "aria-label": text }) },
        mark === undefined && text, act(run)));
    return el("div", "wb-e-options", { role: "group", "aria-label": row.text }, el("span", "wb-e-of", row.text, { "aria-hidden": true }), ...options);
  }
  const isSwitch = "on" in row;
  return button("wb-e-item", { role: isSwitch ? "menuitemcheckbox" : "menuitem", tabindex: -1,
    ...(isSwitch && { "aria-checked": row.on }), ...(row.off && { "aria-disabled": true }) },
  el("span", "", row.text), row.keys && el("kbd", "", row.keys), row.off ? () => {} : act(row.run));
}

/**
 * Open a menu.
 * @param {Object} desk
 * @param {HTMLElement} anchor  the button that it belongs to
 * @param {string} label
 * @param {(Object|null)[]} rows  {text, run, keys?, on?, off?}, {text, options: [{text, on, run, mark?}]}, null for a line
 */
function openMenu(desk, anchor, label, rows) {
  const close = () => node.hidePopover();
  const node = el("div", "wb-e-menu", { role: "menu", "aria-label": label, popover: "auto" },
    ...rows.map((row) => menuRow(row, close)));
  const items = [...node.querySelectorAll("[role^=menuitem]")];
  const go = (i) => items[(i + items.length) % items.length].focus();
  node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const at = items.indexOf(document.activeElement);
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowRight") go(at + 1);
    else if (key === "ArrowUp" || key === "ArrowLeft") go(at - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(-1);
    else if (key === "Tab" || key === "Escape") close();
    else if (/^\S$/u.test(key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const next = [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) =>
        (item.textContent || item.title).toLowerCase().startsWith(key.toLowerCase()));
      next?.focus();
    } else return;
    event.preventDefault();
  });
  node.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    const held = node.contains(document.activeElement) || isLost();
    having(anchor, { "aria-expanded": false });
    node.remove();
    if (!held) return;
    anchor.focus();
    if (isLost()) desk.comeBack();
  });
  desk.root.append(node);
  node.showPopover();
  having(anchor, { "aria-expanded": true });
  placeBeside(node, anchor);
  go(0);
}

/** A button that opens a menu whose rows are made when it opens. */
const menuButton = (desk, made, label, rows) => filled(having(made, { "aria-haspopup": "menu", "aria-expanded": false }),
  [() => openMenu(desk, made, label, rows())]);

/** A short message with what can be done about it; it goes by itself, unless somebody is at it. */
function toasts(signal) {
  const node = el("div", "wb-e-toast", { role: "status" });
  let timer = 0;
  const hide = () => {
    if (node.matches(":hover, :focus-within")) timer = setTimeout(hide, 2e3);
    else node.replaceChildren();
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  function show(text, ...actions) {
    clearTimeout(timer);
    node.replaceChildren(el("span", "", text), ...actions.map(([words, does]) => button("", words, () => {
      node.replaceChildren();
      does();
    })));
    timer = setTimeout(hide, actions.length ? 12e3 : 6e3);
  }
  return { node, show, hide: () => node.replaceChildren() };
}
