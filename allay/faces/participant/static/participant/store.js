// One database for each account on this phone: entries and answers not yet sent, and the key they are sealed with.
// A write is over only when the phone says that it stands on the disk (durability "strict").

import { makeKey, seal, unseal } from "./crypto.js";

export const account = document.documentElement.dataset.account ?? "";
const name = `allay-${account}`;
let opening = null;
let forgotten = false; // nothing may open it again on the way out

function open() {
  if (forgotten || !account || !globalThis.indexedDB || !crypto.subtle) return Promise.reject(new Error("nothing can be kept"));
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of ["entries", "answers", "keys"]) request.result.createObjectStore(store, { keyPath: "id" });
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opening = null; };
      resolve(request.result);
    };
  });
}

function database() {
  opening ??= open().catch((error) => { opening = null; throw error; });
  return opening;
}

/** Runs `work(objectStore)` in one transaction; gives its request's result once the transaction is complete. */
async function within(store, mode, work) {
  const opened = await database();
  return new Promise((resolve, reject) => {
    const transaction = opened.transaction(store, mode, { durability: "strict" });
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const all = (store) => within(store, "readonly", (records) => records.getAll());
export const put = (store, record) => within(store, "readwrite", (records) => records.put(record));
export const remove = (store, id) => within(store, "readwrite", (records) => records.delete(id));

async function key() {
  const find = () => within("keys", "readonly", (keys) => keys.get("key"));
  const found = await find();
  if (found) return found.key;
  const made = { id: "key", key: await makeKey() };
  // Two pages may get here together: `add` lets only the first key stand.
  await within("keys", "readwrite", (keys) => keys.add(made)).catch(() => {});
  return (await find()).key;
}

const label = ({ id, kind }) => `${account}|${id}|${kind}`;

/** Keeps `value` encrypted under `record.id`; `record` itself (id, kind, ...) says nothing private. */
export async function keepSealed(store, record, value) {
  await put(store, { ...record, ...(await seal(await key(), label(record), value)) });
}

export const readSealed = async (record) => unseal(await key(), label(record), record);

/** Deletes everything this account kept on this phone. */
export async function forget() {
  forgotten = true;
  if (opening) (await opening).close();
  opening = null;
  await new Promise((done) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = done;
  });
}
