// The service worker: pages come from the network; when that is gone, the page that names nobody. It keeps no page of anybody.
const SHELL = '/registers/offline';
const CACHE = 'kith-shell';

const keepShell = async () => {
  const answer = await fetch(SHELL, { credentials: 'omit', cache: 'reload' });
  if (!answer.ok) return;
  const html = await answer.clone().text();
  const files = [...new Set([...html.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((found) => found[1]))];
  const cache = await caches.open(CACHE);
  const have = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await Promise.all(files.filter((file) => !have.has(file)).map((file) => cache.add(file)));
  await cache.put(SHELL, answer);
  for (const path of have) if (path !== SHELL && !files.includes(path)) await cache.delete(path);
};

addEventListener('install', (event) => event.waitUntil(keepShell().then(() => skipWaiting())));
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => { if (event.data === 'fresh') event.waitUntil(keepShell().catch(() => {})); });

// In a cellar or a lift a line often neither answers nor breaks. Where the phone keeps something to show, it waits only so long; whoever
// asks again is more patient, so that a slow network still gets through. 0 is as long as the network takes.
const patience = ({ method, cache }, path) => {
  const isRegister = /^\/sessions\/[0-9a-f-]{36}\/register$/.test(path);
  if (method !== 'GET' || !(isRegister || path === '/' || path === '/registers')) return 0;
  return cache !== 'default' ? 20000 : isRegister ? 5000 : 12000;
};
const page = async (request, wait) => {
  const kept = () => caches.match(SHELL), answer = fetch(request).catch(async () => (await kept()) ?? Response.error());
  if (!wait) return answer;
  let timer;
  const late = new Promise((done) => { timer = setTimeout(() => done(kept()), wait); });
  return (await Promise.race([answer, late]).finally(() => clearTimeout(timer))) ?? answer;
};

addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    event.respondWith(page(request, patience(request, url.pathname)));
  } else if (request.method === 'GET' && url.pathname.startsWith('/static/')) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  }
});
