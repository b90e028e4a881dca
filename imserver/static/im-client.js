/** The JavaScript client: everything an application needs to chat, nothing of how it looks. */

export { Session } from "./im-client/session.js";
export { Client } from "./im-client/client.js";
export { Conversation } from "./im-client/conversation.js";
export { Pins } from "./im-client/pins.js";
export { ImError, SignedOut } from "./im-client/errors.js";
export { MemoryStore, openStore } from "./im-client/store.js";
export { uuid7 } from "./im-client/uuid.js";
