// One call over the network: events come as a stream, keys go out one request at a time so that they stay in order.
const token = document.querySelector("meta[name=csrf-token]").content;

function post(url, body, more = {}) {
  const headers = { "X-CSRF-Token": token, Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  return fetch(url, { method: "POST", headers, body: body && JSON.stringify(body), ...more });
}

export class Trouble extends Error {
  constructor(title, remedy) {
    super(title);
    this.remedy = remedy;
  }
}

const AWAY = new Trouble("O Alô Clínica não está respondendo.", "Confira se ele está no ar (“alo run”) e ligue de novo.");

export async function dial(url, heed) {
  const reply = await post(url).catch(() => { throw AWAY; });
  const told = await reply.json().catch(() => ({}));
  if (reply.status !== 201) throw new Trouble(`${told.title ?? "Não foi possível ligar"}.`, told.what_to_do ?? "Ligue de novo.");
  return new Line(told, heed);
}

class Line {
  #addresses;
  #stream;
  #waiting = "";
  #sending = null;

  // heed: { event(told), lost(), back(), gone() }
  constructor(addresses, heed) {
    this.#addresses = addresses;
    this.#stream = new EventSource(addresses.events);
    this.#stream.addEventListener("open", () => heed.back());
    this.#stream.addEventListener("message", (message) => heed.event(JSON.parse(message.data)));
    this.#stream.addEventListener("gone", () => { this.close(); heed.gone(); });
    this.#stream.addEventListener("error", () => {
      if (this.#stream.readyState !== EventSource.CLOSED) {
        heed.lost();
        return;
      }
      this.hangUp(); // leaving the page closes the stream before "pagehide" is told
      heed.gone();
    });
  }

  press(key) {
    this.#waiting += key;
    this.#sending ??= this.#send().finally(() => { this.#sending = null; });
  }

  async #send() {
    while (this.#waiting) {
      const keys = this.#waiting.slice(0, 32);
      const reply = await post(this.#addresses.press, { keys }).catch(() => null);
      if (!reply) await new Promise((resolve) => setTimeout(resolve, 500)); // the network is away: try again
      else this.#waiting = reply.ok ? this.#waiting.slice(keys.length) : "";
    }
  }

  hangUp() {
    this.#waiting = "";
    post(this.#addresses.hang_up, null, { keepalive: true }).catch(() => {});
  }

  close() { this.#stream.close(); }
}
