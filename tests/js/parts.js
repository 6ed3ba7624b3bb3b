// The pure parts of the front end, for tests: what stands in these files, by name.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const FOLDER = join(__dirname, "..", "..", "workbench", "widgets", "static");
const NAMES = [
  "relativeTime", "sinceTime", "clockTime", "exactTime", "count", "times", "plainName", "health",
  "safeUrl", "domain", "IN_PAGE_LINK",
  "merged", "renewed", "stretch", "announcement", "placeOf", "earlier", "cursorAfter",
  "runs", "linePath", "blanks", "roundUp", "scale", "timeTicks", "spread",
  "visitor", "alertsIn",
];
const source = ["words", "links", "merge", "charts", "post", "visits"]
  .map((name) => readFileSync(join(FOLDER, `${name}.js`), "utf8"))
  .join("");

module.exports = new Function(`"use strict"; ${source}; return { ${NAMES.join(", ")} };`)();
