// Small drawings: the volume under a column's head, a term's spark line, the mood's chart.

/** A drawing that takes any width. */
const strip = (name, height, ...parts) =>
  svg("svg", { class: name, viewBox: `0 0 240 ${height}`, preserveAspectRatio: "none", "aria-hidden": true }, ...parts);

/** A line over a strip, from zero up. */
function stripLine(values, height) {
  const x = scale(0, Math.max(1, values.length - 1), 1, 239);
  const y = scale(0, Math.max(1, ...values), height - 2, 2);
  const d = linePath(values.map((n, i) => [i, n]), x, y);
  return [svg("path", { d, "vector-effect": "non-scaling-stroke" }), x];
}

const spark = (values) => strip("wb-spark", 16, stripLine(values, 16)[0]);

/** Volume of the last day. What was not measured is tinted, never drawn as zero. */
function volume({ every, points }, zone) {
  const values = points.map(([, n]) => n);
  const [line, x] = stripLine(values, 22);
  const at = (ms) => hourMinute(ms, zone);
  const gaps = blanks(values).map(([a, b]) => {
    const [left, right] = [Math.max(0, x(a - 0.5)), Math.min(240, x(b - 0.5))];
    return svg("rect", { class: "wb-gap", x: left, y: 1, width: right - left, height: 20 },
      svg("title", `not measured, ${at(points[a][0])}–${at(points[b - 1][0] + every)}`));
  });
  const most = Math.max(0, ...values);
  const when = most && ` at ${at(points[values.indexOf(most)][0])}`;
  const why = `Posts per ${every === HOUR ? "hour" : `${every / MINUTE} min`} over the last 24 h, at most ${count(most)}${
    when || ""}.${gaps.length ? " What is shaded was not measured." : ""}`;
  const node = el("div", "wb-volume", { role: "img", "aria-label": why }, strip("", 22, ...gaps, line));
  return explained(node, why);
}

/** Bar of a term's count, with a tick where it usually is. */
function bar(n, usual, most) {
  const x = scale(0, most, 0, 240);
  return strip("wb-bar-drawing", 12,
    svg("rect", { class: "wb-count", y: 3, width: tenth(x(n)), height: 6 }),
    svg("rect", { class: "wb-usual", x: tenth(Math.min(238, x(usual))), width: 2, height: 12 }));
}

let drawn = 0;

/**
 * A line chart of values from zero up: lines directly labelled, zero drawn, gaps hatched and named.
 * @param {Object} chart  title, subtitle, alt, unit, zone, series, gaps
 * @param {number} w  width of its drawing
 */
function lineChart({ series, gaps, zone, unit, alt }, w) {
  const all = series.flatMap((s) => s.points);
  const stamps = all.map(([t]) => t);
  const values = all.map(([, v]) => v ?? 0);
  const [start, end] = [Math.min(...stamps), Math.max(...stamps)];
  const high = roundUp(Math.max(...values));
  const [top, bottom, right] = [16, 172, w - 72];
  const x = scale(start, end, 1, right);
  const y = scale(0, high, bottom, top);
  const told = (v) => tenth(v) + (unit ? ` ${unit}` : "");
  const text = (at, down, words, more) => svg("text", { x: tenth(at), y: tenth(down) }, words, more);
  const rule = (name, x1, y1, x2, y2) => svg("line", { class: name, x1: tenth(x1), y1: tenth(y1), x2: tenth(x2), y2: tenth(y2) });

  const id = `wb-hatch-${(drawn += 1)}`;
  const pattern = svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { class: "wb-hatch", width: 2, height: 6 }));
  const grid = [0, high / 2, high].map((v) => rule(v ? "wb-rule" : "wb-zero", 0, y(v), right, y(v)));
  const levels = [high / 2, high].map((v) => text(0, y(v) - 4, told(v), { class: "wb-halo" }));
  let labelled = -99;
  const holes = gaps.flatMap(([a, b]) => {
    const [from, to] = [Math.max(1, x(a)), Math.min(right, Math.max(x(b), x(a) + 2))];
    if (to <= from) return [];
    const middle = Math.min(right - 34, Math.max(34, (from + to) / 2));
    const room = middle - labelled > 74;
    if (room) labelled = middle;
    return [
      svg("rect", { x: tenth(from), y: top, width: tenth(to - from), height: bottom - top, fill: `url(#${id})` },
        svg("title", `not measured, ${exactTime(a, zone)} to ${exactTime(b, zone)}`)),
      room && text(middle, bottom - 5, "not measured", { class: "wb-halo", "text-anchor": "middle" }),
    ];
  });
  const colour = (i) => `wb-c-${{ neg: "neg", pos: "pos", neu: "neu" }[series[i].color] || i}`;
  const last = series.map((s) => s.points.findLast(([, v]) => v != null));
  const places = spread(last.map((p) => y(p ? p[1] : 0) - 3), 28, top + 4, bottom - 14);
  const lines = series.flatMap((s, i) => [
    svg("path", { class: `wb-line ${colour(i)}`, d: linePath(s.points, x, y) }),
    last[i] && text(right + 6, places[i], told(last[i][1]), { class: `wb-value ${colour(i)}` }),
    last[i] && text(right + 6, places[i] + 13, s.name, { class: colour(i) }),
  ]);
  const axis = timeTicks(start, end, zone).flatMap(({ at, text: words }) => {
    const place = x(at);
    return [
      rule("wb-zero", place, bottom, place, bottom + 4),
      text(Math.max(18, place), bottom + 17, words, { "text-anchor": "middle" }),
    ];
  });
  return svg("svg", { class: "wb-chart", viewBox: `0 0 ${w} 194`, role: "img", "aria-label": alt },
    svg("defs", pattern), ...holes, ...grid, ...lines, ...levels, ...axis);
}
