const SVG = "http://www.w3.org/2000/svg";

/**
 * The shape alone, in our colours; what else there may be in a picture is left out.
 * @param {string} text @param {string} label
 */
export function picture(text, label) {
  const drawn = new DOMParser().parseFromString(text, "image/svg+xml");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", drawn.documentElement.getAttribute("viewBox") ?? "");
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", drawn.querySelector("path")?.getAttribute("d") ?? "");
  svg.append(path);
  return svg;
}
