// The browser's key answers Kith: a challenge is fetched, the key signs it, and the form carries the answer.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

function questions(json) {
  const ids = (list) => (list ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));
  const asked = { ...json, challenge: toBytes(json.challenge) };
  if (json.user) asked.user = { ...json.user, id: toBytes(json.user.id) };
  if (json.allowCredentials) asked.allowCredentials = ids(json.allowCredentials);
  if (json.excludeCredentials) asked.excludeCredentials = ids(json.excludeCredentials);
  return asked;
}

function answer(key) {
  const response = {};
  for (const part of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (key.response[part]) response[part] = toText(key.response[part]);
  }
  return { id: key.id, rawId: toText(key.rawId), type: key.type, response, clientExtensionResults: {} };
}

async function run(form, say) {
  const asked = await fetch(form.dataset.ask, { method: 'POST', headers: { 'X-CSRFToken': form.elements.csrf_token.value } });
  if (!asked.ok || !asked.headers.get('Content-Type')?.startsWith('application/json')) {
    say('That did not work just now. Load the page again.');
    return;
  }
  const publicKey = questions(await asked.json());
  try {
    const key = form.dataset.passkey === 'create' ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    form.elements.answer.value = JSON.stringify(answer(key));
  } catch (refusal) {
    say(refusal.name === 'InvalidStateError' ? 'This device has a passkey for Kith already.' : 'No passkey was used. Try once more, or use another way.');
    return;
  }
  form.submit();
}

export function enhance(form) {
  if (location.hostname !== form.dataset.host) return;
  const said = form.querySelector('[data-said]');
  const say = (text) => { said.textContent = text; };
  form.hidden = false;
  document.querySelectorAll('[data-no-passkey]').forEach((node) => { node.hidden = true; });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    say('');
    run(form, say).catch(() => say('That did not work just now. Load the page again.'));
  });
}
