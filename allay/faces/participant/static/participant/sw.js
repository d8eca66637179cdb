// Keeps Allay usable without signal. The server puts in the list of files and pages, and their version.
// "allay-shell-…" holds files and public pages; "allay-own" holds pages of the person signed in, cleared at sign-out.

const SHELL = "allay-shell-__VERSION__";
const OWN = "allay-own";
const SOUND = "allay-sound"; // recordings kept on a tap (recording.js); they outlast a new version
const PRECACHE = __PRECACHE__;
const PATIENCE = 3000; // milliseconds before a kept page is shown instead of a slow one
const OWN_PAGES = /^\/(today|weekly|sessions|practices|plan|me|questions|flare|help|privacy)\//;
const SCRIPT = /^\/static\/participant\/[\w.-]+\.js$/; // of pages that are kept
const NEVER = /^\/(me\/(reminders|export|keep|withdraw|way-back|settings)|practices\/[^/]+\/(log|mark|choose)|plan\/[^/]+\/(share|pdf))\//;
const STAFF = /^\/(groups|studies|service|demo|sync|style|static|healthz)\b/;

const DESK = /^\/(groups|studies|service)\//; // staff at work here: nobody's own pages stay on this device

const good = (answer) => answer && answer.status === 200 && !answer.redirected && answer.type === "basic";

async function add(cache, url, credentials) {
  const answer = await fetch(url, { credentials });
  if (good(answer)) return cache.put(url, answer);
  throw new Error(`${url} could not be kept`);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  // Without credentials: what everybody may see, and nothing of the person who happens to be signed in.
  event.waitUntil(caches.open(SHELL).then((shell) => Promise.all(PRECACHE.map((url) => add(shell, url, "omit")))));
});

async function dropOld() {
  // Pages go with the files they were made for; the open page offers its list again when this worker takes over.
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("allay-") && ![SHELL, SOUND].includes(name)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(dropOld()));

async function keepPages(urls, anew = false) {
  const own = await caches.open(OWN);
  const wanted = async (url) => anew || !(await own.match(url, { ignoreVary: true }));
  const keep = async (url) => (await wanted(url)) && add(own, url, "same-origin");
  const may = (url) => SCRIPT.test(url) || (OWN_PAGES.test(url) && !NEVER.test(url));
  const there = (await own.keys()).map(({ url }) => new URL(url).pathname);
  const all = urls.flatMap((url) => (url.endsWith("*") ? there.filter((one) => one.startsWith(url.slice(0, -1))) : url));
  await Promise.allSettled(all.filter(may).map(keep));
}

const forget = () => Promise.all([OWN, SOUND].map((name) => caches.delete(name)));

self.addEventListener("message", (event) => {
  if (event.data?.type === "clear") event.waitUntil(forget());
  if (event.data?.type === "precache") event.waitUntil(keepPages(event.data.urls));
  if (event.data?.type === "renew") event.waitUntil(keepPages(event.data.urls, true));
});

async function file(request) {
  const found = await caches.match(request, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (good(answer)) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

async function kept(request) {
  const how = { ignoreVary: true };
  return (await (await caches.open(OWN)).match(request, how)) ?? caches.match(request, how);
}

async function fromNetwork(request) {
  const { pathname, search } = new URL(request.url);
  const answer = await fetch(request);
  if (good(answer) && !search && OWN_PAGES.test(pathname) && !NEVER.test(pathname)) {
    await (await caches.open(OWN)).put(request, answer.clone());
  }
  return answer;
}

async function page(event) {
  const { request } = event;
  const network = fromNetwork(request);
  event.waitUntil(network.catch(() => {}));
  const found = await kept(request);
  const waited = found && new Promise((done) => setTimeout(done, PATIENCE, found));
  try {
    const answer = await (waited ? Promise.race([network, waited]) : network);
    return found && answer.status > 501 ? found : answer;
  } catch {
    return found ?? (await caches.match("/offline/", { ignoreVary: true })) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (DESK.test(url.pathname) && request.mode === "navigate") event.waitUntil(forget());
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && !STAFF.test(url.pathname)) event.respondWith(page(event));
});
