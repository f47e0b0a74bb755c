// Registers where there is no signal. The phone keeps today's registers and what was tapped, encrypted under a key that only this
// browser has and that goes at sign-out. A tap is kept before it is sent, so that nothing acknowledged is lost.
const DB = 'kith-registers';
const owner = document.body.dataset.keeps || '';
const page = document.querySelector('[data-offline-page]');
const here = location.pathname.match(/^\/sessions\/([0-9a-f-]{36})\/register$/)?.[1];
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(new Date());

// ---- the store: rows of { id, owner, iv, data }
const asked = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = () => fail(request.error); });
let opened;
const open = () => (opened ??= (async () => {
  const request = indexedDB.open(DB, 1);
  request.onupgradeneeded = () => { for (const name of ['keys', 'days', 'taps']) request.result.createObjectStore(name, { keyPath: 'id' }); };
  const db = await asked(request);
  db.onversionchange = () => db.close();
  return db;
})());
const run = async (store, mode, verb) => {
  const transaction = (await open()).transaction(store, mode);
  const written = mode === 'readonly' ? null : new Promise((done, fail) => { transaction.oncomplete = done; transaction.onabort = () => fail(transaction.error); });
  const result = await asked(verb(transaction.objectStore(store)));
  await written;
  return result;
};
const all = (store) => run(store, 'readonly', (s) => s.getAll());
const put = (store, row) => run(store, 'readwrite', (s) => s.put(row));
const drop = (store, id) => run(store, 'readwrite', (s) => s.delete(id));

// Two tabs that begin at once agree on one key: it is made first, and kept only if there is none, in one transaction.
const keyOf = async (who) => {
  const kept = await run('keys', 'readonly', (s) => s.get(who));
  if (kept) return kept.key;
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const transaction = (await open()).transaction('keys', 'readwrite'), keys = transaction.objectStore('keys');
  const written = new Promise((done, fail) => { transaction.oncomplete = done; transaction.onabort = () => fail(transaction.error); });
  const first = await asked(keys.get(who));
  if (!first) await asked(keys.put({ id: who, key }));
  await written;
  return first?.key ?? key;
};
const seal = async (store, id, who, content) => {
  const iv = crypto.getRandomValues(new Uint8Array(12)), bytes = new TextEncoder().encode(JSON.stringify(content));
  await put(store, { id, owner: who, iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(who), bytes) });
};
const unseal = async (row) => {
  const bytes = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv }, await keyOf(row.owner), row.data);
  return JSON.parse(new TextDecoder().decode(bytes));
};
const wipe = async () => {
  (await open()).close();
  opened = undefined;
  await asked(indexedDB.deleteDatabase(DB));
};

// ---- what is kept
const readDay = async (who) => {
  for (const row of await all('days')) {
    const day = row.owner === who || !who ? await unseal(row).catch(() => null) : null;
    if (day?.day === today()) return day;
    await drop('days', row.id);  // of another day, or of somebody else
  }
  return null;
};
const tapsOf = async (who) => {
  const rows = (await all('taps')).filter((row) => row.owner === who);
  return Promise.all(rows.map(async (row) => ({ id: row.id, ...(await unseal(row)) })));
};
const keepTap = (who, tap) => seal('taps', `${tap.session} ${tap.child}`, who, tap);

// ---- sending
const post = (url, body, csrf) => fetch(url, { method: 'POST', body, headers: { 'X-CSRFToken': csrf }, signal: AbortSignal.timeout(15000) });
const fetchDay = async () => {
  const answer = await fetch('/registers/today.json', { signal: AbortSignal.timeout(8000), redirect: 'manual', cache: 'no-store' });
  if (answer.type === 'opaqueredirect') return null;  // signed out meanwhile
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};
const formOf = (taps) => {
  const form = new FormData();
  form.append('tapped_at', taps[0].at);
  for (const tap of taps) {
    form.append(`mark-${tap.child}`, tap.kind);
    form.append(`key-${tap.child}`, tap.key);
    form.append(`seen-${tap.child}`, String(tap.seen));
    form.append(`note-${tap.child}`, tap.note);
    if (tap.late) form.append(`late-${tap.child}`, 'yes');
  }
  return form;
};
const settle = async (who, tap, found) => {
  const now = (await tapsOf(who)).find((kept) => kept.id === tap.id);
  if (!now) return;
  if (now.key !== tap.key) {  // tapped again while this was under way: it follows on what stands now
    if (found.outcome === 'saved' || found.outcome === 'same') await keepTap(who, { ...now, id: undefined, seen: found.revision });
  } else if (found.outcome === 'refused') await keepTap(who, { ...now, id: undefined, why: found.why });
  else await drop('taps', tap.id);
};
let sending;
const send = (who) => (sending ??= (async () => {
  const told = { saved: 0, disagrees: 0 };
  try {
    const waiting = (await tapsOf(who)).filter((tap) => !tap.why && !tap.held);
    if (!waiting.length) return told;
    const day = await fetchDay();
    if (!day || day.owner !== who) return told;
    for (const session of new Set(waiting.map((tap) => tap.session))) {
      const taps = waiting.filter((tap) => tap.session === session);
      const answer = await post(`/sessions/${session}/register/send`, formOf(taps), day.csrf);
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok && !said.refused) throw new Error(String(answer.status));
      for (const tap of taps) {
        const found = said.refused ? (answer.status === 503 ? null : { outcome: 'refused', why: said.refused }) : said.children?.[tap.child];
        if (!found) continue;
        await settle(who, tap, found);
        if (found.outcome in told) told[found.outcome] += 1;
      }
    }
  } catch { /* no signal yet: it stays kept */ } finally { sending = undefined; }
  return told;
})());

// ---- what is said
const bar = document.createElement('div');
bar.className = 'unsent';
bar.setAttribute('role', 'status');
bar.hidden = true;
const marks = (n) => `${n} ${n === 1 ? 'mark' : 'marks'}`;
const say = async (who, told) => {
  const taps = (await tapsOf(who)).filter((tap) => !tap.held), stuck = taps.filter((tap) => tap.why), waiting = taps.length - stuck.length;
  const words = [];
  if (waiting) words.push(`${marks(waiting)} kept on this phone and not sent yet. Sent by itself when there is a signal.`);
  if (stuck.length) words.push(`${marks(stuck.length)} could not be saved: ${[...new Set(stuck.map((tap) => tap.why))].join(' ')}`);
  if (told?.saved && !taps.length) words.push(`${marks(told.saved)} sent. Everything you marked is saved.`);
  if (told?.disagrees) words.push(`Another screen says something else about ${told.disagrees === 1 ? 'one child' : `${told.disagrees} children`}: the Link Worker is asked which is right.`);
  bar.hidden = !words.length;
  bar.classList.toggle('unsent--now', taps.length > 0);
  bar.replaceChildren(...words.map((text) => Object.assign(document.createElement('p'), { textContent: text })));
  const button = (text, verb) => { const b = Object.assign(document.createElement('button'), { textContent: text, className: 'btn btn--line', type: 'button' }); b.addEventListener('click', verb); bar.append(b); };
  if (waiting) button('Send now', async () => { await sending; await flush(who); });  // one that began without a signal may still be waiting
  if (stuck.length) button('Forget what could not be saved', async () => { for (const tap of stuck) await drop('taps', tap.id); await say(who); });
  return taps.length;
};
const flush = async (who) => {
  const told = await send(who);
  await say(who, told);
  if (told.saved + told.disagrees && page) location.reload();
  return told;
};

// ---- a register on screen
const read = (form, session, seenOf) => [...form.querySelectorAll('.marks input:checked')].map((input) => {
  const child = input.name.slice(5), note = form.querySelector(`[name="note-${child}"]`), late = form.querySelector(`[name="late-${child}"]`);
  return {
    session, child, kind: input.value, note: note?.value.trim() ?? '', late: input.value === 'absent_told' && !!late?.checked,
    seen: seenOf(child, form), key: crypto.randomUUID(), at: new Date().toISOString(), changed: !input.disabled && !input.closest('fieldset')?.disabled,
  };
}).filter((tap) => tap.changed);
const differs = (tap, form) => {
  const first = form.querySelector(`[name="mark-${tap.child}"][checked]`)?.value ?? '';
  const note = form.querySelector(`[name="note-${tap.child}"]`)?.defaultValue.trim() ?? '', late = !!form.querySelector(`[name="late-${tap.child}"]`)?.defaultChecked;
  return tap.kind !== first || tap.note !== note || tap.late !== (tap.kind === 'absent_told' && late);
};
const reachable = async () => {
  if (!navigator.onLine) return false;
  try { return (await fetch('/health', { signal: AbortSignal.timeout(4000), cache: 'no-store' })).ok; } catch { return false; }
};
const seenOnPage = (child, form) => Number(form.querySelector(`[name="seen-${child}"]`)?.value ?? 0);

// The register as the server drew it: kept first, then sent as ever; without a signal it stays kept.
const takeOver = (form, who) => form.addEventListener('submit', async (event) => {
  if (form.dataset.going) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const taps = read(form, here, seenOnPage).filter((tap) => differs(tap, form));
  for (const tap of taps) await keepTap(who, { ...tap, held: true });
  if (await reachable()) { form.dataset.going = '1'; form.submit(); return; }
  for (const tap of taps) await keepTap(who, { ...tap, held: false });
  await say(who);
  bar.scrollIntoView({ block: 'nearest' });
}, true);

// The server has answered about this register: what it shows was taken, or is on screen to be decided.
const letGo = async (who, form) => {
  const isError = !!document.querySelector('.govuk-error-summary');
  for (const tap of await tapsOf(who)) {
    if (!tap.held) continue;
    const shown = tap.session === here && form ? form.querySelector(`[name="mark-${tap.child}"][checked]`)?.value : undefined;
    if (tap.session === here && (isError || shown === tap.kind)) await drop('taps', tap.id);
    else await keepTap(who, { ...tap, id: undefined, held: false });
  }
};

const drawList = (day) => {
  const list = page.querySelector('[data-sessions]'), at = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeStyle: 'short' });
  for (const one of day.sessions) {
    const item = document.createElement('li'), link = document.createElement('a');
    link.href = `/sessions/${one.id}/register`;
    link.textContent = `${at.format(new Date(one.starts))} ${one.title}, ${one.children.length} expected`;
    item.append(link);
    list.append(item);
  }
};
const drawRegister = async (session, who) => {
  const rows = page.querySelector('[data-rows]'), model = page.querySelector('template[data-row]').innerHTML, form = page.querySelector('form.reg');
  const kept = new Map((await tapsOf(who)).filter((tap) => tap.session === session.id).map((tap) => [tap.child, tap]));
  page.querySelector('[data-part=register] h1').textContent = session.title;
  page.querySelector('[data-count]').textContent = `${session.children.length} ${session.children.length === 1 ? 'child' : 'children'}`;
  for (const child of session.children) {
    const box = document.createElement('ul');
    box.innerHTML = model.replaceAll('CHILD', child.id);
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.trim() === 'II') node.data = child.initials; else if (node.data.includes('NAME')) node.data = node.data.replaceAll('NAME', child.name);
    }
    if (!child.first) box.querySelector('legend small')?.remove();
    const tap = kept.get(child.id), kind = tap?.kind ?? child.mark, note = box.querySelector('textarea'), late = box.querySelector('[type=checkbox]');
    const input = kind && box.querySelector(`input[value="${kind}"]`);
    if (input) { input.checked = true; if (child.mark === kind) input.setAttribute('checked', ''); }
    note.defaultValue = child.note;
    note.value = tap?.note ?? child.note;
    late.defaultChecked = child.late;
    late.checked = tap?.late ?? child.late;
    if (note.value) box.querySelector('details').open = true;
    if (child.locked) box.querySelector('fieldset').disabled = true;
    rows.append(box.firstElementChild);
  }
  const seen = new Map(session.children.map((child) => [child.id, child.seen]));
  const count = () => { form.querySelector('[data-marked]').textContent = `${form.querySelectorAll('.marks input:checked').length} of ${session.children.length} marked`; };
  count();
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const tap of read(form, session.id, (child) => seen.get(child) ?? 0)) if (differs(tap, form)) await keepTap(who, { ...tap, held: false });
    await say(who);
    bar.scrollIntoView({ block: 'nearest' });
    flush(who);
  }, true);
};
const drawShell = async () => {
  const who = (await all('days'))[0]?.owner ?? '', day = await readDay('');
  page.querySelectorAll('[data-again]').forEach((button) => button.addEventListener('click', () => location.reload()));
  const session = day?.sessions.find((one) => one.id === here);
  const part = session ? 'register' : day ? 'list' : 'none';
  if (session) await drawRegister(session, who);
  else if (day) drawList(day);
  for (const node of page.querySelectorAll('[data-part]')) node.hidden = node.dataset.part !== part;
  page.dataset.ready = part;
  return who;
};

// ---- signing out takes the key along
const onSignOut = (form, who) => form.addEventListener('submit', async (event) => {
  if (form.dataset.going) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if ((await tapsOf(who)).length) await send(who);
  const left = (await tapsOf(who)).length;
  if (left && !confirm(`${marks(left)} on this phone could not be sent. If you sign out now, they are lost. Sign out?`)) { await say(who); return; }
  await wipe();
  form.dataset.going = '1';
  form.submit();
}, true);

const start = async () => {
  document.querySelector('.main__in')?.prepend(bar);
  const who = page ? await drawShell() : owner;
  if (!who) return;
  if (!page) {
    navigator.serviceWorker.register('/sw.js').then((found) => found.active?.postMessage('fresh')).catch(() => {});
    const form = here ? document.querySelector('form.reg') : null;
    await letGo(who, form);
    if (form) takeOver(form, who);
    document.querySelectorAll('form[action$="/sign-out"]').forEach((one) => onSignOut(one, who));
    const shows = here || ['/', '/registers'].includes(location.pathname);
    if (shows) fetchDay().then(async (day) => {
      await readDay(who);
      if (day?.owner === who) await seal('days', 'today', who, { day: day.day, sessions: day.sessions });
      document.documentElement.dataset.kept = day?.day ?? '';
    }).catch(() => {});
  } else for (const tap of await tapsOf(who)) if (tap.held) await keepTap(who, { ...tap, id: undefined, held: false });
  await say(who);
  await flush(who);
  addEventListener('online', () => flush(who));
  setInterval(() => { if (!bar.hidden && document.visibilityState === 'visible') flush(who); }, 30000);
};

// Signed out somewhere else or idle too long: the names go; taps that were not sent wait, encrypted, for the same person.
const leave = async () => {
  if (!(await indexedDB.databases?.())?.some((known) => known.name === DB)) return;
  for (const row of await all('days')) await drop('days', row.id);
  const waiting = (await all('taps')).length;
  if (!waiting) return;
  document.querySelector('.main__in')?.prepend(bar);
  bar.replaceChildren(Object.assign(document.createElement('p'), { textContent: `${marks(waiting)} kept on this phone and not sent yet. Sign in, and they are sent.` }));
  bar.hidden = false;
};

if (window.isSecureContext && 'serviceWorker' in navigator && crypto.subtle) (owner || page ? start() : leave()).catch((error) => console.warn('registers on this phone:', error));
