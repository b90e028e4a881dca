const SYNC_EVERY = 15 * 60 * 1000;

/**
 * Ties a client to the page it lives in: the network comes and goes, the page sleeps and wakes, time passes.
 * @param {import("./client.js").Client} client @param {AbortSignal} signal ends it
 */
export function followPage(client, signal) {
  const timer = setInterval(() => client.sync(), SYNC_EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
  if (!globalThis.document) return;
  const wake = () => {
    client.connection.retryNow();
    client.sync();
  };
  const leave = () => {
    client.calls.leave();
    client.flush();
  };
  addEventListener("online", () => client.connection.retryNow(), { signal });
  addEventListener("offline", () => client.connection.networkLost(), { signal });
  addEventListener("pageshow", (event) => event.persisted && wake(), { signal });
  addEventListener("pagehide", leave, { signal });
  document.addEventListener("visibilitychange", () => (document.hidden ? client.flush() : wake()), { signal });
}
