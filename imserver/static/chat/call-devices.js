const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" };
/** What a camera may answer while the microphone would do. */
const WITHOUT = new Set(["NotFoundError", "NotReadableError", "OverconstrainedError", "AbortError"]);

/**
 * The microphone, and the camera if it is wanted. A camera that cannot be used does not stop the call: `note` says so.
 * What goes wrong is thrown in words for the person.
 * @param {boolean} withPicture @returns {Promise<{ stream: MediaStream, note: string }>}
 */
export async function openDevices(withPicture) {
  if (!navigator.mediaDevices) throw new Error("Calls need a secure connection: open this page with https.");
  try {
    const constraints = { audio: SOUND, video: withPicture && PICTURE };
    return { stream: await navigator.mediaDevices.getUserMedia(constraints), note: "" };
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    const wanted = withPicture ? "camera and microphone" : "microphone";
    if (!withPicture || !WITHOUT.has(name)) throw new Error(words(name, wanted));
    const { stream } = await openDevices(false);
    return { stream, note: words(name, "camera") };
  }
}

/** @returns {Promise<MediaStreamTrack>} */
export async function openCamera() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: PICTURE });
    return stream.getVideoTracks()[0];
  } catch (error) {
    throw new Error(words(/** @type {Error} */ (error).name, "camera"));
  }
}

/** @param {MediaStream} stream */
export function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** @param {string} name @param {string} device */
function words(name, device) {
  if (name === "NotAllowedError")
    return `This page may not use your ${device}. Allow it in the browser’s settings for this page, then try again.`;
  if (name === "NotFoundError" || name === "OverconstrainedError") return `No ${device} was found on this device.`;
  return `Your ${device} cannot be used: perhaps another program has it.`;
}
