// The widget's transport: the kernel sends by itself, and what is asked for is asked by message.

/** Signs of life come every 10 s; three missed and the kernel is not there, or has no time. */
const SILENCE = 32e3;
const CALL = 10e3;
const PATIENCE = 20e3;
const AGAIN = { next: "It goes on by itself when the kernel answers." };
const GONE = "the kernel is gone";
const OVER = { next: "Run the cell again to bring it back to life." };

/**
 * @param {Object} model  anywidget's
 * @param {AbortSignal} signal  ends all timers and listeners
 * @param {{state: Function, trouble: Function}} on
 *   state(state) a whole state has come; trouble(text) nothing can be shown
 */
function kernelLine(model, signal, on) {
  const id = Math.random().toString(36).slice(2);
  const asked = new Map();
  let last = "";
  let listener = null;
  let status = null;
  let watch = 0;
  let isLive = true;
  let isGone = false;

  function send(kind, fields = {}) {
    try {
      model.send({ kind, view: id, ...fields });
    } catch {
      // Without a comm there is nobody to tell; the watch says so.
    }
  }
  function lost(reason, more = AGAIN) {
    status?.({ state: "lost", reason, ...more });
  }
  function heard() {
    clearTimeout(watch);
    isLive = true;
    isGone = false;
    if (!document.hidden) watch = setTimeout(() => lost("The kernel does not answer"), SILENCE);
  }
  const call = () => document.hidden || signal.aborted || send("here", { seen: last });

  /** An event for this view: applied if it is the next one, asked for anew if one is missing. */
  function event({ kind, before, seq, data }) {
    const place = kind === "beat" && seq !== last ? "missed" : placeOf(last, before, seq, kind);
    if (place === "missed") return call();
    if (place === "old") return;
    last = seq;
    if (kind === "state") on.state(data, (next) => listener?.("state", next));
    // Of columns that are here already it tells no more than how they look.
    else listener?.(kind === "laid" ? "state" : kind, data);
  }
  function answer({ request, error, data }) {
    const [resolve, reject] = asked.get(request) || [];
    asked.delete(request);
    if (error) reject?.(new Error(error));
    else resolve?.(data);
  }
  const read = ({ json, ...rest }) => ({ ...rest, data: json ? JSON.parse(json) : {} });
  function message(content) {
    if (content.request) answer(read(content));
    else if (content.kind === "trouble") {
      heard();
      last = "";
      on.trouble(content.text);
      lost(content.text.replace(/\.$/, ""), { next: "" });
    } else if (!content.view || content.view === id) {
      heard();
      event(read(content));
    }
  }

  /**
   * Ask for something: a promise of what the kernel answers to this very request. With a patience
   * of 0 it may take as long as the kernel's cells do; of one that is gone none is awaited.
   */
  const ask = (kind, fields, patience = PATIENCE) => new Promise((resolve, reject) => {
    const request = `${id}-${Math.random().toString(36).slice(2)}`;
    if (isGone) return void reject(new Error(GONE));
    asked.set(request, [resolve, reject]);
    send(kind, { ...fields, request });
    if (patience) setTimeout(() => answer({ request, error: "the kernel does not answer" }), patience);
  });
  function giveUp(reason) {
    for (const [, reject] of asked.values()) reject(new Error(reason));
    asked.clear();
  }

  /** The connection came or went; whether anybody is at its other end, only an answer tells. */
  function changed() {
    isLive = false;
    call();
    setTimeout(() => {
      if (isLive || signal.aborted) return;
      isGone = true;
      lost("The kernel is gone", OVER);
      giveUp(GONE);
    }, 4e3);
  }
  const seen = () => {
    clearTimeout(watch);
    if (document.hidden) send("away");
    else {
      heard();
      call();
    }
  };

  model.on("msg:custom", message);
  model.on("comm_live_update", changed);
  document.addEventListener("visibilitychange", seen, { signal });
  const timer = setInterval(call, CALL);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    clearTimeout(watch);
    send("away");
    model.off("msg:custom", message);
    model.off("comm_live_update", changed);
    giveUp("the deck is closed");
  });
  seen();

  return {
    subscribe(onEvent, onStatus) {
      [listener, status] = [onEvent, onStatus];
      return () => {
        if (listener === onEvent) [listener, status] = [null, null];
      };
    },
    ask,
    older: (column, before, since) => ask("older", { column, before, since }),
    open: (column, item) => ask("open", { column, item }),
    deckUrl: () => "",
  };
}
