/**
 * Does what a button is for, once at a time: pressed meanwhile it does nothing. It keeps the focus.
 * @param {HTMLButtonElement} button @param {() => unknown} work
 */
export async function busily(button, work) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await work();
  } finally {
    button.ariaBusy = null;
  }
}
