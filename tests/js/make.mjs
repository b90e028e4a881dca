/** Plain makers for the tests, and a server that is a log in memory. */

export const ME = "me";
export const PEER = "peer";
export const C = "c1";

let keys = 0;

export function message(rev, seq, { sender = PEER, text = `text ${seq}`, ...more } = {}) {
  keys += 1;
  const created_at = new Date(rev * 1000).toISOString();
  return {
    rev,
    seq,
    kind: "text",
    sender,
    key: `key-${keys}`,
    content: { text },
    changed_rev: rev,
    created_at,
    ...more,
  };
}

export function head(log, { read_seq = 0, ...more } = {}) {
  return { ...log.head(), read_seq, unread: log.unread(read_seq), ...more };
}

/** One conversation's truth. */
export class Log {
  entries = [];
  messages = new Map();

  send(sender = PEER, text) {
    const seq = this.messages.size + 1;
    const entry = message(this.entries.length + 1, seq, { sender, text });
    this.entries.push({ seq });
    this.messages.set(seq, entry);
    return entry;
  }

  change(kind, target, state) {
    const rev = this.entries.length + 1;
    this.messages.set(target, { ...this.messages.get(target), ...state, changed_rev: rev });
    this.entries.push({ kind, target, sender: PEER, rev });
    return rev;
  }

  edit(target, text) {
    return this.change("edit", target, { content: { text }, edited_at: "now" });
  }

  recall(target) {
    return this.change("recall", target, { content: null, recalled: { by: PEER, at: "now" } });
  }

  entry(rev) {
    const { seq, ...change } = this.entries[rev - 1];
    return structuredClone(
      seq ? this.messages.get(seq) : { ...change, content: null, state: this.messages.get(change.target) },
    );
  }

  /** What a pull answers, or what goes to the sockets. */
  frame(prev, last = this.entries.length) {
    const items = [];
    for (let rev = prev + 1; rev <= last; rev += 1) items.push(this.entry(rev));
    return { conversation: C, prev, items, head: this.entries.length };
  }

  page(before = Infinity, limit = 50) {
    const below = [...this.messages.values()].filter(({ seq }) => seq < before);
    return structuredClone(below.slice(-limit));
  }

  unread(read_seq) {
    return [...this.messages.values()].filter((one) => one.seq > read_seq && one.sender !== ME && !one.recalled).length;
  }

  head() {
    const last = this.messages.get(this.messages.size);
    return {
      conversation: C,
      kind: "direct",
      rev: this.entries.length,
      seq: this.messages.size,
      mentions: 0,
      title: "Peer",
      peer: { id: PEER, username: "peer", display_name: "Peer" },
      peer_read: 0,
      peer_delivered: 0,
      last: structuredClone(last),
      last_at: last?.created_at ?? null,
    };
  }
}

/** A WebSocket whose other end is a function. */
export function socketClass(serve) {
  return class FakeWebSocket {
    static opened = [];
    readyState = 0;
    sent = [];

    constructor(url, protocol) {
      Object.assign(this, { url, protocol });
      this.constructor.opened.push(this);
      queueMicrotask(() => {
        this.readyState = 1;
        this.onopen();
      });
    }

    send(text) {
      const frame = JSON.parse(text);
      this.sent.push(frame);
      queueMicrotask(() => this.readyState === 1 && serve(frame, this));
    }

    say(frame) {
      this.onmessage({ data: JSON.stringify(frame) });
    }

    close() {
      this.readyState = 3;
    }

    /** The server, or the network, ends it. */
    drop(code = 1006) {
      this.readyState = 3;
      this.onclose?.({ code });
    }

    frames(type) {
      return this.sent.filter((frame) => frame.type === type);
    }
  };
}

/** Lets everything that is ready run. */
export async function settle(rounds = 5) {
  for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class Storage {
  #items = new Map();
  getItem(name) {
    return this.#items.get(name) ?? null;
  }
  setItem(name, value) {
    this.#items.set(name, value);
  }
  removeItem(name) {
    this.#items.delete(name);
  }
}

/** Numbers that look random, and are the same every time. */
export function random(seed) {
  let state = (seed * 2654435761) % 4294967296;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}
