// A recording of the service: plays with the screen dark, under a neutral name, and without signal once it is kept.
// A kept one is read out of the cache as a whole, so that the player can go to any part of it by itself.

const SOUND = "allay-sound"; // the service worker empties it at sign-out

/** What a locked screen shows says nothing about health. */
function neutral() {
  const session = navigator.mediaSession;
  if (session && "MediaMetadata" in globalThis) session.metadata = new MediaMetadata({ title: "Allay" });
}

export async function wire(part) {
  const audio = part.querySelector("audio");
  const address = audio.getAttribute("src");
  const find = (verb) => part.querySelector(`[data-do=${verb}]`);
  let local = ""; // address of the copy in this page's memory

  function say(when) {
    for (const line of part.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== when;
  }

  function play(source) {
    if (local) URL.revokeObjectURL(local);
    local = source === address ? "" : source;
    audio.src = source;
  }

  async function show() {
    const found = await (await caches.open(SOUND)).match(address);
    if (found) play(URL.createObjectURL(await found.blob()));
    else if (local) play(address);
    find("keep").hidden = Boolean(found);
    find("drop").hidden = !found;
    say(found ? "kept" : "");
  }

  async function fetchWhole() {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.status !== 200 || answer.redirected) throw new Error("not kept");
    await (await caches.open(SOUND)).put(address, answer);
    const urls = part.dataset.pages.split(" "); // they must open, too, and as they are now
    navigator.serviceWorker?.controller?.postMessage({ type: "renew", urls });
  }

  async function keep() {
    find("keep").hidden = true;
    say("busy");
    await fetchWhole().then(show, () => { find("keep").hidden = false; say("failed"); });
  }

  async function drop() {
    await (await caches.open(SOUND)).delete(address);
    await show();
  }

  audio.addEventListener("play", neutral);
  audio.addEventListener("ended", () => document.querySelector(".player [data-do=stop]")?.click()); // on to "how was that?"
  if (!("caches" in globalThis)) return;
  find("keep").addEventListener("click", keep);
  find("drop").addEventListener("click", drop);
  await show().catch(() => {}); // a browser that keeps nothing: it plays from the service
}
