const PREFIX = "im.draft.";

/** What a person typed and did not send, for each conversation. @param {string} person @param {string} conversation */
export function readDraft(person, conversation) {
  return localStorage.getItem(`${PREFIX}${person}.${conversation}`) ?? "";
}

/** @param {string} person @param {string} conversation @param {string} text */
export function writeDraft(person, conversation, text) {
  const name = `${PREFIX}${person}.${conversation}`;
  if (text.trim()) localStorage.setItem(name, text);
  else localStorage.removeItem(name);
}

/** @param {string} person */
export function clearDrafts(person) {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(`${PREFIX}${person}.`));
  for (const name of names) localStorage.removeItem(name);
}
