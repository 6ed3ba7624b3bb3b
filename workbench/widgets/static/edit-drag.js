// Columns put in another order: by the pointer, with the place in sight that they would take.

const FROM_EDGE = 56;

/**
 * Where among the others a column would stand.
 * @param {[number, number][]} others  left and right edges of the other columns, in their order
 * @param {number} x  middle of the one that is moved
 */
const dropPlace = (others, x) => others.filter(([left, right]) => (left + right) / 2 < x).length;

/** Where the mark of that place is drawn: in the gap before it. */
function markPlace(others, place, gap) {
  if (place < others.length) return others[place][0] - gap / 2;
  return others.length ? others.at(-1)[1] + gap / 2 : 0;
}

/** How fast the columns scroll while something is held near an edge: pixels a frame. */
function edgePull(x, left, right) {
  if (x < left + FROM_EDGE) return -Math.min(24, (left + FROM_EDGE - x) / 3);
  if (x > right - FROM_EDGE) return Math.min(24, (x - right + FROM_EDGE) / 3);
  return 0;
}

/** Let a handle drag its column. */
function dragging(desk, col, handle) {
  handle.addEventListener("pointerdown", (event) => {
    if (event.button || !drafted(desk, col.key)) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    carry(desk, col, handle, event);
  });
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    moveColumnBy(desk, col.key, by);
  });
}

/** Carry a column until it is let go, or Escape puts it back. */
function carry(desk, { node, key }, handle, { pointerId, clientX: from }) {
  const { main } = desk;
  const over = new AbortController();
  const { signal } = over;
  const mark = el("div", "wb-e-place", { "aria-hidden": "true" });
  const start = main.scrollLeft;
  let x = from;
  let place = -1;
  let lifted = false;
  let frame = 0;

  const others = () => [...main.children].filter((each) => each !== node && each.dataset.column);
  function draw() {
    const moved = x - from + main.scrollLeft - start;
    node.style.translate = `${moved}px 0`;
    const edges = others().map((each) => [box(each).left, box(each).right]);
    const { left, width } = box(node);
    place = dropPlace(edges, left + width / 2);
    mark.style.left = `${markPlace(edges, place, 12) - box(desk.root).left}px`;
  }
  function step() {
    const { left, right } = box(main);
    const pull = edgePull(x, left, right);
    if (pull) main.scrollLeft += pull;
    draw();
    frame = requestAnimationFrame(step);
  }
  function lift() {
    lifted = true;
    main.classList.add("wb-e-moving");
    node.classList.add("wb-e-carried");
    const inside = box(node);
    mark.style.top = `${inside.top - box(desk.root).top}px`;
    mark.style.height = `${inside.height}px`;
    desk.root.append(mark);
    step();
  }
  function end(isDropped) {
    // Where the pointer was let go counts, though no picture was drawn since it came there.
    if (lifted) draw();
    over.abort();
    cancelAnimationFrame(frame);
    mark.remove();
    main.classList.remove("wb-e-moving");
    node.classList.remove("wb-e-carried");
    node.style.translate = "";
    if (!lifted || !isDropped) return;
    // Its new place among the columns shown, as a place in the deck.
    const next = others().slice(place).find((each) => drafted(desk, each.dataset.column));
    const keys = desk.draft.columns.map((each) => each.key).filter((each) => each !== key);
    const to = next ? keys.indexOf(next.dataset.column) : keys.length;
    if (to === placeIn(desk, key)) return;
    desk.keepPlaces(() => main.insertBefore(node, next || null));
    moveColumn(desk, key, to);
  }

  handle.setPointerCapture(pointerId);
  const on = (name, does) => handle.addEventListener(name, does, { signal });
  on("pointermove", (event) => {
    x = event.clientX;
    if (!lifted && Math.abs(x - from) > 4) lift();
  });
  on("pointerup", (event) => {
    x = event.clientX;
    end(true);
  });
  on("pointercancel", () => end(false));
  on("lostpointercapture", () => end(true));
  desk.root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    end(false);
  }, { signal, capture: true });
}
