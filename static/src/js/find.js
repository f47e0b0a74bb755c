// Suggestions under the search box (the combobox pattern), and telling Kith of a search that was left standing and found nothing.
// The list itself comes with the results; without this file the form works as a form.
const input = document.getElementById('q'), list = document.getElementById('suggestions');
let active = -1, wanted = false;

// It is a combobox only where something opens it.
for (const [name, value] of Object.entries({
  role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'suggestions', 'aria-autocomplete': 'list',
})) input.setAttribute(name, value);

const options = () => [...list.querySelectorAll('[role=option]')];

const show = (open) => {
  const can = open && options().length > 0;
  list.hidden = !can;
  input.setAttribute('aria-expanded', String(can));
  if (!can) choose(-1);
};

const choose = (index) => {
  active = index;
  options().forEach((option, i) => option.setAttribute('aria-selected', String(i === index)));
  const option = options()[index];
  if (option) {
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else input.removeAttribute('aria-activedescendant');
};

const go = (option) => { show(false); location.assign(option.dataset.href); };

input.addEventListener('input', () => { wanted = true; choose(-1); if (!input.value.trim()) show(false); });
input.addEventListener('keydown', (event) => {
  const open = !list.hidden, count = options().length;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    if (!count) return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    if (!open) { show(true); choose(step > 0 ? 0 : count - 1); return; }
    const next = active + step;
    choose(next >= count || next < -1 ? -1 : next === -1 && step > 0 ? 0 : next < 0 ? (active === 0 ? -1 : count - 1) : next);
  } else if (event.key === 'Enter' && open && active >= 0) {
    event.preventDefault();
    go(options()[active]);
  } else if (event.key === 'Escape' && open) {
    event.preventDefault();
    event.stopPropagation();
    wanted = false;
    show(false);
  } else if (event.key === 'Tab' || event.key === 'Enter') { wanted = false; show(false); }
});
input.addEventListener('blur', () => show(false));
list.addEventListener('pointerdown', (event) => event.preventDefault());
list.addEventListener('click', (event) => { const option = event.target.closest('[role=option]'); if (option) go(option); });
new MutationObserver(() => { choose(-1); show(wanted && document.activeElement === input && input.value.trim() !== ''); }).observe(list, { childList: true });

// Two and a half seconds without another letter: this is what was looked for.
let settled;
const results = document.getElementById('results');
const watch = () => {
  clearTimeout(settled);
  const mark = results.querySelector('[data-settled]');
  if (!mark) return;
  const { settled: url, token } = mark.dataset;
  settled = setTimeout(() => fetch(url, { method: 'POST', headers: { 'X-CSRFToken': token } }), 2500);
};
input.addEventListener('input', () => clearTimeout(settled));
new MutationObserver(watch).observe(results, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-settled'] });
