// What the telephone sounds like: the recordings, and the tones of a Brazilian exchange.
const DTMF = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477],
  4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477],
  "*": [941, 1209], 0: [941, 1336], "#": [941, 1477],
};
const LINE_TONE = 425; // Hz: ringing one second in five, busy a quarter in a half
const KEPT = 200; // decoded recordings
const AHEAD = 0.15; // seconds everything sounds late, so that a recording is here before its turn: no gaps in a sentence
const SEAM = 0.03; // what should follow within this joins without a gap

export class Sound {
  #context = null;
  #master = null;
  #volume = 0.8;
  #muted = false;
  #decoded = new Map();
  #playing = new Set();
  #ringing = null;
  #free = 0; // when what was scheduled last ends
  #turn = 0; // counts stops: what was asked for before one is not played after it

  // Browsers allow sound only from a click or a key press; call it there.
  unlock() {
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: "interactive" });
      this.#master = this.#context.createGain();
      this.#master.connect(this.#context.destination);
      this.#level();
    }
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
  }

  set volume(value) { this.#volume = value; this.#level(); }
  set muted(value) { this.#muted = value; this.#level(); }

  // Play a recording that began `late` seconds ago where the call goes on.
  async play(url, late) {
    const turn = this.#turn;
    const due = this.#context.currentTime - late + AHEAD;
    const buffer = await this.#load(url).catch(() => null);
    if (!buffer || turn !== this.#turn) return;
    const from = Math.max(this.#context.currentTime, due - this.#free < SEAM ? this.#free : due);
    const missed = Math.max(0, from - due - 1); // what came a second too late is joined in the middle
    if (missed >= buffer.duration) return;
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#master);
    source.start(from, missed);
    this.#free = from + buffer.duration - missed;
    this.#playing.add(source);
    source.addEventListener("ended", () => this.#playing.delete(source));
  }

  stop() {
    this.#turn += 1;
    this.#free = 0;
    for (const source of this.#playing) source.stop();
    this.#playing.clear();
  }

  ring(on) {
    clearInterval(this.#ringing);
    this.#ringing = null;
    if (!on) return this.stop();
    const once = () => this.#tone([LINE_TONE], 0, 1, 0.2);
    once();
    this.#ringing = setInterval(once, 5000);
  }

  key(key) { this.#tone(DTMF[key], 0, 0.12, 0.12); }
  beep() { this.#tone([1000], 0, 0.25, 0.15); }
  busy() { for (let i = 0; i < 4; i += 1) this.#tone([LINE_TONE], i / 2, 0.25, 0.15); }

  #level() {
    if (this.#master) this.#master.gain.value = this.#muted ? 0 : this.#volume;
  }

  #tone(frequencies, after, seconds, level) {
    if (!this.#context) return;
    const start = this.#context.currentTime + after;
    const gain = new GainNode(this.#context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(level, start + 0.005);
    gain.gain.setValueAtTime(level, start + seconds - 0.01);
    gain.gain.linearRampToValueAtTime(0, start + seconds);
    gain.connect(this.#master);
    for (const frequency of frequencies) {
      const tone = new OscillatorNode(this.#context, { frequency });
      tone.connect(gain);
      tone.start(start);
      tone.stop(start + seconds);
      if (frequencies.length === 1) this.#playing.add(tone); // a key's beep outlives the prompt it cuts
      tone.addEventListener("ended", () => this.#playing.delete(tone));
    }
  }

  #load(url) {
    if (!this.#decoded.has(url)) {
      if (this.#decoded.size >= KEPT) this.#decoded.delete(this.#decoded.keys().next().value);
      const loading = fetch(url)
        .then((reply) => (reply.ok ? reply.arrayBuffer() : Promise.reject(reply.status)))
        .then((bytes) => this.#context.decodeAudioData(bytes));
      loading.catch(() => this.#decoded.delete(url));
      this.#decoded.set(url, loading);
    }
    return this.#decoded.get(url);
  }
}
