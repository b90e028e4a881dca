/** The first that fits; others pretend to be those further down. @type {[RegExp, string][]} */
const BROWSERS = [
  [/Edg|EdgA|EdgiOS/, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser/, "Samsung Internet"],
  [/Firefox|FxiOS/, "Firefox"],
  [/Chrome|CriOS|Chromium/, "Chrome"],
  [/Safari/, "Safari"],
];
/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Macintosh/, "Mac"],
  [/Linux/, "Linux"],
];

/** A name for a browser in which somebody logs in. @param {string} userAgent */
export function browserName(userAgent) {
  const browser = first(BROWSERS, userAgent) ?? "Browser";
  const system = first(SYSTEMS, userAgent);
  return system ? `${browser} on ${system}` : browser;
}

/** @param {[RegExp, string][]} names @param {string} text */
function first(names, text) {
  return names.find(([sign]) => sign.test(text))?.[1];
}
