// The list of a column of items: in order, each once, and still while somebody reads.

/**
 * @param {Object} self  the column: its element, list and pill
 * @param {Object} ctx
 * @param {(unread: number) => void} onUnread
 */
function feed(self, ctx, onUnread) {
  const { node: whole, list, pill, title } = self;
  const rows = one(whole, "feed");
  const end = one(whole, "end");
  const unread = new Set();
  // What came with the page is there already.
  const nodes = new Map([...rows.children].map((made) => {
    const { item: key, at, v } = made.dataset;
    return [key, [made, { key, published: +at, v, made }]];
  }));
  let items = [...nodes.values()].map(([, item]) => item);
  let more = null;
  let span = [0, items.length];
  // While older posts are asked for: the keys of what goes meanwhile, which they may still hold.
  let loading = null;

  const atTop = () => !self.paused && (!nodes.size || (list.scrollTop < 8 && span[0] === 0));

  /** Those of the posts in the page that are in sight: [first, behind the last). */
  function inSight(shown) {
    const { top, bottom } = box(list);
    let [low, high] = [0, shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (box(shown[middle]).bottom > top) high = middle;
      else low = middle + 1;
    }
    while (high < shown.length && box(shown[high]).top < bottom) high += 1;
    return [low, high];
  }

  /** Choose which items the page holds, and which post must not move. */
  function choose(top) {
    const place = new Map(items.map((item, i) => [item.key, i]));
    if (top) {
      span = [0, Math.min(items.length, IN_PAGE)];
      return null;
    }
    const shown = [...rows.children];
    const [from, to] = inSight(shown);
    const at = (node) => place.get(node.dataset.item);
    const kept = shown.filter((node) => at(node) !== undefined);
    const still = shown.slice(from).find((node) => at(node) !== undefined) || kept.at(-1);
    const held = kept.length ? [at(kept[0]), at(kept.at(-1)) + 1] : [0, 0];
    const first = still ? at(still) : 0;
    span = stretch(held, [first, first + to - from], items.length);
    return still;
  }

  /** Make the page hold what it should; what is being read stays where it is. */
  function show(fresh, top = atTop()) {
    const still = choose(top);
    const was = still && box(still).top;
    const wanted = items.slice(...span);
    const keys = keysOf(wanted);
    for (const [key, [node]] of nodes) {
      if (keys.has(key)) continue;
      if (node.contains(document.activeElement)) focus(list);
      node.remove();
      nodes.delete(key);
    }
    const made = [];
    let next = rows.firstElementChild;
    // What is in the page as a whole the browser counts by itself.
    const n = more ? -1 : items.length > wanted.length ? items.length : null;
    wanted.forEach((item, i) => {
      let [node, before] = nodes.get(item.key) || [];
      if (!node) {
        node = post(item, ctx);
        if (fresh && fresh.has(item.key)) node.classList.add("wb-fresh");
        made.push(node);
      } else if (before !== item) renew(node, before, item, ctx);
      nodes.set(item.key, [node, item]);
      having(node, { "aria-posinset": span[0] ? span[0] + i + 1 : null, "aria-setsize": n });
      if (node === next) next = next.nextElementSibling;
      else rows.insertBefore(node, next);
    });
    if (still) clamp(made);
    else if (made.length <= AT_ONCE) clampSoon(made, ctx);
    else settle(made);
    if (still) list.scrollTop += box(still).top - was;
    having(rows, { role: items.length ? "feed" : "group" });
    if (!loading) saying(end, !items.length || more || self.since ? "" : "Nothing older is stored.");
  }

  function mark() {
    const held = unread.size && keysOf(items);
    for (const key of unread) if (!held.has(key)) unread.delete(key);
    saying(pill, `${count(unread.size)} new`);
    pill.hidden = !unread.size;
    onUnread(unread.size);
  }

  /** Keep no more than there is use for; what is let go can be asked for again. */
  function trim(top = atTop()) {
    const most = top ? IN_PAGE : IN_MEMORY;
    if (items.length <= most) return;
    items.length = most;
    more = cursorAfter(items.at(-1));
  }

  async function older() {
    if (loading || !more || items.length >= IN_MEMORY) return;
    const asked = more;
    const own = (loading = new Set());
    end.textContent = "Loading older posts …";
    try {
      const page = await ctx.older(self.key, asked, self.since);
      if (own !== loading) return;
      loading = null;
      if (asked !== more) return;
      const n = items.length;
      items = merged(items, page.items, own);
      more = items.length === n && page.more === asked ? null : page.more;
      show();
      if (items.length >= IN_MEMORY) end.textContent = `These are the newest ${count(IN_MEMORY)}.`;
    } catch (error) {
      if (own === loading) failed(end, "Older posts", error, () => {
        loading = null;
        older();
      });
    }
  }

  /** Ask anew for what may be gone, as far as the page shows it; what cannot be confirmed goes. */
  async function confirm(unsure) {
    const own = (loading = new Set());
    const found = [];
    const last = items[span[1] - 1];
    let at = more;
    try {
      while (at && found.length < 1000 && !found.some((item) => byTime(item, last) >= 0)) {
        const page = await ctx.older(self.key, at, self.since);
        found.push(...page.items);
        at = page.more;
      }
    } catch {
      // What lies behind it is asked for when somebody scrolls there.
    }
    if (own !== loading) return;
    loading = null;
    more = at;
    items = merged(items.filter((item) => !unsure.has(item.key)), found, own);
    show();
    mark();
  }

  function scrolled() {
    if (atTop()) {
      if (unread.size) {
        unread.clear();
        mark();
      }
      if (items.length > IN_PAGE) {
        trim();
        show();
      }
      return;
    }
    if (items.length > IN_PAGE) show();
    const below = list.scrollHeight - list.clientHeight - list.scrollTop;
    if (below < 800 && span[1] === items.length) older();
  }

  function toTop() {
    span = [0, span[1]];
    list.scrollTop = 0;
    show();
    scrolled();
  }

  /** Take in what came, changed and went. */
  function take(add, changed, gone, top) {
    const known = new Map(items.map((item) => [item.key, item.published]));
    gone.forEach((key) => loading?.add(key));
    add.forEach(({ key }) => loading?.delete(key));
    const news = add.filter((item) => !known.has(item.key) && !gone.has(item.key));
    const altered = changed.filter((item) => known.has(item.key));
    const left = [...gone].filter((key) => known.has(key));
    if (!add.length && !altered.length && !left.length) return;
    // What grows while somebody reads keeps its place.
    const held = (item) => ({ ...item, published: (!top && known.get(item.key)) || item.published });
    items = merged(items, [...add, ...altered].map(held), gone);
    trim(top);
    if (!top) news.forEach((item) => unread.add(item.key));
    show(top && news.length <= 20 && keysOf(news), top);
    mark();
    ctx.announce(title, news.length);
  }

  /** Take a whole new column in place of the old one, and stay where the reader is. */
  function reset(fresh) {
    if (!fresh.items) {
      more = fresh.more;
      setTimeout(() => {
        show();
        clamp(all(rows, ".wb-post:not(.wb-later)"));
      }, 200);
      return settle(all(rows, ".wb-later"));
    }
    const known = keysOf(items);
    const top = atTop();
    const tail = top ? [] : tailOf(items, fresh.items);
    items = merged(tail, fresh.items);
    more = fresh.more || null;
    loading = null;
    if (!top) items.forEach((item) => known.has(item.key) || unread.add(item.key));
    show();
    mark();
    if (tail.length) confirm(keysOf(tail));
  }

  on(list, "scroll", scrolled);
  on(pill, "click", toTop);
  return { take, reset, toTop, atTop, size: () => [items.length, more] };
}
