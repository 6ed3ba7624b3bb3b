// What the analyst does with a post: hide it, hide its author, pin it with a note.

/** Words of a post, short enough to name it by. */
function nameOf(post) {
  const text = (post.querySelector("h3, .wb-text")?.textContent || post.getAttribute("aria-label") || "").replace(/\s+/g, " ").trim();
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Who wrote it, as a deck names them. */
const authorOf = (post) => (post.dataset.author || post.querySelector(".wb-who .wb-handle")?.textContent
  || post.querySelector(".wb-name")?.textContent || "").trim().replace(/^@/, "");

/** The post that comes to the place of one that goes. */
function neighbour(post) {
  const all = [...post.parentNode.children].filter((node) => node.dataset.item);
  const at = all.indexOf(post);
  return all[at + 1] || all[at - 1];
}

async function hideWhat(desk, post, what, text) {
  neighbour(post)?.focus({ preventScroll: true });
  const answer = await desk.hiding("hide", what);
  if (!answer.error) desk.toast(text, ["Undo", () => desk.hiding("unhide", what)]);
}
const hidePost = (desk, post) =>
  hideWhat(desk, post, { post: post.dataset.item }, `“${nameOf(post)}” is hidden from the deck and its page`);

function hideAuthor(desk, post) {
  const author = authorOf(post);
  if (!author) return desk.toast("Who wrote this is not known, so they cannot be hidden.");
  return hideWhat(desk, post, { author }, `@${author} is hidden from the deck and its page`);
}

/** Pin a post, with the analyst's own words; of one that is pinned change them, or take it away. */
function pinPost(desk, post) {
  const item = post.dataset.item || post.dataset.pin;
  const held = [...desk.main.querySelectorAll("[data-pin]")].find(({ dataset }) => dataset.pin === item);
  const before = held?.firstElementChild.querySelector(".wb-text")?.textContent || "";
  const note = el("textarea", "wb-e-input", { rows: 3, maxlength: 2000, placeholder: "Why it matters" });
  note.value = before;
  const dialog = dialogOf(desk, held ? "What is pinned" : "Pin a post", { done: held ? "Change the note" : "Pin", async onDone() {
    const answer = await desk.request("pin", { item, note: note.value.trim() });
    if (answer.error) return answer;
    if (held) desk.toast("The note was changed.", ["Undo", () => desk.request("pin", { item, note: before })]);
    else desk.toast("Pinned. It stands on the executives’ page.", ["Undo", () => desk.unpin(item)]);
    return answer;
  } });
  dialog.body.append(el("blockquote", "wb-e-quote", nameOf(post)));
  dialog.field("note", "Note", note, "Everybody who sees the page can read it. It may be empty.");
  if (held) {
    dialog.foot.insertBefore(button("wb-e-plain", "Take the pin away", () => {
      dialog.close();
      desk.unpin(item);
    }), dialog.foot.children[1]);
  }
  dialog.show();
  note.focus();
}
