// Lines, scales and axes as numbers and paths. Pure.

/** Stretches of points whose value is known. @param {[number, ?number][]} points */
function runs(points) {
  const found = [];
  let run = null;
  for (const point of points) {
    if (point[1] == null) run = null;
    else if (run) run.push(point);
    else found.push((run = [point]));
  }
  return found;
}

const tenth = (v) => Math.round(v * 10) / 10;

/**
 * Path of a line with its gaps left open; a lone point is a stroke of no length, a dot.
 * @param {[number, ?number][]} points
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 */
function linePath(points, x, y) {
  const at = ([a, b]) => `${tenth(x(a))} ${tenth(y(b))}`;
  return runs(points)
    .map((run) => `M${run.map(at).join("L")}${run.length === 1 ? "h0" : ""}`)
    .join("");
}

/** Spans of indices without a value: [from, to), to excluded. */
function blanks(values) {
  const found = [];
  values.forEach((value, i) => {
    if (value != null) return;
    if (found.length && found.at(-1)[1] === i) found.at(-1)[1] = i + 1;
    else found.push([i, i + 1]);
  });
  return found;
}

/** The next round number at or above v. */
function roundUp(v) {
  if (!(v > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(v));
  return [1, 2, 2.5, 4, 5, 10].find((m) => m * power >= v * 0.9999) * power;
}

/** A linear scale. */
const scale = (from, to, low, high) => (v) =>
  to === from ? low : low + ((v - from) / (to - from)) * (high - low);

/**
 * Where a time axis has its marks, three to six, at full hours or midnights of the zone.
 * @returns {{at: number, text: string}[]}
 */
function timeTicks(start, end, zone) {
  const hours = [];
  for (let at = Math.ceil(start / HOUR) * HOUR; at <= end; at += HOUR) hours.push(at);
  const hour = (at) => Number(hourMinute(at, zone).slice(0, 2));
  const span = end - start;
  if (span > 2 * DAY) {
    const nights = hours.filter((at) => hour(at) === 0);
    const step = Math.ceil(nights.length / 4);
    return nights
      .filter((_, i) => (nights.length - 1 - i) % step === 0)
      .map((at) => ({ at, text: dayMonth(at, zone) }));
  }
  const step = span > DAY ? 12 : span > DAY / 2 ? 6 : span > DAY / 4 ? 3 : 1;
  return hours
    .filter((at) => hour(at) % step === 0)
    .map((at) => ({ at, text: hourMinute(at, zone) }));
}

/** Places of labels at least `apart` from each other within low…high, as near as may be to where they belong. */
function spread(places, apart, low, high) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const out = [...places];
  let least = low;
  for (const i of order) {
    out[i] = Math.max(out[i], least);
    least = out[i] + apart;
  }
  let most = high;
  for (const i of order.reverse()) {
    out[i] = Math.min(out[i], most);
    most = out[i] - apart;
  }
  return out;
}
