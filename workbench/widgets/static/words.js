// Words, numbers and times as a reader wants them, in the language of their browser. Pure.

const MINUTE = 60e3;
const HOUR = 3600e3;
const DAY = 864e5;

const formats = {};

/** A formatter, kept, since making one is slow, and made no sooner than it is needed. */
const format = (key, make) => (formats[key] ??= make());

/** How a time is written with these options, in a zone; one that is unknown is read as UTC. */
const timeAs = (options) => (ms, zone) => {
  const make = (timeZone) => new Intl.DateTimeFormat(navigator.language, { ...options, timeZone });
  return format(zone + JSON.stringify(options), () => {
    try {
      return make(zone);
    } catch {
      return make("UTC");
    }
  }).format(ms);
};

/** 09:14 */
const hourMinute = timeAs({ timeStyle: "short" });
/** 09:14:07 */
const clockTime = timeAs({ timeStyle: "medium" });
/** 23 Nov */
const dayMonth = timeAs({ day: "numeric", month: "short" });
/** Monday 23 November 2026 at 09:14:07 CET */
const exactTime = timeAs({ dateStyle: "full", timeStyle: "long" });

/** How long ago, short: now, 4 min, 2 h, 3 d, then the date. */
function relativeTime(ms, zone, now) {
  const age = now - ms;
  const whole = (unit, name) => `${Math.floor(age / unit)} ${name}`;
  if (age < MINUTE) return "now";
  if (age < HOUR) return whole(MINUTE, "min");
  if (age < DAY) return whole(HOUR, "h");
  return age < 7 * DAY ? whole(DAY, "d") : dayMonth(ms, zone);
}

/** 09:14 of the same day, else 23 Nov, 09:14. */
function sinceTime(ms, zone, now) {
  const day = dayMonth(ms, zone);
  const time = hourMinute(ms, zone);
  return day === dayMonth(now, zone) ? time : `${day}, ${time}`;
}

/** 1,234, then 12.3K. */
const count = (n) => {
  const notation = n < 1e4 ? "standard" : "compact";
  return format(notation, () => new Intl.NumberFormat(navigator.language, { notation, maximumFractionDigits: 1 })).format(n);
};

/** How an element says the time that it has: as its `data-as` wants it, else as the deck does. */
const TIMES = { ago: relativeTime, since: sinceTime, clock: hourMinute, day: dayMonth };

/**
 * How far what is shown can be trusted now, and the sentence that says so.
 * @param {{now: number, heard: number, asOf: number, zone: string,
 *   line: {state: string, reason?: string, next?: string}, fault: Object}} known
 *   now and heard by this machine's clock, asOf by the data's; fault is what the sources have.
 * @returns {{level: "live"|"stale"|"failing", text: string}}
 */
function health({ now, heard, asOf, zone, line, fault }) {
  const since = () => clockTime(asOf, zone);
  if (line.state === "lost") {
    const text = `${line.reason}; what you see is of ${since()}. ${line.next ?? "Trying again by itself."}`;
    return { level: "failing", text };
  }
  return now - heard > 30e3 ? { level: "stale", text: `No news from the server since ${since()}` } : fault;
}
