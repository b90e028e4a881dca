/**
 * Who is named in a text. The text holds "@" and the name as it was then; the ids of the named go beside it.
 * @typedef {{ id: string, name: string }} Named   id `all`: everybody
 */

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const BEGUN = /(?:^|[^\p{L}\p{N}\p{M}_@])@([\p{L}\p{N}\p{M}._-]{0,32})$/u;

/** The name that is being typed before the caret. @param {string} text @param {number} caret */
export function begunAt(text, caret) {
  const [, name] = BEGUN.exec(text.slice(0, caret)) ?? [];
  return name === undefined ? null : { start: caret - name.length - 1, name };
}

/**
 * Where names stand in a text, in order; of two that begin alike the longer one counts.
 * @param {string} text @param {string[]} names @returns {{ start: number, end: number, name: string }[]}
 */
export function placesOf(text, names) {
  const longest = [...new Set(names)].filter(Boolean).sort((one, other) => other.length - one.length);
  const found = [];
  for (let start = text.indexOf("@"); start >= 0; start = text.indexOf("@", start + 1)) {
    if (WORD.test(text[start - 1] ?? "")) continue;
    const name = longest.find((each) => text.startsWith(each, start + 1) && ends(text, start + 1 + each.length));
    if (name) found.push({ start, end: start + 1 + name.length, name });
  }
  return found;
}

/** The chosen who still stand in the text, as `mentions` of the message. @param {string} text @param {Named[]} chosen */
export function namedIn(text, chosen) {
  const left = [...chosen];
  const places = placesOf(
    text,
    chosen.map(({ name }) => name),
  );
  const ids = places.map(({ name }) => {
    const index = left.findIndex((one) => one.name === name);
    return index < 0 ? "" : left.splice(index, 1)[0].id;
  });
  return [...new Set(ids)].filter(Boolean);
}

/**
 * Those of the offered whom what is typed may still mean.
 * @template {{ names: string[] }} T
 * @param {T[]} options @param {string} typed @returns {T[]}
 */
export function fitting(options, typed) {
  const begin = typed.toLowerCase();
  return options.filter(({ names }) => names.some((name) => name.toLowerCase().startsWith(begin)));
}

/** @param {string} text @param {number} at */
function ends(text, at) {
  const [next = ""] = text.slice(at);
  return !WORD.test(next);
}
