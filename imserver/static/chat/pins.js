import { openDialog } from "./dialog.js";
import { MessageList } from "./message-list.js";

/**
 * All that is pinned in a conversation.
 * @param {import("../im-client.js").Client} client @param {import("../im-client.js").Conversation} conversation
 * @param {import("../im-client.js").Pins} pins @param {(seq: number) => void} show
 */
export function openPins(client, conversation, pins, show) {
  const closing = new AbortController();
  const list = new MessageList(client, "Pinned messages", {
    open: ({ seq = 0 }) => {
      dialog.close();
      show(seq);
    },
  });
  const draw = () => {
    if (!pins.items.length) return dialog.close();
    list.show(pins.items.map((message) => ({ ...message, conversation: conversation.id })));
  };
  const dialog = openDialog("Pinned messages", list.node);
  dialog.addEventListener("close", () => closing.abort());
  pins.addEventListener("change", draw, { signal: closing.signal });
  draw();
}
