// Columns: what is drawn already comes to life.

/**
 * A column.
 * @param {Object} col  as it came
 * @param {Object} ctx
 * @param {HTMLElement} node  its element
 */
function column(col, ctx, node) {
  const of = (name) => one(node, name);
  const { key, type, title } = col;
  const self = { key, type, title, node, list: of("list"), pill: of("pill"), unread: 0, alerts: 0, look, pause };
  const held = new Map();
  let told = null;
  const body = (of("since") ? sinceVisit : of("feed") ? feed : () => ({}))(self, ctx, (n) => {
    self.unread = n;
    saying(of("unread"), n && !self.quiet ? `${count(n)} new` : "");
    ctx.onUnread();
  });

  /** Say how many alerts the reader has not looked at; those that are new are heard, if asked for. */
  function alarm(times) {
    const fresh = told && times.filter((ms) => !told.includes(ms)).length;
    told = times;
    const n = (self.alerts = times.length && ctx.visit().unseen(key, times));
    saying(of("badge"), n && !self.quiet ? alertsIn(n) : "");
    ctx.onUnread();
    ctx.announce(`the alerts of ${title}`, fresh);
    if (fresh && self.sound) chime();
  }
  function look() {
    if (!self.alerts) return;
    ctx.visit().look(key, told);
    alarm(told);
  }
  for (const sign of ["pointermove", "pointerdown", "focusin", "keydown"]) {
    on(node, sign, () => (type === "alerts" ? ctx.lookAll(col.of) : look()));
  }

  function part({ alerts, parts = [] }) {
    if (alerts) alarm(alerts);
    for (const each of parts) {
      if (self.paused) held.set(each[1].class, each);
      else put(node, each, ctx);
    }
  }

  /** Let nothing move until it goes on; what comes meanwhile is counted. */
  function pause(is) {
    self.paused = is;
    having(of("pause"), { "aria-pressed": is });
    ctx.onUnread();
    if (is) return;
    part({ parts: [...held.values()] });
    held.clear();
    self.toTop();
  }
  on(of("pause"), "click", () => pause(!self.paused));
  on(of("title"), "click", () => node.classList.toggle("wb-shut", !!self.shut && !node.classList.contains("wb-shut")));

  return Object.assign(self, {
    revisit: body.revisit,
    toTop: body.toTop || (() => (self.list.scrollTop = 0)),
    atTop: body.atTop,
    open: () => node.classList.remove("wb-shut"),
    take({ add = [], changed: own = [], gone: folded = [], ...change } = {}, changed, gone, top) {
      body.take?.(add, changed.concat(own), new Set([...gone, ...folded]), top);
      part(change);
    },
    reset(fresh) {
      node.className = fresh.look;
      Object.assign(self, { sound: fresh.sound, shut: fresh.collapsed, quiet: fresh.badge === false });
      if (!fresh.parts) return;
      body.reset?.(fresh);
      part({ alerts: [], ...fresh });
    },
  });
}
