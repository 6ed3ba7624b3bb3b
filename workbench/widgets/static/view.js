// The deck as a whole.

/** A floating line with the explanation of what was tapped. */
function tips(root, signal) {
  const tip = el("div", "wb-tip", { role: "status" });
  const tell = (why = "") => {
    tip.textContent = why;
    tip.hidden = !why;
  };
  root.addEventListener("click", ({ target }) => tell(target.closest("[data-why]")?.dataset.why), { signal });
  document.addEventListener("keydown", () => tell(), { signal });
  tell();
  return tip;
}

/**
 * Show a deck and keep it up to date until the signal aborts.
 * @param {Object} options
 * @param {HTMLElement} options.root  emptied, and filled with the deck
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
  let columns = [];
  let dots = [];
  const news = new Map();

  const ctx = {
    signal,
    opened: new Set(),
    zone: state.deck.zone,
    now: () => asOf + Date.now() - heard,
    older: transport.older,
    ask: transport.ask,
    deckUrl: transport.deckUrl,
    tagPage: (name) => Object.values(state.sources).find((s) => s.name === name)?.hashtag,
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

  const main = el("main", "wb-columns");
  const turn = el("nav", "wb-dots", { "aria-label": "Columns" });
  const said = el("div", "wb-aloud", { "aria-live": "polite" });
  const help = helpDialog();
  let bar = null;

  function fresh() {
    const known = { asOf, sources: state.sources, zone: ctx.zone };
    const sources = Object.values(state.sources);
    bar.show({ ...known, ...health({ ...known, now: Date.now(), heard, line, sources }) });
  }

  /** On a phone: which column is in sight. */
  function here() {
    const at = Math.round(main.scrollLeft / Math.max(1, main.clientWidth));
    dots.forEach((dot, i) => having(dot, { "aria-current": i === at }));
  }

  /** Lay out a state; columns that were there stay in the page, since moving one would lose its place. */
  function lay() {
    ctx.zone = state.deck.zone;
    bar?.node.remove();
    bar = topBar(state, ctx);
    root.prepend(bar.node);
    const before = columns;
    const isSame = (old, col) => ["key", "type", "title", "query", "width"].every((name) => old[name] === col[name]);
    columns = state.columns.map((col) => before.find((old) => isSame(old, col)) || column(col, ctx));
    before.forEach((old) => columns.includes(old) || old.node.remove());
    columns.forEach(({ node }, i) => main.children[i] === node || main.insertBefore(node, main.children[i]));
    dots = columns.map(({ title, node }) => button("wb-turn", { "aria-label": title },
      () => node.scrollIntoView({ inline: "start", block: "nearest" })));
    turn.replaceChildren(...dots);
    columns.forEach((col, i) => col.reset(state.columns[i]));
    requestAnimationFrame(here);
    extend?.({ root, main, ctx, columns });
  }

  const events = {
    update({ columns: parts = {}, changed = [], gone = [], sources = {} }) {
      Object.assign(state.sources, sources);
      const went = new Set(gone);
      for (const col of columns) col.take(parts[col.key], changed, went);
    },
    state(data) {
      state = data;
      lay();
    },
  };

  adopt(root, state);
  root.replaceChildren(main, turn, said, tips(root, signal), help);
  lay();
  fresh();
  main.addEventListener("scroll", here, { passive: true });
  tellTimes(main, ctx);
  unfolding(main, ctx);
  showing(main, signal);
  keyboard(root, () => columns, help, signal);

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
