// What the analyst does with a post: hide it, hide its author, pin it with a note; a story is pinned as well.

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
  if (answer.error) return;
  // A state tells of the newest alone; further down it goes as well.
  const all = [...desk.main.querySelectorAll("[data-item]")].filter((each) => what.author && authorOf(each) === what.author);
  const gone = new Set([what.post, ...all.map(({ dataset }) => dataset.item)]);
  desk.columns.forEach((col) => col.take?.({}, [], gone, col.atTop?.()));
  desk.toast(text, ["Undo", () => desk.hiding("unhide", what)]);
}
const hidePost = (desk, post) =>
  hideWhat(desk, post, { post: post.dataset.item }, `“${nameOf(post)}” is hidden from the deck and its page`);

function hideAuthor(desk, post) {
  const author = authorOf(post);
  if (!author) return desk.toast("Who wrote this is not known, so they cannot be hidden.");
  return hideWhat(desk, post, { author }, `@${author} is hidden from the deck and its page`);
}

/** What can be pinned at an element: a post, or a story; and what is pinned already. */
const pinnable = (node) => ["[data-item]", "[data-pin]", "[data-about^='story:']"].map((is) => node?.closest?.(is)).find(Boolean);
const keyOf = ({ dataset: { item, pin, about } }) => item || pin || about;

/** What is pinned already, by its key. */
const pinOf = (desk, key) => [...desk.main.querySelectorAll("[data-pin]")].find(({ dataset }) => dataset.pin === key);

/** Pin a post or a story, with the analyst's own words; of one that is pinned change them, or take it away. */
function pinPost(desk, post) {
  const item = keyOf(post);
  const held = pinOf(desk, item);
  const before = held?.firstElementChild.querySelector(".wb-text")?.textContent || "";
  const note = el("textarea", "wb-e-input", { rows: 3, maxlength: 2000, placeholder: "Why it matters" });
  note.value = before;
  const dialog = dialogOf(desk, held ? "What is pinned" : `Pin a ${item.startsWith("story:") ? "story" : "post"}`, { done: held ? "Change the note" : "Pin", async onDone() {
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

/** What can be done with a post, or with what is pinned. */
function postRows(desk, post) {
  const isPinned = pinOf(desk, keyOf(post));
  return [
    { text: isPinned ? "Change the note …" : "Pin with a note …", keys: "p", run: () => pinPost(desk, post) },
    isPinned && { text: "Take the pin away", run: () => desk.unpin(keyOf(post)) },
    post.dataset.item && { text: "Hide from the deck", keys: "h", run: () => hidePost(desk, post) },
    post.dataset.item && { text: "Hide its author", keys: "H", run: () => hideAuthor(desk, post) },
  ].filter(Boolean);
}

/** For the pointer: a button at the post that it is at. The keyboard has its keys. */
function postMenu(desk) {
  const node = menuButton(desk, signButton("more", "What to do with this post"), "Post", () => postRows(desk, at));
  const { root, signal } = desk;
  let at = null;
  node.classList.add("wb-e-post");
  node.tabIndex = -1;
  const hide = () => (node.hidden = true);
  hide();
  root.addEventListener("pointerover", ({ target }) => {
    if (node.contains(target) || node.getAttribute("aria-expanded") === "true") return;
    at = desk.draft && pinnable(target);
    const list = at?.closest(".wb-list");
    if (!list) return hide();
    const [{ top, right }, within, whole] = [box(at), box(list), box(root)];
    node.hidden = top < within.top - 40 || top + 60 > within.bottom;
    node.style.left = `${Math.min(right, within.right) - whole.left - 38}px`;
    node.style.top = `${Math.max(top, within.top) - whole.top + 28}px`;
  }, { signal });
  root.addEventListener("pointerleave", hide, { signal });
  root.addEventListener("scroll", hide, { signal, capture: true, passive: true });
  return node;
}
