const assert = require("node:assert/strict");
const { test } = require("node:test");
const { linkify, otherLinks, safeUrl } = require("./parts.js");

const TAGS = "https://bsky.app/hashtag/{}";
const person = { author: "ana.example", author_url: "https://bsky.app/profile/ana.example" };
const linked = (text, item = {}, tags = TAGS) =>
  linkify(text, item, tags).filter((piece) => piece.href).map((piece) => [piece.text, piece.href]);

test("the pieces put together show what was written", () => {
  const item = { ...person, hashtags: ["a"], mentions: ["bo.example"] };
  const text = "Hi @bo.example, see #a and #b, a@b.example!";
  assert.equal(linkify(text, item, TAGS).map((piece) => piece.text).join(""), text);
  assert.deepEqual(linkify("", {}, TAGS), []);
});

test("only http and https become addresses", () => {
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "file:///etc", "//host", "", null, "http://", "https://u:p@bank.example"]) {
    assert.equal(safeUrl(bad), null, String(bad));
  }
  assert.deepEqual(linked("javascript:alert(1) JAVASCRIPT://x data:text/html,1 vbscript:x"), []);
  assert.deepEqual(linked("http://bank.example@evil.example/x"), []);
});

test("an address shows its host, and ends where the sentence does", () => {
  assert.deepEqual(linked("see https://www.a.example/b/c?d=1."), [["a.example/…", "https://www.a.example/b/c?d=1"]]);
  assert.deepEqual(linked("(https://a.example/b)"), [["a.example/…", "https://a.example/b"]]);
  assert.deepEqual(linked("https://a.example/b_(c)!"), [["a.example/…", "https://a.example/b_(c)"]]);
  assert.deepEqual(linked("https://a.example"), [["a.example", "https://a.example/"]]);
});

test("a host in foreign letters shows as it resolves", () => {
  assert.deepEqual(linked("https://аcme.example/x")[0][0], "xn--cme-5cd.example/…");
});

test("a hashtag is linked if the source named it, to its own page", () => {
  const item = { hashtags: ["NorthwindAir", "北風"] };
  assert.deepEqual(linked("#NorthwindAir! #other #北風", item), [
    ["#NorthwindAir", "https://bsky.app/hashtag/northwindair"],
    ["#北風", "https://bsky.app/hashtag/%E5%8C%97%E9%A2%A8"],
  ]);
  assert.deepEqual(linked("#NorthwindAir", item, ""), []);
  assert.deepEqual(linked("#a/../../evil", { hashtags: ["a/../../evil"] })[0][1], "https://bsky.app/hashtag/a%2F..%2F..%2Fevil");
  assert.deepEqual(linked("C#NorthwindAir", item), []);
});

test("an account is linked on its author's network if the source named it", () => {
  const item = { ...person, mentions: ["bo.example"] };
  assert.deepEqual(linked("@bo.example. @cy.example x@bo.example", item), [["@bo.example", "https://bsky.app/profile/bo.example"]]);
  const byDid = { ...person, mentions: ["did:plc:abc"] };
  assert.deepEqual(linked("@bo.example", byDid), [["@bo.example", "https://bsky.app/profile/bo.example"]]);
  assert.deepEqual(linked("@bo.example", { ...item, author_url: "javascript:ana.example" }), []);
  assert.deepEqual(linked("@bo.example", { mentions: ["bo.example"] }), []);
});

test("a host without scheme is linked only as the address that the source gave for it", () => {
  const item = { links: ["https://regulator.example/statements/2026-11-23"] };
  assert.deepEqual(linked("on regulator.example/statem... now", item), [["regulator.example/…", item.links[0]]]);
  assert.deepEqual(linkify("regulator.example/statem…", item, "").length, 1);
  assert.deepEqual(linked("other.example/statem", item), []);
  assert.deepEqual(linked("bank.example/login", { links: ["https://evil.example/bank.example/login"] }), []);
});

test("links that the text does not show are told apart", () => {
  const item = { url: "https://own.example/1", links: ["https://own.example/1", "https://a.example/1", "https://b.example/2", "javascript:x"] };
  const pieces = linkify("see https://a.example/1", item, "");
  assert.deepEqual(otherLinks(item, pieces).map((url) => url.href), ["https://b.example/2"]);
});

test("long hostile texts are read in no time to speak of", () => {
  for (const sign of ["a", "@", "#", "a.", "-", "https://", "(", "\u0301"]) {
    assert.ok(linkify(sign.repeat(20_000), { ...person, links: ["https://a.example"], hashtags: ["a"] }, TAGS).length);
  }
});
