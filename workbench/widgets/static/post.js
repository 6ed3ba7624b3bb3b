// A post, an article, a release: one element each.

const HEADLINED = ["article", "release", "filing"];
const COUNTS = [["replies", "reply", "replies"], ["reposts", "repost"], ["likes", "like"]];
const AT_ONCE = 8;
const isHeadlined = (item) => HEADLINED.includes(item.kind);

/** Counts, mood, edit, and where it came from. */
function foot(item, ctx) {
  const counts = COUNTS.map(([field, one, many]) => {
    const told = counted(item[field] || 0, one, many);
    return item[field] > 0 &&
      el("span", "wb-n", { role: "img", "aria-label": told, title: told }, icon(field, 12), count(item[field]));
  });
  const tone = mood(item.compound);
  const headlined = isHeadlined(item);
  const [tier, why] = TIERS[item.tier] || [item.tier, ""];
  const from = headlined ? tier : plainName(item.label) || tier;
  const view = link(item.url, "wb-open", from);
  const label = `View on ${headlined ? plainName(item.name) || from : from}`;
  if (view.href) filled(view, [{ title: `${label}. ${why}`, "aria-label": `${label}, ${from}, opens in a new tab` }]);
  else explained(view, why);
  return el("footer", "wb-foot",
    ...counts,
    MOODS[tone] && explained(el("span", `wb-mood wb-${tone}`, MOODS[tone]), MOOD_WHY),
    item.edited && el("span", "", `edited ${sinceTime(item.edited, ctx.now(), ctx.zone)}`),
    el("span", "wb-from", headlined && timeTag(item.published, ctx), headlined && " · ", view));
}

/** Text with its links. @returns {[HTMLElement, URL[]]} and the links that it does not show */
function prose(item, ctx) {
  const text = item.text.replace(/[^\S\n]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
  const pieces = linkify(text, item, ctx.tagPage(item.source));
  const node = el("p", "wb-text", { dir: "auto", lang: item.lang || "" }, ...pieces.map(({ text: words, href }) =>
    href ? link(href, /^[#＃@]/.test(words) ? "" : "wb-url", { title: href }, el("bdi", "", words)) : words));
  return [node, otherLinks(item, pieces)];
}

/** A button that opens and closes something, and remembers which. */
function toggle(name, key, opened, set) {
  const show = () => {
    node.textContent = set(opened.has(key));
    having(node, { "aria-expanded": opened.has(key) });
  };
  const node = button(name, () => {
    if (!opened.delete(key)) opened.add(key);
    show();
  });
  show();
  return node;
}

/** What a reader sees of the words: text, media, links, folded where it is marked sensitive. */
function body(item, ctx, node) {
  const [text, links] = prose(item, ctx);
  const said = item.title && text.textContent === item.title.trim() ? [] : [text];
  const media = (item.media || []).map(({ type, alt }) => {
    const kind = type === "image" ? "picture" : plainName(type);
    return el("p", "wb-media", { dir: "auto" }, alt ? `${kind}: ${alt}` : kind);
  });
  const whole = el("div", "", ...said, ...media, links.length && el("p", "wb-links",
    ...links.flatMap((url) => [link(url.href, "", { title: url.href }, shortUrl(url)), " "])));
  if (!item.sensitive) return [whole];
  const fold = toggle("wb-fold", `sensitive ${item.key}`, ctx.opened, (open) => {
    whole.hidden = !open;
    if (open) clamp([node], ctx);
    return `Marked as sensitive. ${open ? "Hide" : "Show"}`;
  });
  return [fold, whole];
}

const handleOf = (handle) => el("bdi", "wb-handle", `@${plainName(handle)}`, { dir: "ltr", title: `@${plainName(handle)}` });

function byline(item, ctx, name) {
  const avatar = el("span", "wb-avatar", initials(name), { "aria-hidden": true });
  avatar.style.backgroundColor = avatarColour(item.author || name);
  return el("header", "wb-by", avatar,
    el("span", "wb-who", isolated("bdi", "wb-name", name), item.author && item.author !== name && handleOf(item.author)),
    timeTag(item.published, ctx));
}

function headline(item) {
  const url = safeUrl(item.url);
  return el("header", "", el("h3", "", { dir: "auto" }, link(item.url, "", plainName(item.title) || "Untitled")),
    el("div", "wb-domain", isolated("bdi", "", item.name || item.label), url && ` · ${domain(url)}`));
}

/** Fill the element of an item. */
function draw(node, item, ctx) {
  const headlined = isHeadlined(item);
  const name = plainName(item.name) || plainName(item.author) || "unknown author";
  node.className = `wb-post wb-entry wb-is-${mood(item.compound) || "unread"}${headlined ? " wb-headlined" : ""}`;
  node.replaceChildren();
  return filled(node, [
    { "aria-label": `${name}, ${plainName(item.label)}` },
    headlined ? headline(item) : byline(item, ctx, name),
    item.reply_to_author && el("div", "wb-note", "answering ", handleOf(item.reply_to_author)),
    item.kind === "repost" && el("div", "wb-note", "reposted"),
    ...body(item, ctx, node),
    foot(item, ctx),
  ]);
}

/** The element of an item. */
const post = (item, ctx) =>
  draw(el("article", "", { tabindex: -1, "data-item": item.key }), item, ctx);

/** Bring an element up to date with its item; where only counts differ, its foot alone. */
function renew(node, before, item, ctx) {
  if (!differs(before, item)) return node.querySelector(".wb-foot").replaceWith(foot(item, ctx));
  const held = node.contains(document.activeElement);
  draw(node, item, ctx);
  if (held) node.focus({ preventScroll: true });
  clamp([node], ctx);
}

/** Offer "more" where a text has over 8 lines: read all heights first, then write. */
function clamp(nodes, ctx) {
  const long = nodes
    .map((node) => [node, node.querySelector(".wb-text:not(:has(+ .wb-more))")])
    .filter(([, text]) => text && (text.textContent.length > 150 || text.textContent.includes("\n")))
    .filter(([node, text]) => ctx.opened.has(node.dataset.item) || text.scrollHeight > text.clientHeight + 2);
  for (const [node, text] of long) {
    text.after(toggle("wb-more", node.dataset.item, ctx.opened, (open) => {
      node.classList.toggle("wb-all", open);
      return open ? "less" : "more";
    }));
  }
}

/**
 * Let a first look be drawn before anything is measured: the browser lays out what is in sight
 * alone, and the rest a few posts at a time afterwards.
 */
function settle(nodes, ctx) {
  for (const node of nodes) node.classList.add("wb-later");
  const next = () => {
    const some = nodes.splice(0, AT_ONCE);
    for (const node of some) node.classList.remove("wb-later");
    clamp(some, ctx);
    if (nodes.length) setTimeout(next, 40);
  };
  if (nodes.length) setTimeout(next, 200);
}
