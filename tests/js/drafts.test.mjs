import assert from "node:assert/strict";
import test from "node:test";
import { Drafts } from "../../imserver/static/im-client/drafts.js";
import { ConnectionLost, ImError } from "../../imserver/static/im-client/errors.js";
import { SelfLog } from "../../imserver/static/im-client/self-log.js";
import { until } from "./connected.mjs";
import { C, ME, Storage, settle } from "./make.mjs";

const HI = { text: "Hi" };
const SELF = { head: { kind: "self" } };

/** What the server keeps for one person, and her devices. */
class Desk {
  drafts = new Map();
  devices = [];
  calls = [];
  cursor = 0;

  /** Lists that are read are on their way until `release`. */
  held() {
    return this.hold ? new Promise((resolve) => (this.release = resolve)) : null;
  }

  /** @param {string} method @param {string} path @param {any} body */
  serve(method, path, body) {
    const [name, query] = path.split("?");
    const id = name.split("/")[3];
    this.calls.push(`${method} ${body?.draft.text ?? ""}`.trim());
    if (name === "/v1/drafts") return this.page(Number(new URLSearchParams(query).get("before") ?? 0));
    if (method === "GET") return { draft: this.drafts.get(id) ?? null };
    const draft = method === "PUT" ? body.draft : undefined;
    if (JSON.stringify(this.drafts.get(id)) === JSON.stringify(draft)) return null;
    if (draft) this.drafts.set(id, structuredClone(draft));
    else this.drafts.delete(id);
    this.tell({ conversation: id, empty: !draft });
    return null;
  }

  page(from) {
    const items = [...this.drafts].map(([conversation, draft]) => ({ conversation, draft }));
    return { items: items.slice(from, from + 2), next: from + 2 < items.length ? from + 2 : null };
  }

  tell(content) {
    this.cursor += 1;
    const conversation = { ...SELF, cursor: this.cursor };
    const entry = { kind: "draft.updated", content };
    for (const { emit, connection } of this.devices) if (connection.online) emit("notice", { conversation, entry });
  }

  device(t, storage = new Storage()) {
    const client = new EventTarget();
    client.user = { id: ME };
    client.connection = Object.assign(new EventTarget(), { online: false });
    client.emit = (type, detail) => client.dispatchEvent(new CustomEvent(type, { detail }));
    const failures = [];
    client.session = {
      storage,
      call: async (method, path, body) => {
        await null;
        if (!client.connection.online) throw new ConnectionLost();
        if (failures.length) throw failures.shift();
        const answer = this.serve(method, path, body);
        await (path.startsWith("/v1/drafts") ? this.held() : null);
        if (!client.connection.online) throw new ConnectionLost(); // it was done, and nobody heard
        return structuredClone(answer);
      },
    };
    client.selfLog = new SelfLog(client);
    const drafts = new Drafts(client, { pause: 5 });
    t.after(() => drafts.stop());
    this.devices.push(client);
    const told = [];
    client.addEventListener("draft", ({ detail }) => told.push(detail.id));
    return {
      client,
      drafts,
      failures,
      storage,
      told,
      text: (id = C) => drafts.get(id)?.text ?? "",
      type: (text, id = C) => drafts.set(id, { text }),
      lose: () => (client.connection.online = false),
      async join() {
        client.connection.online = true;
        client.connection.dispatchEvent(new CustomEvent("welcome"));
        await settle();
      },
    };
  }
}

async function two(t) {
  const desk = new Desk();
  const [phone, laptop] = [desk.device(t), desk.device(t)];
  await phone.join();
  await laptop.join();
  return { desk, phone, laptop };
}

const pause = async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await settle();
};

test("what is typed is here at once, and after a pause on the other device", async (t) => {
  const { desk, phone, laptop } = await two(t);
  for (const text of ["H", "He", "Hello"]) phone.type(text);
  assert.equal(phone.text(), "Hello");
  assert.equal(desk.drafts.size, 0);
  await pause();
  assert.equal(laptop.text(), "Hello");
  assert.deepEqual(laptop.told, [C]);
  assert.equal(desk.calls.filter((call) => call.startsWith("PUT")).length, 1, "one for all the keys");
});

test("whoever leaves does not wait for the pause", async (t) => {
  const { phone, laptop } = await two(t);
  phone.type("Hello");
  phone.drafts.flush([C]);
  await settle();
  assert.equal(laptop.text(), "Hello");
});

test("an answer and who is named are kept with it", async (t) => {
  const { phone, laptop } = await two(t);
  const draft = { text: "@Bob yes", reply_to: 4, mentions: [{ id: "b", name: "Bob" }] };
  phone.drafts.set(C, draft);
  await pause();
  assert.deepEqual(laptop.drafts.get(C), draft);
});

test("emptied on one device it is gone everywhere", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("Hello");
  await pause();
  laptop.drafts.set(C, null);
  await settle();
  assert.equal(phone.text(), "");
  assert.equal(desk.drafts.size, 0);
  assert.equal(phone.storage.getItem(`im.drafts.${ME}`), null);
});

test("emptied before the server knew of it, the server hears nothing", async (t) => {
  const { desk, phone } = await two(t);
  phone.type("Hello");
  phone.type("  ");
  await pause();
  assert.ok(!desk.calls.some((call) => call !== "GET"));
});

test("emptied while it is on its way it does not stay", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("Hello");
  phone.drafts.flush([C]);
  phone.drafts.set(C, null);
  await settle();
  assert.equal(desk.drafts.size, 0);
  assert.equal(laptop.text(), "");
});

test("what is being typed here wins over what comes", async (t) => {
  const { desk, phone, laptop } = await two(t);
  laptop.type("from the laptop");
  phone.type("from the phone");
  laptop.drafts.flush([C]);
  await settle();
  assert.equal(phone.text(), "from the phone");
  await pause();
  for (const device of [phone, laptop]) assert.equal(device.text(), "from the phone");
  assert.deepEqual(desk.drafts.get(C), { text: "from the phone" });
});

test("sent from here, another's draft of it that came meanwhile is gone too", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("half");
  laptop.type("from the laptop");
  laptop.drafts.flush([C]);
  await settle();
  phone.drafts.set(C, null);
  await settle();
  assert.equal(desk.drafts.size, 0);
  assert.equal(laptop.text(), "");
});

test("two that are told at the same time end as one", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("from the phone");
  laptop.type("from the laptop");
  phone.drafts.flush([C]);
  laptop.drafts.flush([C]);
  await pause();
  assert.equal(phone.text(), desk.drafts.get(C).text);
  assert.equal(laptop.text(), phone.text());
});

test("typed offline it is told at the next welcome, also after a reload", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.lose();
  phone.type("on the train");
  await pause();
  assert.equal(desk.drafts.size, 0);
  phone.drafts.stop();
  const reloaded = desk.device(t, phone.storage);
  assert.equal(reloaded.text(), "on the train");
  await reloaded.join();
  assert.equal(laptop.text(), "on the train");
});

test("what changed while this device was away is there at the welcome", async (t) => {
  const { phone, laptop } = await two(t);
  phone.type("one");
  for (const id of ["c2", "c4", "c5"]) phone.type("stays", id);
  await pause();
  phone.lose();
  laptop.drafts.set(C, null);
  laptop.type("new", "c3");
  await pause();
  await phone.join();
  assert.deepEqual([C, "c2", "c3", "c4", "c5"].map(phone.text), ["", "stays", "new", "stays", "stays"]);
});

test("a lost answer is no loss", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("Hello");
  phone.drafts.flush([C]);
  await null;
  phone.lose();
  await settle();
  laptop.type("newer");
  await pause();
  await phone.join();
  assert.equal(phone.text(), desk.drafts.get(C).text);
  assert.equal(laptop.text(), phone.text());
});

test("what the server got, and nobody heard that it did, is emptied too", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("Hello");
  phone.drafts.flush([C]);
  await null;
  phone.lose();
  await settle();
  phone.drafts.stop();
  const reloaded = desk.device(t, phone.storage);
  reloaded.drafts.set(C, null);
  await reloaded.join();
  assert.deepEqual([desk.drafts.size, reloaded.text(), laptop.text()], [0, "", ""]);
});

test("a list that was read before it was told does not undo it", async (t) => {
  const { desk, phone } = await two(t);
  phone.lose();
  phone.type("newer");
  desk.serve("PUT", `/v1/conversations/${C}/draft`, { draft: { text: "older" } });
  desk.hold = true;
  await phone.join();
  desk.release();
  await settle();
  assert.equal(phone.text(), "newer");
  assert.deepEqual(desk.drafts.get(C), { text: "newer" });
});

test("a busy server is asked again, one that refuses is not", async (t) => {
  const { desk, phone } = await two(t);
  phone.failures.push(new ImError({ code: "rate_limited", retry: "later", retry_after_ms: 1 }));
  phone.type("patience");
  await until(() => desk.drafts.get(C)?.text === "patience");
  phone.failures.push(new ImError({ code: "not_a_member", retry: "no", status: 404 }));
  phone.type("refused");
  await pause();
  assert.equal(phone.text(), "refused");
  assert.deepEqual(desk.drafts.get(C), { text: "patience" });
});

test("what the server refuses stays here, over reconnections and reloads, and is not told again", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("short");
  await pause();
  phone.failures.push(new ImError({ code: "too_long", retry: "no", status: 400 }));
  phone.type("far too long");
  await until(() => !phone.failures.length);
  await settle();
  phone.lose();
  await phone.join();
  await pause();
  assert.equal(phone.text(), "far too long");
  phone.drafts.stop();
  const reloaded = desk.device(t, phone.storage);
  await reloaded.join();
  await pause();
  assert.equal(reloaded.text(), "far too long");
  assert.deepEqual(desk.calls.filter((call) => call.startsWith("PUT")), ["PUT short"]);
  reloaded.type("shorter");
  await until(() => laptop.text() === "shorter");
  reloaded.drafts.set(C, null);
  await until(() => laptop.text() === "" && desk.drafts.size === 0);
});

test("a late notice of an emptying does not take what is there again", async (t) => {
  const { desk, phone, laptop } = await two(t);
  phone.type("Hello");
  await until(() => laptop.text() === "Hello");
  desk.tell({ conversation: C, empty: true });
  assert.equal(laptop.text(), "Hello");
  await settle();
  assert.deepEqual([phone.text(), laptop.text(), laptop.told], ["Hello", "Hello", [C]]);
});

test("what another client keeps there in its own way is not shown", async (t) => {
  const { desk, phone } = await two(t);
  desk.serve("PUT", `/v1/conversations/${C}/draft`, { draft: { blocks: [] } });
  await settle();
  assert.equal(phone.drafts.get(C), null);
});

test("log-out leaves nothing here, and what the server has stays", async (t) => {
  const { desk, phone } = await two(t);
  phone.drafts.set(C, HI);
  await pause();
  phone.drafts.stop({ forget: true });
  phone.drafts.set(C, { text: "too late" });
  assert.equal(phone.storage.getItem(`im.drafts.${ME}`), null);
  assert.deepEqual(desk.drafts.get(C), HI);
});

test("a tab shows what another tab of this browser wrote", async (t) => {
  const listeners = new EventTarget();
  globalThis.addEventListener = listeners.addEventListener.bind(listeners);
  t.after(() => delete globalThis.addEventListener);
  const desk = new Desk();
  const one = desk.device(t);
  const other = desk.device(t, one.storage);
  const key = `im.drafts.${ME}`;
  one.type("Hello");
  const event = { key, oldValue: null, newValue: one.storage.getItem(key) };
  listeners.dispatchEvent(Object.assign(new Event("storage"), event));
  assert.equal(other.text(), "Hello");
  assert.ok(other.told.includes(C));
});
