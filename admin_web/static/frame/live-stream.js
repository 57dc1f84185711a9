// One connection to /live, for as long as there is the page or the worker that holds it. `tell` gets what happens:
// { kind: "event", topic, id, unit } · { kind: "open" } (look at everything anew) · { kind: "lost" } · { kind: "ended" }.
const TRIES_BEFORE_ASKING = 3;
const LONGEST_PAUSE = 10000;

export class LiveStream {
  constructor(address, tell) {
    this.address = address;
    this.tell = tell;
    this.topics = new Set();
    this.failed = 0;
    this.state = { kind: "lost" };
    this.connect();
  }

  // From now on these topics are handed on too.
  want(topics) {
    for (const topic of topics) {
      if (this.topics.has(topic)) continue;
      this.topics.add(topic);
      this.listen(topic);
    }
  }

  listen(topic) {
    this.source?.addEventListener(topic, (event) => {
      if (event.lastEventId) this.cursor = event.lastEventId;
      this.tell({ kind: "event", ...JSON.parse(event.data) });
    });
  }

  connect() {
    const address = new URL(this.address);
    if (this.cursor) address.searchParams.set("after", this.cursor);
    this.source = new EventSource(address);
    for (const topic of this.topics) this.listen(topic);
    for (const name of ["hello", "reset"]) this.source.addEventListener(name, () => this.opened());
    this.source.addEventListener("bye", () => this.end());
    this.source.onerror = () => this.lost();
  }

  opened() {
    this.failed = 0;
    this.say({ kind: "open" });
  }

  // The browser tries again by itself while the connection broke; not when the answer was an error.
  lost() {
    this.say({ kind: "lost" });
    if (this.source.readyState !== EventSource.CLOSED) return;
    this.failed += 1;
    setTimeout(() => this.again(), Math.min(LONGEST_PAUSE, 500 * 2 ** this.failed));
  }

  async again() {
    if (this.failed >= TRIES_BEFORE_ASKING && (await this.refused())) return this.end();
    return this.connect();
  }

  async refused() {
    const stop = new AbortController();
    try {
      const reply = await fetch(this.address, { signal: stop.signal, redirect: "manual" });
      return [401, 403].includes(reply.status) || reply.type === "opaqueredirect";
    } catch {
      return false;
    } finally {
      stop.abort();
    }
  }

  end() {
    this.source.close();
    this.say({ kind: "ended" });
  }

  say(state) {
    this.state = state;
    this.tell(state);
  }
}
