// What a column holds, and which part of it the page shows. Pure.

/** Posts of one column in the page at once, and in memory at most. */
let IN_PAGE = 250;
const IN_MEMORY = 12000;

/** Newest first; the key settles ties, so that the order never flickers. */
const byTime = (a, b) => b.published - a.published || (a.key < b.key ? 1 : a.key > b.key ? -1 : 0);

/**
 * Items with others added, each key once. Of two with one key the added one counts.
 * @param {Object[]} items
 * @param {Object[]} add
 * @param {Iterable<string>} [gone]  keys to leave out
 */
function merged(items, add, gone = []) {
  const seen = new Set(gone);
  return [...add, ...items].filter((item) => !seen.has(item.key) && seen.add(item.key)).sort(byTime);
}

/** The keys of items. */
const keysOf = (items) => new Set(items.map(({ key }) => key));

/** The cursor behind an item: a time, late enough that none of the same second is missed. */
const cursorAfter = (item) => new Date(item.published + 1000).toISOString();

/**
 * Of the items held so far those that are older than all of a whole new state, if the two overlap:
 * it does not say whether they are still there. Without overlap something may lie between.
 */
function tailOf(held, fresh) {
  const [keys, oldest] = [keysOf(fresh), merged([], fresh).at(-1)];
  return held.some((item) => keys.has(item.key)) ? held.filter((item) => byTime(item, oldest) > 0) : [];
}

/**
 * The stretch of n items that the page holds: all while they are few; else `limit`, moved only
 * when what is in sight comes near an end of it, and then no further than one frame can draw.
 * @param {[number, number]} held  first, and behind the last, of those in the page
 * @param {[number, number]} seen  the same of those in sight
 */
function stretch(held, seen, n, limit = IN_PAGE) {
  if (n <= limit) return [0, n];
  const [first, last] = held;
  const near = limit / 5;
  const fits = last - first === limit && first >= 0 && last <= n;
  const safe = (first === 0 || seen[0] - first >= near) && (last === n || last - seen[1] >= near);
  if (fits && safe) return held;
  const middle = Math.round((seen[0] + seen[1] - limit) / 2);
  const start = last - first === limit ? Math.max(first - limit / 10, Math.min(middle, first + limit / 10)) : middle;
  const from = Math.max(0, Math.min(start, n - limit));
  return [from, from + limit];
}

/** 3 new in Northwind, 2 in Press. @param {Map<string, number>} news */
const announcement = (news) => [...news].map(([title, n], i) => `${n}${i ? "" : " new"} in ${title}`).join(", ");

/** An event's id in its parts: which start of the server, which event. */
function idParts(id) {
  const cut = id.lastIndexOf("-");
  return [id.slice(0, cut), +id.slice(cut + 1)];
}

/**
 * Where an event stands for a page that has come as far as `last`.
 * @param {string} last  id of the last event applied
 * @param {string} before  id of the event before this one in its stream
 * @param {string} id
 * @param {string} name
 * @returns {"next"|"old"|"missed"}  missed: something in between was not seen
 */
function placeOf(last, before, id, name) {
  const [boot, n] = idParts(last);
  const [theirs, m] = idParts(id);
  if (boot === theirs && m < n) return "old";
  return name === "state" || before === last || id === last ? "next" : "missed";
}

/** Of two ids to resume from, the one that misses less; of two starts of the server, the second. */
function earlier(a, b) {
  const [boot, n] = idParts(a);
  const [theirs, m] = idParts(b);
  return boot === theirs && n <= m ? a : b;
}
