// The deck as a whole.

/**
 * Show a deck and keep it up to date until the signal aborts.
 * @param {Object} options
 * @param {HTMLElement} options.root  holds the deck's elements already, or is filled with them
 * @param {Object} options.state
 * @param {{subscribe: Function, older: Function, deckUrl: Function}} options.transport
 *   subscribe(onEvent(name, data), onStatus({state, reason})) returns what ends it;
 *   older(column, before) a promise of {items, more}; deckUrl(name) the page of a deck
 *   alerts(), if it has that, one of what an update has of alerts, while nothing is subscribed
 * @param {AbortSignal} options.signal
 * @param {(n: number) => void} [options.onCount]  told how much is new that was not looked at
 * @param {(laid: Object) => void} [options.extend]  given {root, main, ctx, columns} whenever laid out
 */
function view({ root, state, transport, signal, onCount, extend }) {
  let asOf = state.now;
  let heard = Date.now();
  let line = { state: "open" };
  let { fault } = state.top;
  let columns = [];
  let dots = [];
  const news = new Map();

  const arrived = asOf;
  let visits = null;
  const ctx = {
    ...transport,
    signal,
    long: [],
    now: () => asOf + Date.now() - heard,
    /** What the browser remembers of this reader, read no sooner than it is needed. */
    visit: () => (visits ??= visitor(transport.deckUrl(state.deck.name) || state.deck.name, ctx.now, arrived)),
    announce: (title, n) => n && news.set(title, (news.get(title) || 0) + n),
    lookAll: (of) => columns.forEach((col) => (!of || of.includes(col.key)) && col.look()),
    onUnread() {
      columns.forEach(({ title, unread, alerts, quiet }, i) => {
        dots[i].classList.toggle("wb-has-new", !quiet && unread + alerts > 0);
        const told = [title, unread && `${unread} new`, alerts && alertsIn(alerts)];
        having(dots[i], { "aria-label": told.filter(Boolean).join(", ") });
      });
      having(hold(), { "aria-pressed": columns.every(({ paused }) => paused) });
      onCount?.(columns.reduce((n, { unread, alerts, quiet }) => n + (quiet ? 0 : unread + alerts), 0));
    },
  };
  const hold = () => one(root, "hold");

  if (!one(root, "columns")) {
    zoned();
    root.replaceChildren(...state.frame.map((node) => grow(node, ctx)));
  }
  const main = one(root, "columns");
  const said = one(root, "aloud");

  function zoned() {
    const { zone, times } = state.deck;
    Object.assign(ctx, { zone, exact: times === "exact" });
  }
  function fresh() {
    topBar(root, { asOf, ...health({ now: Date.now(), heard, asOf, zone: ctx.zone, line, fault }) }, ctx.zone);
  }
  function above({ top }) {
    if (!top) return;
    ({ fault } = top);
    for (const node of top.nodes) put(root, node, ctx);
  }

  /** On a phone: which column is in sight. */
  function here() {
    const at = Math.round(main.scrollLeft / (main.clientWidth || 1));
    dots.forEach((dot, i) => having(dot, { "aria-current": i === at }));
  }

  /** Lay out a state; columns that were there stay in the page, since moving one would lose its place. */
  function lay() {
    zoned();
    const before = columns;
    columns = state.columns.map((col) => {
      let place = byData(main, "column", col.key);
      if (place?.dataset.shape !== col.shape) place = grow(col.node, ctx);
      return before.find(({ node }) => node === place) || column(col, ctx, place);
    });
    const nodes = columns.map(({ node }) => node);
    [...main.children].forEach((node) => nodes.includes(node) || node.remove());
    nodes.forEach((node, i) => main.children[i] === node || main.insertBefore(node, main.children[i]));
    dots = all(root, ".wb-turn");
    columns.forEach((col, i) => col.reset(state.columns[i]));
    requestAnimationFrame(here);
    extend?.({ root, main, ctx, columns });
  }

  const events = {
    update({ columns: parts = {}, changed = [], gone = [], ...data }) {
      above(data);
      const went = new Set(gone);
      // Read of all, then written to all: in turn each would have the page laid out once more.
      columns.map((col) => [col, col.atTop?.()]).forEach(([col, top]) => col.take(parts[col.key], changed, went, top));
    },
    state(data) {
      state = data;
      above(data);
      // The first two, bar and dots, are all that changes of the frame.
      for (const node of data.frame.slice(0, 2)) put(root, node, ctx);
      lay();
    },
  };
  lay();
  on(main, "scroll", here);
  const does = opening(root, ctx);
  on(root, "click", ({ target }) => {
    if (target.closest(".wb-seek")) does.find();
    const to = columns[dots.indexOf(target)];
    if (to) goTo(to.list);
    if (target !== hold()) return;
    const is = target.ariaPressed !== "true";
    columns.forEach((col) => col.pause(is));
  }, signal);
  floating(root, signal);
  telling(root, ctx);
  showing(main, signal);
  keyboard(root, () => columns, does, signal);

  /** A page that is left was looked at until then; one that is come back to may be another visit. */
  function visited() {
    if (document.hidden) ctx.visit().save();
    else if (ctx.visit().enter()) columns.forEach((col) => col.revisit?.());
  }
  const save = () => ctx.visit().save();
  on(document, "visibilitychange", visited, signal);
  on(window, "pagehide", save, signal);

  /** In a tab in the background there is no stream: alerts alone are asked for, once a minute. */
  let asked = Date.now();
  function unseen() {
    if (!transport.alerts || Date.now() - asked < MINUTE || !state.columns.some((col) => col.alerts)) return;
    asked = Date.now();
    transport.alerts().then(events.update).catch(() => {});
  }

  let seconds = 0;
  const timer = setInterval(() => {
    fresh();
    seconds += 1;
    if (document.hidden) unseen();
    if (seconds % 30) return;
    labels(root, ctx);
    if (news.size) said.textContent = announcement(news);
    news.clear();
  }, 1000);
  const leave = transport.subscribe((name, data) => {
    heard = Date.now();
    asOf = data.now ?? asOf;
    events[name]?.(data);
    // Else the second that begins next is soon enough.
    if (data.top || line.state !== "open") {
      line = { state: "open" };
      fresh();
    }
  }, (status) => {
    line = status;
    fresh();
  });
  signal.addEventListener("abort", () => {
    save();
    clearInterval(timer);
    leave();
  });
}
