// The deck as a whole.

/** A floating line with the explanation of what was tapped. */
function tips(root, signal) {
  const tip = root.querySelector(".wb-tip");
  const tell = (why = "") => {
    saying(tip, why);
    tip.hidden = !why;
  };
  root.addEventListener("click", ({ target }) => tell(target.closest("[data-why]")?.dataset.why), { signal });
  document.addEventListener("keydown", () => tell(), { signal });
}

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
 * @param {(n: number) => void} [options.onAlerts]  told how many alerts were not looked at
 * @param {(laid: Object) => void} [options.extend]  given {root, main, ctx, columns} whenever laid out
 */
function view({ root, state, transport, signal, onAlerts, extend }) {
  let asOf = state.now;
  let heard = Date.now();
  let line = { state: "open" };
  let { fault } = state.top || state;
  let columns = [];
  let dots = [];
  const news = new Map();

  const ctx = {
    signal,
    long: [],
    zone: state.deck.zone,
    now: () => asOf + Date.now() - heard,
    older: transport.older,
    open: transport.open,
    ask: transport.ask,
    announce: (title, n) => n && news.set(title, (news.get(title) || 0) + n),
    lookAll: (of) => columns.forEach((col) => (!of || of.includes(col.key)) && col.look()),
    onUnread() {
      columns.forEach(({ title, unread, alerts }, i) => {
        dots[i].classList.toggle("wb-has-new", unread + alerts > 0);
        const told = [title, unread && `${unread} new`, alerts && alertsIn(alerts)];
        having(dots[i], { "aria-label": told.filter(Boolean).join(", ") });
      });
      onAlerts?.(columns.reduce((n, { alerts }) => n + alerts, 0));
    },
  };

  ctx.visit = visitor(transport.deckUrl(state.deck.name) || state.deck.name, ctx.now);
  if (!root.querySelector("main")) root.replaceChildren(...state.frame.map((node) => grow(node, ctx)));
  const main = root.querySelector("main");
  const said = root.querySelector(".wb-aloud");

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
    const at = Math.round(main.scrollLeft / Math.max(1, main.clientWidth));
    dots.forEach((dot, i) => having(dot, { "aria-current": i === at }));
  }

  /** Lay out a state; columns that were there stay in the page, since moving one would lose its place. */
  function lay() {
    ctx.zone = state.deck.zone;
    const before = columns;
    columns = state.columns.map((col) => {
      const place = [...main.children].find(({ dataset }) => dataset.column === col.key && dataset.shape === col.shape);
      return before.find(({ node }) => node === place) || column(col, ctx, place || grow(col.node, ctx));
    });
    const nodes = columns.map(({ node }) => node);
    [...main.children].forEach((node) => nodes.includes(node) || node.remove());
    nodes.forEach((node, i) => main.children[i] === node || main.insertBefore(node, main.children[i]));
    dots = [...root.querySelectorAll(".wb-turn")];
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

  // Of columns that are here already it tells no more than how they look.
  events.laid = events.state;
  lay();
  fresh();
  main.addEventListener("scroll", here, { passive: true });
  root.addEventListener("click", ({ target }) => {
    columns[dots.indexOf(target)]?.node.scrollIntoView({ inline: "start", block: "nearest" });
  }, { signal });
  closing(root, signal);
  tips(root, signal);
  tellTimes(main, ctx);
  showing(main, signal);
  keyboard(root, () => columns, opening(root, ctx), signal);

  /** A page that is left was looked at until then; one that is come back to may be another visit. */
  function visited() {
    if (document.hidden) ctx.visit.save();
    else if (ctx.visit.enter()) columns.forEach((col) => col.revisit?.());
  }
  document.addEventListener("visibilitychange", visited, { signal });
  window.addEventListener("pagehide", ctx.visit.save, { signal });

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
    ageTimes(root, ctx);
    if (news.size) said.textContent = announcement(news);
    news.clear();
  }, 1000);
  const leave = transport.subscribe((name, data) => {
    heard = Date.now();
    asOf = data.now ?? asOf;
    line = { state: "open" };
    events[name]?.(data);
    fresh();
  }, (status) => {
    line = status;
    fresh();
  });
  signal.addEventListener("abort", () => {
    ctx.visit.save();
    clearInterval(timer);
    leave();
  });
}
