// What this reader has seen: when they last looked, and of which alerts they know.

/** Looks away of up to so long belong to one visit. */
const AWAY = 30 * MINUTE;

/**
 * A reader's visits to one deck at one address, kept in their own browser and nowhere else.
 * @param {string} place  names both
 * @param {() => number} now  by the data's clock
 * @param {number} arrived  when this visit began
 */
function visitor(place, now, arrived) {
  const key = `wb-visit ${place}`;
  let kept = {};
  try {
    kept = JSON.parse(localStorage[key]) || {};
  } catch {
    // Never here, or nothing may be kept.
  }
  const time = (name) => (kept[name] > 0 ? Math.min(kept[name], now()) : 0);
  const looked = { ...kept.looked };
  const began = time("began") || arrived;
  let left = time("left");
  const self = {
    since: time("since") || left,
    first: kept.first === true,
    enter() {
      const isNew = !left || now() - left > AWAY;
      if (isNew) Object.assign(self, { since: left || now() - DAY, first: !left });
      return isNew;
    },
    save() {
      left = now();
      const { since, first } = self;
      try {
        localStorage[key] = JSON.stringify({ began, left, since, first, looked });
      } catch {
        // A private window: it is always the first visit.
      }
    },
    /** Of these times of alerts those that the reader has not looked at. */
    unseen: (column, times) => times.filter((ms) => ms > (looked[column] ?? began)).length,
    look(column, times) {
      looked[column] = Math.max(...times);
      self.save();
    },
  };
  self.enter();
  return self;
}

/** 1 alert, 2 alerts */
const alertsIn = (n) => `${count(n)} alert${n > 1 ? "s" : ""}`;

/** What has come since the reader last looked; the server, the same for all, is asked for it. */
function sinceVisit(self, ctx, onUnread) {
  const body = feed(self, ctx, onUnread);
  const said = one(self.node, "since");
  // What comes and goes while the server is asked.
  let during = null;

  function say() {
    const { since, first } = ctx.visit();
    const [n, more] = body.size();
    const when = first ? "in the last 24 hours" : `since ${sinceTime(since, ctx.zone, ctx.now())}`;
    const many = n ? `${count(n)}${more ? " or more" : ""}` : "Nothing";
    saying(said, `${many} new ${when}${first ? "; this is your first visit" : ""}.`);
  }
  async function reset() {
    const own = (during = { come: [], gone: new Set() });
    self.since = new Date(ctx.visit().since).toISOString();
    try {
      const page = await ctx.older(self.key, new Date(ctx.now() + HOUR).toISOString(), self.since);
      body.reset({ items: merged(page.items, own.come, own.gone), more: page.more });
      if (during === own) during = null;
      say();
    } catch (error) {
      failed(said, "What is new", error, reset);
    }
  }
  function take(add, changed, gone, top) {
    during?.come.push(...add);
    gone.forEach((key) => during?.gone.add(key));
    body.take(add, changed, gone, top);
    if (add.length || gone.size) say();
  }
  return { ...body, reset, take, revisit: reset };
}

/** Lead from an alert to what is behind it: in its column if it is there, else where it was published. */
const showing = (main, signal) => on(main, "click", (event) => {
  const from = event.target.closest("[data-show]");
  if (!from || event.ctrlKey || event.metaKey) return;
  const { of, show } = from.dataset;
  const place = byData(main, "column", of);
  const item = place && byData(place, "item", show);
  if (!place || (!item && from.href)) return;
  event.preventDefault();
  goTo(item || one(place, "list"));
}, signal);

/** A soft tone, once the reader has done anything here: before that browsers allow none. */
function chime() {
  if (!navigator.userActivation?.hasBeenActive) return;
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio);
  const volume = new GainNode(audio, { gain: 0.1 });
  volume.gain.exponentialRampToValueAtTime(0.001, 0.5);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(0.5);
  tone.onended = () => audio.close();
}
