// The query box: it completes what is typed, says what is wrong where, and what it would bring.

/** The kernel counts characters, the browser their halves. */
const pointsTo = (text, unit) => [...text.slice(0, unit)].length;
const unitsTo = (text, point) => [...text].slice(0, point).join("").length;

/** The word that an error points at: where it begins and ends. */
function placeOfError(text, position) {
  const from = unitsTo(text, position);
  const [word] = /^(?:"[^"]*"?|\S[^\s()]*)/.exec(text.slice(from)) || [""];
  return [from, from + word.length];
}

/** A query once a completion is taken, and where the cursor goes: a value makes room for what follows. */
function withCompletion(text, { text: put, from, to }) {
  const [start, end] = [unitsTo(text, from), unitsTo(text, to)];
  const rest = text.slice(end);
  const space = /[:#@$]$/.test(put) || /^\s/.test(rest) ? "" : " ";
  return { start, end, put: put + (rest.startsWith(")") ? "" : space) };
}

/** Ask once nobody has typed for a moment, and take the answer only if nothing was typed since. */
function asking(ctx, part, wait, question, answer) {
  const box = unique();
  let timer = 0;
  let last = 0;
  ctx.signal.addEventListener("abort", () => clearTimeout(timer));
  const now = () => {
    clearTimeout(timer);
    last += 1;
    const mine = last;
    return ctx.ask("assist", { box, part, ...question() })
      .then((told) => mine === last && answer(told), (error) => mine === last && answer({ failed: error.message }));
  };
  return {
    now,
    soon: () => {
      clearTimeout(timer);
      last += 1;
      timer = setTimeout(now, wait);
    },
    stop: () => {
      clearTimeout(timer);
      last += 1;
    },
  };
}

/**
 * A box in which a query is typed.
 * @param {Object} ctx  with ask(kind, fields), a promise, and signal
 * @param {{value: string, column: Object|Function, onChange?: Function, label?: string}} options
 *   column: the settings of which the query is one, or what gives them; onChange(text) is told each change
 * @returns {{node: HTMLElement, value: () => string, focus: Function, fail: (text: string) => void, look: Function}}
 *   look: ask anew, as when another setting of the column has changed
 */
function querybox(ctx, { value = "", column = {}, onChange, label = "Query" }) {
  const [options, wrong, rate] = [unique(), unique(), unique()];
  const input = textInput(value, {
    class: "wb-e-input wb-q-input", role: "combobox", "aria-label": label, "aria-autocomplete": "list", "aria-haspopup": "listbox",
    "aria-expanded": false, "aria-controls": options, "aria-describedby": `${wrong} ${rate}`, autocapitalize: "off", maxlength: 10000,
  });
  const under = el("div", "wb-q-under", { "aria-hidden": true });
  const list = el("ul", "wb-q-list", { id: options, role: "listbox", "aria-label": "Completions" });
  const said = el("p", "wb-e-wrong", { id: wrong });
  const whole = el("code", "wb-q-whole");
  const pace = el("p", "wb-e-help", { id: rate, role: "status" });
  const sources = el("ul", "wb-q-sources");
  const upstream = el("details", "wb-e-help", el("summary", "", "What each source can be asked"), sources);
  const node = el("div", "wb-q", el("div", "wb-q-box", under, input, list), said, whole, pace, upstream);
  const settings = () => ({ ...(typeof column === "function" ? column() : column) });
  const asked = () => ({ text: input.value, at: pointsTo(input.value, input.selectionStart), column: settings() });
  let found = [];
  let active = -1;
  // What is done to a list while the one for what was typed since is on its way is done to that one.
  let isStale = false;
  let meant = { steps: 0, text: "", takes: false };

  const isOpen = () => !list.hidden;
  function close() {
    list.hidden = true;
    settle();
    mark(-1);
    having(input, { "aria-expanded": false });
  }
  function settle() {
    isStale = false;
    meant = { steps: 0, text: "", takes: false };
  }
  function mark(at) {
    active = at;
    [...list.children].forEach((option, i) => having(option, { "aria-selected": i === active }));
    having(input, { "aria-activedescendant": list.children[active]?.id ?? null });
  }
  function choose(next) {
    mark((next + found.length) % found.length);
    list.children[active].scrollIntoView?.({ block: "nearest" });
  }
  function take(completion) {
    const { start, end, put } = withCompletion(input.value, completion);
    close();
    input.focus();
    input.setSelectionRange(start, end);
    // As typed, so that it can be undone as typing can.
    if (document.execCommand?.("insertText", false, put)) return;
    input.setRangeText(put, start, end, "end");
    typed();
  }
  const pick = (each) => (isStale ? Object.assign(meant, { text: each.text, takes: true }) : take(each));
  function offer({ completions = [] }) {
    const { steps, text, takes } = meant;
    found = completions;
    if (!found.length || document.activeElement !== input) return close();
    list.replaceChildren(...found.map((each) => el("li", "", { role: "option", id: unique(), "aria-selected": false },
      el("bdi", "", each.text), el("span", "", each.help), () => pick(each))));
    list.hidden = false;
    settle();
    mark(-1);
    having(input, { "aria-expanded": true });
    const at = text ? found.findIndex((each) => each.text === text) : steps - 1;
    if (at >= 0) choose(at);
    if (at >= 0 && takes) take(found[active]);
  }
  /** Underline what an error is about: the same text stands under the box, seen by its line alone. */
  function underline(position) {
    const { value: text } = input;
    const [from, to] = position === null ? [0, 0] : placeOfError(text, position);
    under.replaceChildren(text.slice(0, from), position === null ? "" : el("mark", "", text.slice(from, to) || "\u00a0"));
    under.scrollLeft = input.scrollLeft;
  }
  function fail(text, position = null) {
    said.textContent = text;
    having(input, { "aria-invalid": Boolean(text) });
    underline(position);
  }
  function tell({ error, problem, query = "", sources: each = [], rate: told, failed }) {
    if (failed) return void (pace.textContent = `${failed[0].toUpperCase()}${failed.slice(1)}; what you type stays.`);
    if (error) fail(error.message, error.position);
    else fail(input.value.trim() && problem?.key.endsWith(".query") ? problem.message : "");
    whole.textContent = query && query !== input.value.trim() ? query : "";
    pace.textContent = told?.text || "";
    upstream.hidden = !each.length;
    sources.replaceChildren(...each.map((one) => el("li", "", el("b", "", one.label), ` ${one.text} `,
      one.upstream && el("code", "", one.upstream.join(" | ")))));
  }
  const completing = asking(ctx, "complete", 60, asked, offer);
  const checking = asking(ctx, "", 350, asked, tell);
  function leave() {
    completing.stop();
    close();
  }
  function typed() {
    underline(null);
    // Where a word begins anything may stand: a list would be in the way, unless it is asked for.
    if (/[^\s()!-]$/.test(input.value.slice(0, input.selectionStart))) {
      settle();
      isStale = isOpen();
      mark(-1);
      completing.soon();
    } else leave();
    checking.soon();
    onChange?.(input.value);
  }
  const keys = {
    ArrowDown: () => (isStale ? (meant.steps += 1) : isOpen() ? choose(active + 1) : completing.now()),
    ArrowUp: () => isOpen() && !isStale && choose(active < 0 ? found.length - 1 : active - 1),
    Escape: () => isOpen() && leave(),
    Enter: () => (meant.steps ? (meant.takes = true) : active < 0 ? leave() || false : take(found[active])),
    Tab: () => (meant.steps ? (meant.takes = true) : active >= 0 && take(found[active])),
  };
  input.addEventListener("input", typed);
  input.addEventListener("keydown", (event) => {
    const { key, isComposing, ctrlKey, altKey, metaKey, shiftKey } = event;
    const does = ctrlKey && key === " " ? completing.now : keys[key];
    if (ctrlKey && key === "Enter") leave();
    if (!does || isComposing || altKey || metaKey || shiftKey || (ctrlKey && key !== " ")) return;
    if (does() === false) return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("scroll", () => (under.scrollLeft = input.scrollLeft));
  input.addEventListener("click", close);
  input.addEventListener("blur", leave);
  // The focus stays in the box while the list is used.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  close();
  upstream.hidden = true;
  checking.soon();
  return { node, value: () => input.value, focus: () => input.focus(), fail, look: checking.soon };
}
