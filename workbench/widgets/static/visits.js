// What this reader has seen: when they last looked, and of which alerts they know.

/** Looks away of up to so long belong to one visit. */
const AWAY = 30 * MINUTE;

/**
 * A reader's visits to one deck at one address, kept in their own browser and nowhere else.
 * @param {string} place  names both
 * @param {() => number} now  by the data's clock
 */
function visitor(place, now) {
  const key = `wb-visit ${place}`;
  const self = {};
  let kept = {};
  try {
    kept = JSON.parse(localStorage[key]);
  } catch {
    // Never here, or nothing may be kept.
  }
  const time = (name) => (kept?.[name] > 0 ? Math.min(kept[name], now()) : 0);
  const looked = new Map(Object.entries(kept?.looked || {}));
  const began = time("began") || now();
  let left = time("left");

  function enter() {
    const isNew = !left || now() - left > AWAY;
    if (isNew) Object.assign(self, { since: left || now() - DAY, first: !left });
    return isNew;
  }
  function save() {
    left = now();
    try {
      localStorage[key] = JSON.stringify({ began, left, since: self.since, first: self.first, looked: Object.fromEntries(looked) });
    } catch {
      // A private window: it is always the first visit.
    }
  }
  Object.assign(self, { since: time("since") || left, first: kept?.first === true });
  enter();
  return Object.assign(self, {
    enter,
    save,
    /** Of these times of alerts those that the reader has not looked at. */
    unseen: (column, times) => times.filter((ms) => ms > (looked.get(column) ?? began)).length,
    look(column, times) {
      looked.set(column, Math.max(...times));
      save();
    },
  });
}

/** 1 alert, 2 alerts */
const alertsIn = (n) => `${count(n)} ${n > 1 ? "alerts" : "alert"}`;

/** What has come since the reader last looked; the server, the same for all, is asked for it. */
function sinceVisit(self, ctx, onUnread) {
  const body = feed(self, ctx, onUnread);
  const said = self.node.querySelector(".wb-since");
  // What comes and goes while the server is asked.
  let during = null;

  function say() {
    const { since, first } = ctx.visit;
    const [n, more] = body.size();
    const when = first ? "in the last 24 hours" : `since ${sinceTime(since, ctx.now(), ctx.zone)}`;
    const many = n ? `${count(n)}${more ? " or more" : ""}` : "Nothing";
    saying(said, `${many} new ${when}${first ? "; this is your first visit" : ""}.`);
  }
  async function reset() {
    const own = (during = { come: [], gone: new Set() });
    self.since = new Date(ctx.visit.since).toISOString();
    try {
      const page = await ctx.older(self.key, new Date(ctx.now() + HOUR).toISOString(), self.since);
      body.reset({ items: merged(page.items, own.come, own.gone), more: page.more });
      if (during === own) during = null;
      say();
    } catch (error) {
      if (ctx.signal.aborted) return;
      said.replaceChildren(`What is new could not be loaded (${error.message}). `, button("wb-again", "Try again", reset));
    }
  }
  function take(add, changed, gone) {
    during?.come.push(...add);
    gone.forEach((key) => during?.gone.add(key));
    body.take(add, changed, gone);
    if (add.length || gone.size) say();
  }
  return { ...body, reset, take, revisit: reset };
}

/** Lead from an alert to what is behind it: in its column if it is there, else where it was published. */
const showing = (main, signal) => main.addEventListener("click", (event) => {
  const from = event.target.closest("[data-show]");
  if (!from || event.ctrlKey || event.metaKey) return;
  const { of, show } = from.dataset;
  const place = [...main.children].find((node) => node.dataset.column === of);
  const item = place && [...place.querySelectorAll("[data-item]")].find((node) => node.dataset.item === show);
  if (!place || (!item && from.href)) return;
  event.preventDefault();
  const found = item || place.querySelector(".wb-list");
  found.scrollIntoView({ block: "nearest", inline: "nearest" });
  found.focus({ preventScroll: true });
}, { signal });

/** A soft tone, once the reader has done anything here: before that browsers allow none. */
function chime() {
  if (!navigator.userActivation?.hasBeenActive) return;
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.1, 0);
  volume.gain.exponentialRampToValueAtTime(0.001, 0.5);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(0.5);
  tone.onended = () => audio.close();
}
