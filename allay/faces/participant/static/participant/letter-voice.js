// Speaking a letter: at most three minutes, small enough for a slow line, and never outside the sealed letter.

const LONGEST = 180_000; // milliseconds
const LARGEST = 560 * 1024; // bytes, whatever the browser makes of the wish below
const BITS = 16_000; // a second: speech stays clear
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export function wire(root) {
  const find = (name) => root.querySelector(`[data-do=${name}]`);
  const [button, drop, line, player] = [find("record"), find("drop"), root.querySelector("[data-voice-line]"), root.querySelector("audio")];
  const voice = { blob: null };
  let recorder = null;

  if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) root.hidden = true;

  function show(outcome) {
    line.textContent = line.dataset[outcome] ?? "";
    button.textContent = button.dataset[recorder ? "stop" : voice.blob ? "again" : "start"];
    button.setAttribute("aria-pressed", String(Boolean(recorder)));
    drop.hidden = player.hidden = !voice.blob;
  }

  function take(blob) {
    if (player.src) URL.revokeObjectURL(player.src);
    voice.blob = blob;
    if (blob) player.src = URL.createObjectURL(blob);
    else player.removeAttribute("src");
  }

  function listen(stream) {
    const pieces = [];
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const made = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
    let outcome = "done";
    const full = () => { outcome = "full"; if (made.state !== "inactive") made.stop(); };
    const timer = setTimeout(full, LONGEST);
    made.addEventListener("dataavailable", ({ data }) => {
      const size = pieces.reduce((sum, piece) => sum + piece.size, data.size);
      if (size <= LARGEST) pieces.push(data);
      else full();
    });
    made.addEventListener("stop", () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      recorder = null;
      take(new Blob(pieces, { type: made.mimeType }));
      show(outcome);
    });
    made.start(1000);
    return made;
  }

  button.addEventListener("click", async () => {
    if (recorder) return void recorder.stop();
    const wish = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: wish }).catch(() => null);
    if (stream) recorder = listen(stream);
    show(stream ? "on" : "refused");
  });
  drop.addEventListener("click", () => { take(null); show(""); });
  addEventListener("pagehide", () => recorder?.stop());

  /** The voice as bytes and their kind, once nothing is being recorded any more. */
  voice.bytes = async () => {
    if (recorder) await new Promise((done) => { recorder.addEventListener("stop", done); recorder.stop(); });
    return voice.blob ? new Uint8Array(await voice.blob.arrayBuffer()) : new Uint8Array();
  };
  return voice;
}
