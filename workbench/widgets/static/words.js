// Words, numbers and times as a reader wants them. Pure.

const MINUTE = 60e3;
const HOUR = 3600e3;
const DAY = 864e5;

const formats = new Map();

/**
 * A formatter of times, kept, since making one is slow. An unknown zone is read as UTC.
 * @param {string} zone
 * @param {Intl.DateTimeFormatOptions} options
 */
function timeFormat(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    const make = (timeZone) =>
      new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", ...options, timeZone });
    try {
      formats.set(key, make(zone || "UTC"));
    } catch {
      formats.set(key, make("UTC"));
    }
  }
  return formats.get(key);
}

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DATE = { day: "numeric", month: "short" };

/** 09:14 */
const hourMinute = (ms, zone) => timeFormat(zone, CLOCK).format(ms);
/** 09:14:07 */
const clockTime = (ms, zone) => timeFormat(zone, { ...CLOCK, second: "2-digit" }).format(ms);
/** 23 Nov */
const dayMonth = (ms, zone) => timeFormat(zone, DATE).format(ms);
/** Mon 23 Nov 2026, 09:14:07 CET */
const exactTime = (ms, zone) =>
  timeFormat(zone, {
    weekday: "short", ...DATE, year: "numeric", ...CLOCK, second: "2-digit", timeZoneName: "short",
  }).format(ms);

/** How long ago, short: now, 4 min, 2 h, 3 d, then the date. */
function relativeTime(ms, now, zone) {
  const age = now - ms;
  if (age < MINUTE) return "now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h`;
  if (age < 7 * DAY) return `${Math.floor(age / DAY)} d`;
  return dayMonth(ms, zone);
}

/** 09:14 of the same day, else 23 Nov, 09:14. */
function sinceTime(ms, now, zone) {
  const day = dayMonth(ms, zone);
  const time = hourMinute(ms, zone);
  return day === dayMonth(now, zone) ? time : `${day}, ${time}`;
}

const numbers = {};

/** A formatter of numbers, kept as those of times are, and made no sooner than it is needed. */
const numberFormat = (notation) => (numbers[notation] ??= new Intl.NumberFormat("en-GB", { notation, maximumFractionDigits: 1 }));

/** 1,234, then 12.3K. */
const count = (n) => numberFormat(Math.abs(n) < 1e4 ? "standard" : "compact").format(n);

/**
 * How far what is shown can be trusted now, and the sentence that says so.
 * @param {{now: number, heard: number, asOf: number, zone: string,
 *   line: {state: string, reason?: string, next?: string}, fault: Object}} known
 *   now and heard by this machine's clock, asOf by the data's; fault is what the sources have.
 * @returns {{level: "live"|"stale"|"failing", text: string}}
 */
function health({ now, heard, asOf, zone, line, fault }) {
  const since = clockTime(asOf, zone);
  if (line.state === "lost") {
    const text = `${line.reason}; what you see is of ${since}. ${line.next ?? "Trying again by itself."}`;
    return { level: "failing", text };
  }
  return now - heard > 30e3 ? { level: "stale", text: `No news from the server since ${since}` } : fault;
}
