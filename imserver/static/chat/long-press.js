const LONG_PRESS = 450;

/**
 * A finger that stays: some touch browsers know no context menu. The click that follows is none.
 *
 * @param {HTMLElement} node
 * @param {(target: HTMLElement, at: { x: number, y: number }) => void} act
 * @param {{ signal?: AbortSignal, isFor?: (target: HTMLElement) => boolean }} [options]
 */
export function onLongPress(node, act, { signal, isFor = () => true } = {}) {
  /** @type {any} */
  let timer = null;
  const cancel = () => clearTimeout(timer);
  const swallow = (/** @type {Event} */ event) => event.preventDefault();
  const pressed = (/** @type {PointerEvent} */ event) => {
    cancel();
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.pointerType !== "touch" || !isFor(target)) return;
    const at = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      node.addEventListener("click", swallow, { once: true, capture: true });
      setTimeout(() => node.removeEventListener("click", swallow, true), 1000);
      act(target, at);
    }, LONG_PRESS);
  };
  node.addEventListener("pointerdown", pressed, { signal });
  for (const type of ["pointerup", "pointercancel", "pointermove", "scroll", "contextmenu"])
    node.addEventListener(type, cancel, { signal, passive: true });
  signal?.addEventListener("abort", cancel);
}
