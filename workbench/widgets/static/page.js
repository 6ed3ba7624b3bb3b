// Where the page starts: its state stands in the document, its place is made by the notebook.

/** Load the page anew, once for each version, so that a stale cache cannot make it spin. */
function reloadFor(version, shown) {
  if (!version || version === shown || sessionStorage.wbVersion === version) return;
  sessionStorage.wbVersion = version;
  location.reload();
}

/** Take the deck over once what came with the page has been drawn, which nothing should hold up. */
function page() {
  const told = document.querySelector("#wb-state");
  const root = one(document, "deck");
  if (!told || !root) return;
  // A page that is opened in the background draws nothing until somebody looks.
  if (document.hidden) takeOver(told, root);
  else requestAnimationFrame(() => setTimeout(takeOver, 100, told, root));
}

function takeOver(told, root) {
  const state = JSON.parse(told.textContent);
  const { signal } = new AbortController();
  const base = new URL(root.dataset.base, location.href);
  const stream = eventStream({ base: base.href, deck: state.deck.name, after: state.seq, signal });
  const subscribe = (onEvent, onStatus) =>
    stream.subscribe((name, data) => {
      reloadFor(data.version, state.version);
      onEvent(name, data);
    }, onStatus);
  const { title } = document;
  const onCount = (n) => (document.title = n ? `(${count(n)}) ${title}` : title);
  view({ root, state, signal, onCount, transport: { ...stream, subscribe } });
  looks(root, base.pathname, signal);
}
