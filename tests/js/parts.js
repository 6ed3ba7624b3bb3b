// The pure parts of the front end, for tests: what stands in these files, by name.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const FOLDER = join(__dirname, "..", "..", "workbench", "widgets", "static");
const NAMES = [
  "relativeTime", "sinceTime", "clockTime", "exactTime", "count", "health",
  "safeUrl", "IN_PAGE_LINK",
  "merged", "tailOf", "stretch", "announcement", "placeOf", "earlier", "cursorAfter",
  "visitor", "alertsIn",
];
const source = ["words", "links", "merge", "dom", "visits"]
  .map((name) => readFileSync(join(FOLDER, `${name}.js`), "utf8"))
  .join("");

/** The same for a browser in a language. */
const made = (language) =>
  new Function("navigator", `"use strict"; ${source}; return { ${NAMES.join(", ")} };`)({ language });

module.exports = { ...made("en-GB"), made };
