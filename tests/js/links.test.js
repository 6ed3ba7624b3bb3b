const assert = require("node:assert/strict");
const { test } = require("node:test");
const { IN_PAGE_LINK, safeUrl } = require("./parts.js");

test("only http and https become addresses", () => {
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "file:///etc", "//host", "", null, "http://", "https://u:p@bank.example"]) {
    assert.equal(safeUrl(bad), null, String(bad));
  }
  assert.equal(safeUrl("https://a.example/b").href, "https://a.example/b");
});

test("a link within the page leads to no other host, however a browser reads it", () => {
  for (const bad of ["//host", "/\\host", "/\t/host", "/\n/host", "\\\\host", "https:host", ""]) {
    assert.ok(!IN_PAGE_LINK.test(bad), JSON.stringify(bad));
  }
  assert.ok(IN_PAGE_LINK.test("/") && IN_PAGE_LINK.test("/base/briefings/a.html"));
});
