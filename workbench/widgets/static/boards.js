// Columns: what is drawn already comes to life.

/**
 * A column.
 * @param {Object} col  as it came
 * @param {Object} ctx
 * @param {HTMLElement} node  its element
 */
function column(col, ctx, node) {
  const one = (name) => node.querySelector(`.wb-${name}`);
  const { key, type, title } = col;
  const self = { key, type, title, node, list: one("list"), pill: one("pill"), unread: 0, alerts: 0, look };
  let told = null;
  const body = (one("since") ? sinceVisit : one("feed") ? feed : () => ({}))(self, ctx, (n) => {
    self.unread = n;
    saying(one("unread"), n ? `${count(n)} new` : "");
    ctx.onUnread();
  });

  /** Say how many alerts the reader has not looked at; those that are new are heard, if asked for. */
  function alarm(times) {
    const fresh = told && times.filter((ms) => !told.includes(ms)).length;
    told = times;
    const n = (self.alerts = ctx.visit.unseen(key, times));
    saying(one("badge"), n ? alertsIn(n) : "");
    ctx.onUnread();
    ctx.announce(`the alerts of ${title}`, fresh);
    if (fresh && self.sound) chime();
  }
  function look() {
    if (!self.alerts) return;
    ctx.visit.look(key, told);
    alarm(told);
  }
  for (const sign of ["pointermove", "pointerdown", "focusin", "keydown"]) {
    node.addEventListener(sign, () => (type === "alerts" ? ctx.lookAll(col.of) : look()));
  }

  function part({ alerts, parts = [] }) {
    if (alerts) alarm(alerts);
    for (const each of parts) put(node, each, ctx);
  }

  return Object.assign(self, {
    revisit: body.revisit,
    toTop: body.toTop || (() => (self.list.scrollTop = 0)),
    atTop: body.atTop,
    take({ add = [], changed: own = [], gone: folded = [], ...change } = {}, changed, gone, top) {
      body.take?.(add, changed.concat(own), new Set([...gone, ...folded]), top);
      part(change);
    },
    reset(fresh) {
      node.className = fresh.look;
      self.sound = fresh.sound;
      if (!fresh.parts) return;
      body.reset?.(fresh);
      part({ alerts: [], ...fresh });
    },
  });
}
