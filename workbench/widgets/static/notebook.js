// A published notebook: its decks come to life where they stand, and what stands around them is
// put in anew when the notebook has been rendered again.

const LOOK_AGAIN = 15e3;

/** A deck's events, taken only while the deck is in sight: a browser opens few streams at once. */
function whileSeen(root, transport) {
  return (onEvent, onStatus) => {
    let leave = null;
    const seen = new IntersectionObserver(([{ isIntersecting }]) => {
      if (isIntersecting && !leave) leave = transport.subscribe(onEvent, onStatus);
      else if (!isIntersecting && leave) leave = void leave();
    });
    seen.observe(root);
    return () => {
      seen.disconnect();
      leave?.();
    };
  };
}

function mount(place, base, signal) {
  const root = place.querySelector(".wb-deck");
  const state = JSON.parse(place.querySelector("script").textContent);
  const transport = eventStream({ base, deck: state.deck.name, after: state.seq, signal });
  view({ root, state, signal, transport: { ...transport, subscribe: whileSeen(root, transport) } });
  looks(root, new URL(base).pathname, signal);
}

const deckOf = (node) => node.dataset.of || "";

/** Put in what has changed around the decks, which stay as they are: readers keep their place. */
function swap(main, fresh) {
  const decks = [...main.children].filter(deckOf);
  const names = (nodes) => nodes.map(deckOf).join("\n");
  if (names(decks) !== names([...fresh.children].filter(deckOf))) return location.reload();
  const { scrollX, scrollY } = window;
  [...main.children].forEach((node) => deckOf(node) || node.remove());
  let at = 0;
  for (const node of [...fresh.children]) {
    if (deckOf(node)) at += 1;
    else main.insertBefore(node, decks[at] || null);
  }
  having(main, { "data-version": fresh.dataset.version });
  window.scrollTo(scrollX, scrollY);
}

async function lookAgain(main) {
  const { address, version } = main.dataset;
  const asked = await fetch(`${address}/version`);
  if (!asked.ok) throw new Error(`the server answered ${asked.status}`);
  if ((await asked.json()).version === version) return;
  const got = await fetch(address);
  const page = new DOMParser().parseFromString(await got.text(), "text/html");
  const fresh = page.getElementById("wb-book");
  if (!got.ok || !fresh) throw new Error(`the server answered ${got.status}`);
  for (const id of ["wb-book-top", "wb-book-foot"]) {
    document.getElementById(id).replaceWith(page.getElementById(id));
  }
  document.title = page.title;
  swap(main, fresh);
}

function published() {
  const main = document.getElementById("wb-book");
  if (!main) return;
  const { signal } = new AbortController();
  const base = new URL(main.dataset.base, location.href).href;
  // A key that is meant for the page scrolls it; a deck takes keys when it is the one in use.
  window.addEventListener("keydown", (event) => {
    if (event.target === document.body && event.key !== "Escape") event.stopPropagation();
  }, { capture: true, signal });
  main.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    document.getElementById(link.getAttribute("href").slice(1))?.scrollIntoView();
  }, { signal });
  document.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  [...main.children].filter(deckOf).forEach((place) => mount(place, base, signal));

  let lost = "";
  async function look() {
    if (document.hidden) return;
    const notice = () => document.getElementById("wb-book-notice");
    try {
      await lookAgain(main);
      if (notice().textContent === lost) having(notice(), { hidden: "" }).textContent = "";
      lost = "";
    } catch {
      lost = "The server cannot be reached; what stands here is what it said last. It is asked again every 15 seconds.";
      notice().textContent = lost;
      notice().hidden = false;
    }
  }
  setInterval(look, LOOK_AGAIN);
  document.addEventListener("visibilitychange", look, { signal });
}
