/**
 * Simple markup and what it means: `*bold*`, `_italic_`, `~strike~`, `||spoiler||`, `` `code` `` and ```` ```pre``` ````.
 * A sign means itself inside a word, beside a space, in a web address and after a backslash. Pure.
 *
 * @typedef {{ type: string, offset: number, length: number, url?: string, language?: string }} Entity
 *   in code points
 * @typedef {{ text: string, entities?: Entity[] }} Marked
 */

/** @type {Record<string, string>} by type */
const SIGNS = { spoiler: "||", bold: "*", italic: "_", strike: "~" };
const FENCE = "```";
const SIGN = /[*_~|`]/;
const WORD = /[\p{L}\p{N}]/u;
const ADDRESS = /https?:\/\/[^\s<>"\\]+/gi;
const ADDRESS_OR_SIGN = /https?:\/\/[^\s<>"\\]*[^\s<>"*_~|`\\]|[*_~|`]/gi;
const LANGUAGE = /^([\w+#-]{1,32})\n/;
const MOST = 100;

/** @param {string} source @returns {Marked} */
export function readMarkup(source) {
  const reader = new Reader(source);
  reader.read(0, reader.points.length, []);
  const entities = reader.entities.sort(inOrder).slice(0, MOST);
  const text = reader.out.join("");
  return entities.length ? { text, entities } : { text };
}

/** Markup that means this, as far as there is markup for it. @param {Marked} marked @returns {string} */
export function writeMarkup({ text, entities = [] }) {
  const known = entities.filter(({ type }) => type in SIGNS || type === "code" || type === "pre").sort(inOrder);
  const wanted = JSON.stringify(known.map(plainly));
  const isSame = (/** @type {string} */ source) => {
    const read = readMarkup(source);
    return read.text === text && JSON.stringify((read.entities ?? []).map(plainly)) === wanted;
  };
  const plain = written(text, known, (piece) => piece);
  return isSame(plain) ? plain : written(text, known, escaped);
}

/**
 * What there is no markup for stays on text that an edit left alone: at its beginning, or at its end.
 * @param {Marked} before @param {Marked} after @returns {Marked}
 */
export function keepingStyles(before, after) {
  const [old, now] = [[...before.text], [...after.text]];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const kept = (before.entities ?? []).flatMap((entity) => {
    if (entity.type in SIGNS || entity.type === "code" || entity.type === "pre") return [];
    if (entity.offset + entity.length <= head) return [entity];
    if (entity.offset < old.length - tail) return [];
    return [{ ...entity, offset: entity.offset + now.length - old.length }];
  });
  const entities = [...(after.entities ?? []), ...kept].sort(inOrder).slice(0, MOST);
  return entities.length ? { text: after.text, entities } : { text: after.text };
}

class Reader {
  /** @type {string[]} */
  out = [];
  /** @type {Entity[]} */
  entities = [];

  /** @param {string} source */
  constructor(source) {
    this.points = [...source];
    this.addresses = addressesIn(source);
  }

  /** @param {number} from @param {number} to @param {string[]} open the types around */
  read(from, to, open) {
    let at = from;
    while (at < to) at = this.#atom(at, to) ?? this.#code(at, to) ?? this.#styled(at, to, open) ?? this.#plain(at);
  }

  /** @param {number} at */
  #plain(at) {
    this.out.push(this.points[at]);
    return at + 1;
  }

  /** What is taken as it is. @param {number} at @param {number} to */
  #atom(at, to) {
    const end = this.addresses.get(at);
    if (end !== undefined && end <= to) {
      this.out.push(...this.points.slice(at, end));
      return end;
    }
    return this.#isEscape(at) && at + 1 < to ? this.#plain(at + 1) : null;
  }

  /** @param {number} at @param {number} to */
  #code(at, to) {
    const end = this.#endOfCode(at, to);
    if (!end) return null;
    const isPre = this.#has(FENCE, at);
    const width = isPre ? FENCE.length : 1;
    const inside = this.points.slice(at + width, end - width).join("");
    const [found, language] = (isPre && inside.match(LANGUAGE)) || [];
    const code = [...(isPre ? inside.slice(found?.length ?? 0).replace(/^\n|\n$/g, "") : inside)];
    const place = { offset: this.out.length, length: code.length };
    this.entities.push(language ? { type: "pre", ...place, language } : { type: isPre ? "pre" : "code", ...place });
    this.out.push(...code);
    return end;
  }

  /** Where code that begins here ends, or 0. @param {number} at @param {number} to */
  #endOfCode(at, to) {
    if (this.points[at] !== "`") return 0;
    const sign = this.#has(FENCE, at) ? FENCE : "`";
    const from = at + sign.length;
    for (let end = from; end + sign.length <= to; end += 1) {
      if (sign === "`" && this.points[end] === "\n") return 0;
      if (this.#has(sign, end)) return this.points.slice(from, end).join("").trim() ? end + sign.length : 0;
    }
    return 0;
  }

  /** @param {number} at @param {number} to @param {string[]} open */
  #styled(at, to, open) {
    const found = Object.entries(SIGNS).find(([, sign]) => this.#has(sign, at));
    if (!found || open.includes(found[0])) return null;
    const [type, sign] = found;
    const end = this.#end(sign, at, to);
    if (!end) return null;
    const offset = this.out.length;
    this.read(at + sign.length, end, [...open, type]);
    this.entities.push({ type, offset, length: this.out.length - offset });
    return end + sign.length;
  }

  /** Where the sign that opens here closes, or 0. @param {string} sign @param {number} at @param {number} to */
  #end(sign, at, to) {
    const { points } = this;
    const from = at + sign.length;
    if (isWord(points[at - 1]) || isSpace(points[from])) return 0;
    for (let end = from; end + sign.length <= to; end = this.#next(end, to)) {
      if (points[end] === "\n" && sign !== SIGNS.spoiler) return 0;
      const closes = end > from && this.#has(sign, end) && !isSpace(points[end - 1]);
      if (closes && !isWord(points[end + sign.length])) return end;
    }
    return 0;
  }

  /** @param {number} at @param {number} to */
  #next(at, to) {
    return this.addresses.get(at) ?? (this.#isEscape(at) ? at + 2 : this.#endOfCode(at, to) || at + 1);
  }

  /** @param {number} at */
  #isEscape(at) {
    return this.points[at] === "\\" && SIGN.test(this.points[at + 1] ?? "");
  }

  /** @param {string} sign @param {number} at */
  #has(sign, at) {
    return [...sign].every((point, index) => this.points[at + index] === point);
  }
}

/** Beginnings and ends, in code points. @param {string} source */
function addressesIn(source) {
  const found = new Map();
  for (const { 0: address, index } of source.matchAll(ADDRESS)) {
    const from = [...source.slice(0, index)].length;
    // A sign at the end closes what was opened before the address.
    found.set(from, from + [...address.replace(/[*_~|`]+$/, "")].length);
  }
  return found;
}

/** @param {string} text @param {Entity[]} entities in order @param {(piece: string) => string} spell */
function written(text, entities, spell) {
  const points = [...text];
  /** @param {number} from @param {number} to @param {Entity[]} inside @returns {string} */
  const stretch = (from, to, inside) => {
    let source = "";
    let done = from;
    let rest = inside;
    while (rest.length) {
      const [entity, ...others] = rest;
      const { offset } = entity;
      const end = offset + entity.length;
      source += spell(points.slice(done, offset).join(""));
      const within = others.filter((other) => other.offset + other.length <= end);
      source += around(entity, stretch(offset, end, within), points.slice(offset, end).join(""));
      done = end;
      rest = others.filter((other) => other.offset >= end); // what overlaps has no markup
    }
    return source + spell(points.slice(done, to).join(""));
  };
  return stretch(0, points.length, entities);
}

/** @param {string} piece */
function escaped(piece) {
  return piece.replace(ADDRESS_OR_SIGN, (found) => (found.length > 1 ? found : `\\${found}`));
}

/** @param {Entity} entity @param {string} inside as markup @param {string} raw */
function around({ type, language }, inside, raw) {
  if (type === "code") return `\`${raw}\``;
  if (type === "pre") return `${FENCE}${language ?? ""}\n${raw}\n${FENCE}`;
  return `${SIGNS[type]}${inside}${SIGNS[type]}`;
}

/** @param {Entity} entity */
function plainly({ type, offset, length, language = "" }) {
  return [type, offset, length, language];
}

/** @param {Entity} one @param {Entity} other */
function inOrder(one, other) {
  return one.offset - other.offset || other.length - one.length || rank(one) - rank(other);
}

/** Of the same stretch: code goes into everything, nothing into code. @param {Entity} entity */
function rank({ type }) {
  const place = Object.keys(SIGNS).indexOf(type);
  return place < 0 ? 9 : place;
}

/** @param {string | undefined} point */
function isWord(point) {
  return point !== undefined && WORD.test(point);
}

/** @param {string | undefined} point */
function isSpace(point) {
  return point === undefined || /\s/.test(point);
}
