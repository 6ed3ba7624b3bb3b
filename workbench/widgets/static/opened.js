// One post opened, with its thread, why it is here and what is alike, in a dialog over the deck.

/**
 * Open a post by a click on its time, its replies, "more" or what is alike; show a picture by a
 * click on what it would be.
 * @returns {(node: HTMLElement) => void}  opens the post of an element
 */
function opening(root, ctx) {
  const sheet = one(root, "sheet");
  const show = (...parts) => sheet.lastChild.replaceChildren(...parts);
  async function open(node, place = ".wb-opened") {
    show("Reading …");
    sheet.showModal();
    try {
      const { nodes } = await ctx.open(node.closest("[data-column]").dataset.column, node.dataset.item || `term:${node.dataset.term}`);
      show(...nodes.map((each) => grow(each, ctx)));
      sheet.querySelector(place)?.scrollIntoView();
    } catch ({ message }) {
      show(`Could not be opened (${message}).`);
    }
  }
  on(root, "click", ({ target }) => {
    const node = target.closest(".wb-columns :is([data-item],[data-term])");
    const { src, alt, opens } = target.dataset;
    if (src) target.replaceWith(grow(["img", { class: "wb-large", alt, referrerpolicy: "no-referrer", src }]));
    else if (node && target.closest("time,button,.wb-n-replies")) open(node, opens);
    else if (target.matches("dialog,dialog>.wb-again")) target.closest("dialog").close();
  }, ctx.signal);
  return open;
}
