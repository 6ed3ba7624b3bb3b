// Columns: their head, and what is computed rather than collected.

const scroller = (title, ...parts) => el("div", "wb-list", { tabindex: 0, role: "group", "aria-label": title }, ...parts);

/** Terms that come up more than usual. */
function trending(col) {
  const rows = el("ol", "wb-terms");
  const row = ({ term, n, usual, times: lift, new: fresh, why, spark: line }, i, most) =>
    el("li", "wb-term wb-entry", { tabindex: -1, "data-term": term },
      el("span", "wb-rank", `${i + 1}`),
      el("span", "wb-word", isolated("bdi", "", term), fresh && el("span", "wb-new", "new")),
      el("span", "wb-times", lift != null && times(lift)),
      bar(n, usual || 0, most),
      el("span", "wb-under", spark(line || []), el("span", "wb-why", why)));
  function set({ rows: terms }) {
    if (!terms) return;
    const held = document.activeElement?.dataset.term;
    const most = Math.max(1, ...terms.flatMap((r) => [r.n, r.usual || 0]));
    rows.replaceChildren(...terms.map((term, i) => row(term, i, most)));
    [...rows.children].find((node) => node.dataset.term === held)?.focus({ preventScroll: true });
  }
  return { list: scroller(col.title, rows), set };
}

/** The mood as a chart. */
function sentiment(col) {
  const body = el("figure", "wb-figure wb-entry", { tabindex: -1 });
  function set({ chart }) {
    if (!chart) return;
    body.replaceChildren(el("h3", "", chart.title), el("p", "wb-dek", `${chart.subtitle}; times in ${chart.zone}`));
    if (chart.series.length) body.append(lineChart(chart, { narrow: 234, wide: 374 }[col.width] || 294));
  }
  return { list: scroller(col.title, body), set };
}

/** What is made of neither items nor terms: rows that come as elements. */
function panel(col, ctx) {
  const body = el("div", "wb-rowed");
  function set({ nodes }) {
    if (!nodes) return;
    const place = [...body.querySelectorAll(".wb-entry")].indexOf(document.activeElement);
    body.replaceChildren(...nodes.map((node) => grow(node, ctx)));
    if (place >= 0) body.querySelectorAll(".wb-entry")[place]?.focus({ preventScroll: true });
  }
  return { list: scroller(col.title, body), set };
}

const BODIES = { trending, sentiment, "share-of-voice": panel, stories: panel, "source-health": panel, briefings: panel, alerts: panel, "since-last-visit": sinceVisit };
const LEVELS = { live: "live", stale: "not up to date", failing: "failing", empty: "nothing to show" };

/** A column: head, volume, the sentence on its state, and its body. */
function column(col, ctx) {
  const unread = el("span", "wb-unread");
  const badge = el("span", "wb-badge");
  const dot = el("span", "", { role: "img" });
  const title = button("wb-title", isolated("span", "", col.title), { "aria-expanded": false },
    () => expand(!head.classList.contains("wb-is-open")));
  const about = el("div", "wb-about", col.query && el("code", "", col.query), el("p", "", col.help));
  const head = el("header", "wb-head", icon(col.type), el("h2", "", title), badge, unread, dot, about);
  const line = el("div");
  const say = el("p");
  const note = el("p", "wb-note-below");
  const { key, type, title: heading, query, width } = col;
  const self = { key, type, title: heading, query, width, unread: 0, alerts: 0, look };
  let told = null;
  const body = (BODIES[type] || feed)(col, ctx, (n) => {
    self.unread = n;
    unread.textContent = n ? `${count(n)} new` : "";
    ctx.onUnread();
  });
  const { list } = body;
  list.append(note);
  self.node = el("section", "", { "aria-label": col.title, "data-column": key },
    head, line, say, el("div", "wb-body", list, body.pill));

  const expand = (open) => {
    head.classList.toggle("wb-is-open", open);
    having(title, { "aria-expanded": open });
  };
  title.addEventListener("blur", () => expand(false));

  /** Say how many alerts the reader has not looked at; those that are new are heard, if asked for. */
  function alarm(times) {
    const fresh = told && times.filter((ms) => !told.includes(ms)).length;
    told = times;
    const n = (self.alerts = ctx.visit.unseen(key, times));
    badge.textContent = n ? alertsIn(n) : "";
    ctx.onUnread();
    ctx.announce(`the alerts of ${col.title}`, fresh);
    if (fresh && col.sound) chime();
  }
  function look() {
    if (!self.alerts) return;
    ctx.visit.look(key, told);
    alarm(told);
  }
  for (const sign of ["pointermove", "pointerdown", "focusin", "keydown"]) {
    self.node.addEventListener(sign, () => (type === "alerts" ? ctx.lookAll(col.of) : look()));
  }

  function part(change) {
    if (change.volume) line.replaceChildren(volume(change.volume, ctx.zone));
    if (change.alerts) alarm(change.alerts);
    if ("note" in change) note.textContent = change.note || "";
    body.set?.(change);
    if (!change.state) return;
    const { level, text, since } = change.state;
    const when = text && since && !/since/i.test(text) ? ` Since ${sinceTime(since, ctx.now(), ctx.zone)}.` : "";
    say.textContent = text + when;
    say.className = `wb-say wb-say-${level}`;
    dot.className = `wb-dot wb-dot-${level}`;
    explained(having(dot, { "aria-label": LEVELS[level] }), text || LEVELS[level]);
  }

  return Object.assign(self, {
    list,
    revisit: body.revisit,
    toTop: body.toTop || (() => (list.scrollTop = 0)),
    take(change = {}, changed, gone) {
      body.take?.(change.add || [], changed, gone);
      part(change);
    },
    reset(fresh) {
      self.node.className = `wb-column wb-${fresh.width}${fresh.sensitive ? " wb-unfolded" : ""}`;
      col.sound = fresh.sound;
      body.reset?.(fresh);
      part({ alerts: [], ...fresh });
    },
  });
}
