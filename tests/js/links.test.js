const assert = require("node:assert/strict");
const { test } = require("node:test");
const { domain, safeUrl } = require("./parts.js");

test("only http and https become addresses", () => {
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "file:///etc", "//host", "", null, "http://", "https://u:p@bank.example"]) {
    assert.equal(safeUrl(bad), null, String(bad));
  }
  assert.equal(safeUrl("https://a.example/b").href, "https://a.example/b");
});

test("a host in foreign letters shows as it resolves", () => {
  assert.equal(domain(safeUrl("https://www.\u0430cme.example/x")), "xn--cme-5cd.example");
});
