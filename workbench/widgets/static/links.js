// What a text points to: addresses, hashtags, accounts. Pure; nothing becomes a link by looking
// like one unless it is http(s) and says where it leads.

/** The address, if it is http(s) and has a host; else null. @returns {URL|null} */
function safeUrl(address) {
  try {
    const url = new URL(String(address));
    return /^https?:$/.test(url.protocol) && url.hostname && !url.username ? url : null;
  } catch {
    return null;
  }
}

/** Host without www., as the browser resolves it: foreign letters show as xn--. */
const domain = (url) => url.hostname.replace(/^www\./, "");

/** An address in short: its host, and an ellipsis for the rest. */
const shortUrl = (url) => domain(url) + (url.pathname + url.search + url.hash === "/" ? "" : "/…");

/** Address as people write it in a text: no scheme, no www., no closing slash. */
const bare = (address) => address.replace(/^https?:\/\//i, "").replace(/^www\./i, "").replace(/\/$/, "");

/** Cut what ends the sentence rather than the address; a bracket stays if it was opened inside. */
function trimmedAddress(found) {
  const cut = found.replace(/[.,;:!?'"’”»…]+$/, "");
  const open = { ")": "(", "]": "[" }[cut.at(-1)];
  return open && !cut.includes(open) ? trimmedAddress(cut.slice(0, -1)) : cut;
}

/** Page of another account on the author's network, drawn from the author's own; else null. */
function accountUrl(item, handle) {
  const { author, author_url: page } = item;
  if (!author || !page) return null;
  return page.endsWith(author) ? safeUrl(page.slice(0, -author.length) + encodeURIComponent(handle)) : null;
}

const fold = (text) => text.normalize("NFKC").toLowerCase();

const MARKS = new RegExp(
  [
    /(?<url>https?:\/\/[^\s<>"]+)/,
    /(?<![\p{L}\p{N}\p{M}_&])[#＃](?<tag>[^\s#＃@]+)/u,
    /(?<![\p{L}\p{N}_.@/])@(?<user>[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?(?:@[\p{L}\p{N}.-]*[\p{L}\p{N}])?)/u,
    /(?<![\p{L}\p{N}_.@/-])(?<bare>(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/[^\s<>"]*)?)/,
  ].map((part) => part.source).join("|"),
  "giu",
);

/**
 * A text in pieces: plain, or with the address that it points to.
 *
 * Hashtags and accounts are linked only where the source named them; a host without a scheme
 * only where the source gave the address that it stands for.
 * @param {string} text
 * @param {Object} item  hashtags, mentions, links, author, author_url
 * @param {string} tagPage  address of a hashtag's page with {} for the tag, or ""
 * @returns {{text: string, href?: string}[]}
 */
function linkify(text, item, tagPage) {
  const tags = (item.hashtags || []).map(fold).sort((a, b) => b.length - a.length);
  const users = (item.mentions || []).map(fold);
  const named = (handle) => users.includes(fold(handle)) || users.some((u) => u.startsWith("did:"));
  const pieces = [];
  let from = 0;
  const put = (start, length, piece) => {
    if (start > from) pieces.push({ text: text.slice(from, start) });
    pieces.push(piece);
    from = start + length;
  };
  for (const match of text.matchAll(MARKS)) {
    const { url, tag, user, bare: host } = match.groups;
    const at = match.index;
    if (at < from) continue;
    if (url) {
      const whole = trimmedAddress(url);
      const safe = safeUrl(whole);
      if (safe) put(at, whole.length, { text: shortUrl(safe), href: safe.href });
    } else if (tag) {
      const known = tags.find((t) => fold(tag).startsWith(t));
      const page = known && tagPage && safeUrl(tagPage.replace("{}", encodeURIComponent(known)));
      const shown = known && match[0].slice(0, known.length + 1);
      if (page) put(at, shown.length, { text: shown, href: page.href });
    } else if (user) {
      const page = named(user) && accountUrl(item, user);
      if (page) put(at, user.length + 1, { text: `@${user}`, href: page.href });
    } else if (host) {
      const whole = trimmedAddress(host);
      const start = bare(whole).toLowerCase();
      const meant = (item.links || []).map(safeUrl).find((link) =>
        link && domain(link) === start.split(/[/?#]/)[0] && bare(link.href).toLowerCase().startsWith(start));
      const cut = host.slice(whole.length).match(/^(…|\.{3})?/)[0];
      if (meant) put(at, whole.length + cut.length, { text: shortUrl(meant), href: meant.href });
    }
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** Addresses that the item names but its text does not show. @returns {URL[]} */
function otherLinks(item, pieces) {
  const shown = new Set(pieces.map((piece) => piece.href).filter(Boolean));
  const own = safeUrl(item.url)?.href;
  const links = (item.links || []).map(safeUrl).filter((url) => url && url.href !== own);
  return links.filter((url) => !shown.has(url.href) && shown.add(url.href)).slice(0, 3);
}
