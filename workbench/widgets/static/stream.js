// The page's transport: one stream of server-sent events for all tabs that show the same deck.

/**
 * Browsers open six connections to a host at most, so a tab that is hidden holds none, and of
 * those in sight one, the leader, holds the stream and hands each event on. The lock passes to
 * the next when the leader goes. Each tab checks for itself that it has missed nothing, and asks
 * the leader to go back where it has. Without locks each tab holds its own stream.
 * @param {{base: string, deck: string, after: string, signal: AbortSignal}} options
 */
function eventStream({ base, deck, after, signal }) {
  const address = (path, fields) => new URL(`${path}?${new URLSearchParams({ deck, ...fields })}`, base);

  function subscribe(onEvent, onStatus) {
    const name = `wb-events ${base} ${deck}`;
    const channel = navigator.locks && globalThis.BroadcastChannel ? new BroadcastChannel(name) : null;
    let last = after;
    let source = null;
    let timer = 0;
    let tries = 0;
    let asked = 0;
    let status = { state: "open" };
    let leading = false;
    let awake = null;

    const tell = (message) => channel?.postMessage(message);
    function set(next) {
      status = next;
      onStatus(status);
      tell({ status });
    }

    /** Apply an event of the stream, or ask for what lies before it. */
    function pass(kind, before, id, text) {
      const place = placeOf(last, before, id, kind);
      if (place === "old") return;
      if (place === "next") {
        last = id;
        onEvent(kind, JSON.parse(text));
      } else if (Date.now() - asked > 2000) {
        asked = Date.now();
        if (leading) open(last);
        else tell({ ask: last });
      }
    }

    function close() {
      clearTimeout(timer);
      source?.close();
      source = null;
    }

    function lost(reason) {
      close();
      tries += 1;
      const wait = Math.min(15e3, 500 * 2 ** tries) * (0.75 + Math.random() / 2);
      timer = setTimeout(() => open(last), wait);
      set({ state: "lost", reason });
    }

    function open(from) {
      close();
      let before = from;
      const own = (source = new EventSource(address("events", { after: from })));
      // Four beats missed: the connection is dead, whatever the browser believes.
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => lost("The server has fallen silent"), 40e3);
      };
      for (const kind of ["update", "beat", "state"]) {
        on(own, kind, (event) => {
          if (own !== source) return;
          watch();
          tries = 0;
          const id = event.lastEventId || before;
          tell({ kind, before, id, text: event.data });
          pass(kind, before, id, event.data);
          before = id;
        });
      }
      own.onopen = () => own === source && set({ state: "open" });
      own.onerror = () => own === source &&
        lost(navigator.onLine ? "The server cannot be reached" : "This device is offline");
      watch();
    }

    function lead() {
      leading = true;
      open(last);
      return new Promise((resolve) => on(awake.signal, "abort", resolve));
    }

    function wake() {
      if (awake) return;
      awake = new AbortController();
      const { signal: until } = awake;
      if (!channel) return void lead();
      tell({ ask: last });
      navigator.locks.request(name, { signal: until }, lead).catch(() => until.aborted || lead());
    }

    function sleep() {
      awake?.abort();
      awake = null;
      leading = false;
      close();
    }

    if (channel) channel.onmessage = ({ data }) => {
      if (!awake) return;
      if (leading) {
        if (data.ask === last) tell({ status });
        else if (data.ask) open(earlier(last, data.ask));
      } else if (data.status) onStatus(data.status);
      else if (data.kind) pass(data.kind, data.before, data.id, data.text);
    };

    const now = () => (document.hidden ? sleep() : wake());
    on(document, "visibilitychange", now, signal);
    on(window, "online", () => leading && open(last), signal);
    now();
    return () => {
      sleep();
      channel?.close();
    };
  }

  async function ask(path, fields) {
    const answer = await fetch(address(path, fields), { signal });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  }
  const older = (column, before, since = "") => ask("older", { column, before, since });

  return {
    subscribe,
    older,
    open: (column, item) => ask("post", { column, item }),
    alerts: () => ask("alerts"),
    deckUrl: (name) => new URL(`deck/${encodeURIComponent(name)}`, base).href,
  };
}
