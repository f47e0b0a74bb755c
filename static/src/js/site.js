// Progressive touches only: every page works without this file.
document.documentElement.classList.add('js');

// Where the network is gone before a part has come, the page does without it.
const orWithout = (error) => {
  if (!(error instanceof TypeError && /module/i.test(error.message))) throw error;
};

// htmx comes only to pages that ask for it; it starts by itself.
if (document.querySelector('[hx-get],[hx-post],[hx-put],[hx-delete]')) import('htmx.org').catch(orWithout);

// GOV.UK's form behaviour comes only to pages that have such a part.
const enhanceForms = () => {
  if (document.querySelector('[data-module]')) import('./forms.js').then((forms) => forms.enhance()).catch(orWithout);
};
enhanceForms();
if (document.getElementById('suggestions')) import('./find.js').catch(orWithout);
document.addEventListener('htmx:after:swap', enhanceForms);

// A map with a pin to move, beside the field that it fills.
const pinMaps = document.querySelectorAll('[data-pin-for]');
if (pinMaps.length) import('./pins.js').then((pins) => pinMaps.forEach(pins.enhance)).catch(orWithout);

// The browser's own keys, where it has any and Kith is at the name they are bound to.
const keyForms = document.querySelectorAll('[data-passkey]');
if (keyForms.length && window.PublicKeyCredential) import('./passkeys.js').then((keys) => keyForms.forEach(keys.enhance)).catch(orWithout);

// The years of a circle play as one picture.
if (document.querySelector('[data-years]')) import('./years.js').then((years) => years.start()).catch(orWithout);

// Those who take registers keep today's on their phone; on the way in, marks that were not sent are told.
if (document.body.dataset.keeps || document.querySelector('[data-offline-page]') || (document.querySelector('[data-sign-in]') && navigator.serviceWorker?.controller)) import('./offline.js').catch(orWithout);

// Requests can be decided with the keyboard.
const queue = document.querySelector('[data-queue]');
if (queue) import('./queue.js').then((deciding) => deciding.start(queue)).catch(orWithout);

// On a phone the filters start folded; without JavaScript they are open.
const filters = document.querySelector('.filters');
if (filters && matchMedia('(max-width: 52em)').matches && !filters.querySelector('input:checked')) filters.open = false;

// A menu closes on Escape, and when something else is pressed.
const menus = () => document.querySelectorAll('details.me[open], .nav__more details[open]');
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of menus()) { menu.open = false; menu.querySelector('summary').focus(); }
});
document.addEventListener('click', (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

// "/" looks something up, from anywhere but where somebody types; arrows go through what was found.
const lookUp = document.querySelector('[data-look-up]'), lookUpLink = document.querySelector('[aria-keyshortcuts="/"]');
document.addEventListener('keydown', (event) => {
  const types = event.target.closest?.('input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable]');
  if (event.key === '/' && !types && !event.ctrlKey && !event.metaKey && !event.altKey && (lookUp || lookUpLink)) {
    event.preventDefault();
    if (lookUp) lookUp.select(); else location.assign(lookUpLink.href);
  }
  if (!lookUp || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
  const places = [lookUp, ...document.querySelectorAll('#found a')], at = places.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  places[Math.min(places.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
});

// A form is sent once; the server refuses the second one too.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented || form.hasAttribute('hx-post')) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = '1';
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent));

// Buttons that only make sense with JavaScript.
document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) print();
});

// "Mark everyone here" without a round trip, and a count of who is marked.
const countMarks = (form) => {
  const out = form.querySelector('[data-marked]');
  if (out) out.textContent = `${form.querySelectorAll('.marks input:checked').length} of ${form.querySelectorAll('.marks').length} marked`;
};
document.addEventListener('change', (event) => { const form = event.target.closest?.('form.reg'); if (form) countMarks(form); });
document.addEventListener('click', (event) => {
  const all = event.target.closest?.('[data-mark-all]');
  if (!all) return;
  event.preventDefault();
  const form = all.closest('form');
  for (const row of form.querySelectorAll('.marks')) {
    if (!row.querySelector('input:checked')) row.querySelector(`input[value="${all.dataset.markAll}"]`)?.click();
  }
  countMarks(form);
});

// A map's pin lights up its item in the list, and back.
for (const type of ['pointerover', 'focusin']) {
  document.addEventListener(type, (event) => {
    const pin = event.target.closest?.('.pin'), item = event.target.closest?.('.match, .offer');
    document.querySelectorAll('.is-lit').forEach((node) => node.classList.remove('is-lit'));
    const href = pin?.getAttribute('href');
    if (href?.startsWith('#')) document.getElementById(href.slice(1))?.classList.add('is-lit');
    if (item?.id) document.querySelector(`.pin[href="#${CSS.escape(item.id)}"]`)?.classList.add('is-lit');
  });
}

// A table that is wider than its place can be moved with the keyboard, and says what it is.
const tables = new ResizeObserver((seen) => seen.forEach(({ target: wrap }) => {
  const moves = wrap.scrollWidth > wrap.clientWidth, told = { tabindex: '0', role: 'group', 'aria-label': wrap.querySelector('caption')?.textContent.trim() || 'Table' };
  for (const [name, value] of Object.entries(told)) moves ? wrap.setAttribute(name, value) : wrap.removeAttribute(name);
}));
document.querySelectorAll('.tablewrap').forEach((wrap) => tables.observe(wrap));
