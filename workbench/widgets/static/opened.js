// One post opened, with its thread, why it is here and what is alike, in a dialog over the deck.

/**
 * Open a post by a click on its time, its replies, "more" or what is alike; show a picture by a
 * click on what it would be.
 * @returns {Object}  open(node) opens the post of an element, find(places) asks what to look for
 */
function opening(root, ctx) {
  const sheet = one(root, "sheet");
  const show = (...parts) => sheet.lastChild.replaceChildren(...parts);
  async function read(column, key, place = ".wb-opened") {
    show("Reading …");
    sheet.showModal();
    try {
      const { nodes } = await ctx.open(column, key);
      show(...nodes.map((each) => grow(each, ctx)));
      sheet.querySelector(place)?.scrollIntoView();
    } catch ({ message }) {
      show(`Could not be opened (${message}).`);
    }
  }
  const open = (node, place) => read(node.closest("[data-column]").dataset.column, node.dataset.item || node.dataset.about, place);
  on(root, "click", ({ target }) => {
    const node = target.closest(".wb-columns :is([data-item],[data-about])");
    const { src, alt, opens } = target.dataset;
    if (src) target.replaceWith(grow(["img", { class: "wb-large", alt, referrerpolicy: "no-referrer", src }]));
    else if (node && target.closest("time,button,.wb-n-replies")) open(node, opens);
    else if (target.matches("dialog,dialog>.wb-again")) target.closest("dialog").close();
  }, ctx.signal);
  return { open, find: finding(root, read) };
}

/**
 * Ask for words to look for in all columns, or by its name for what to click.
 * @returns {(places?: string) => void}  names by a selector what can be clicked
 */
function finding(root, read) {
  const dialog = one(root, "find");
  const input = dialog.firstChild;
  const seek = knob("Search columns", () => read("", `find:${input.value}`));
  let offered = [];
  on(input, "input", () => offered.forEach((each) => (each.hidden = !each.textContent.toLowerCase().includes(input.value.toLowerCase()))));
  on(input, "keydown", (event) => {
    if (event.key !== "Enter") return;
    // Else it would be pressed once more on what has the focus then.
    event.preventDefault();
    one(dialog, "again:not([hidden])").click();
  });
  return (places = "no") => {
    input.value = "";
    // Once the dialog is closed, which gives the focus back to where it was.
    offered = all(root, places).map((node) => knob(node.ariaLabel || node.textContent, () => setTimeout(() => node.click())));
    dialog.replaceChildren(input, ...offered, seek);
    dialog.showModal();
  };
}
