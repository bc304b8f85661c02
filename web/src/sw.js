// The service worker: keeps the app itself, so that it opens without a network, and shows pushes.
// It keeps no answer of the API: what a person may see again is kept by the page, and goes at sign-out.

/* The build writes these two. */
const version = '__VERSION__';
const files = ['__FILES__'];

const cache = `packytrace-${version}`;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cache).then((kept) => kept.addAll(files)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== cache).map((name) => caches.delete(name))))
      // The page that is open already needs the other pages without a network, too.
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && isPage(pathname)) event.respondWith(page(request));
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
});

/** A page of the app; codes, the API and Keycloak are the network's. */
function isPage(pathname) {
  return !/^\/(api|auth|healthz|internal|\.well-known)(\/|$)|^\/[0-9]{2,4}\/|\.[^/]*$/.test(pathname);
}

/** The newest page, else the kept one: every address is the same document. */
async function page(request) {
  try {
    return await fetch(request);
  } catch (offline) {
    const kept = await caches.match('/');
    if (kept) return kept;
    throw offline;
  }
}

/** A file under the hash of its content never changes. */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(cache)).put(request, answer.clone());
  return answer;
}

// What is pushed names no product and no health fact; the page tells the rest.
self.addEventListener('push', (event) => {
  const { title = 'PackyTrace', body = '' } = event.data?.json() ?? {};
  const shown = { body, icon: '/icon.svg', tag: 'packytrace', data: '/fridge' };
  event.waitUntil(self.registration.showNotification(title, shown));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
