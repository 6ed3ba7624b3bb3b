// The top bar: title, other decks, how fresh and how whole the data is.

const STATES = { live: "live", starting: "starting", waiting: "waits", failing: "fails" };
const DOTS = { live: "live", waiting: "stale", failing: "failing" };

/** One source in words: what it does, since when, why, and what comes next. */
function sourceLine(key, source, ctx) {
  const at = (words, ms) => ms && `${words} ${sinceTime(ms, ctx.now(), ctx.zone)}`;
  const url = safeUrl(key.slice(key.indexOf(":") + 1));
  const told = [
    STATES[source.state],
    at("since", source.since),
    source.reason,
    at("next try", source.next_try),
    at("last item", source.last_item),
    url && domain(url),
  ];
  return el("li", "", el("span", `wb-dot wb-dot-${DOTS[source.state] || "empty"}`),
    isolated("b", "", source.label), el("span", "", told.filter(Boolean).join(" · ")));
}

/** @returns {{node: HTMLElement, show: (known: Object) => void}} */
function topBar(state, ctx) {
  const others = (state.decks || []).filter((deck) => deck.name !== state.deck.name);
  const places = others.map((deck) => [deck.title, ctx.deckUrl(deck.name)]);
  for (const { text, href } of state.links || []) if (IN_PAGE_LINK.test(href)) places.push([text, href]);
  const tabs = places.length && el("nav", "wb-tabs", { "aria-label": "Other pages" },
    ...places.map(([text, href]) => having(isolated("a", "", text), { href })));
  const dot = el("span");
  const asOf = el("span");
  const clock = button("wb-clock", dot, asOf, () => open(panel.hidden));
  const notice = el("div", "", { role: "status" });
  const panel = el("div", "wb-panel", { role: "region", "aria-label": "Sources" });
  const replay = state.mode === "replay" && explained(el("span", "wb-replay", "replay"),
    "Recorded or made-up posts, played back.");
  const node = el("header", "wb-bar", isolated("h1", "", state.deck.title), tabs, notice, replay, clock, panel);
  let known = null;

  function list() {
    panel.replaceChildren(el("p", "", `As of ${exactTime(known.asOf, ctx.zone)}. ${known.text || "All is well."}`),
      el("ul", "", ...Object.entries(known.sources).map(([key, source]) => sourceLine(key, source, ctx))));
  }
  function open(is) {
    panel.hidden = !is;
    having(clock, { "aria-expanded": is });
    if (is) list();
  }
  const on = (name, what) => document.addEventListener(name, what, { signal: ctx.signal });
  on("click", (event) => node.contains(event.target) || open(false));
  on("keydown", (event) => event.key === "Escape" && open(false));
  open(false);

  function show(next) {
    const before = known;
    known = next;
    const sources = Object.values(next.sources);
    const live = sources.filter((source) => source.state === "live").length;
    asOf.replaceChildren(el("span", "wb-wide", "as of "), clockTime(next.asOf, ctx.zone),
      ` · ${live} of ${sources.length}`, el("span", "wb-wide", sources.length === 1 ? " source" : " sources"), " live");
    if (before?.text !== next.text) notice.textContent = next.text;
    dot.className = `wb-dot wb-dot-${next.level}`;
    notice.className = `wb-notice wb-say-${next.level}`;
    notice.title = next.text;
    clock.dataset.level = next.level;
    clock.title = `As of ${exactTime(next.asOf, ctx.zone)}: show the sources`;
    if (!panel.hidden) list();
  }
  return { node, show };
}
