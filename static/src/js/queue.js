// Deciding with the keyboard: letters act on the request that has the focus, and only inside the list (WCAG 2.1.4).
const editable = (node) => node.closest('input:not([type=checkbox]), textarea, select, [contenteditable]');
const first = (item) => item.querySelector('[data-tick]') ?? item.querySelector('a, button');

export const start = (list) => {
  const items = () => [...list.querySelectorAll(':scope > li')];
  const go = (item) => { if (item) { first(item).focus(); item.scrollIntoView({ block: 'nearest' }); } };
  list.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || editable(event.target)) return;
    const item = event.target.closest('[data-queue] > li'), all = items(), at = all.indexOf(item), key = event.key.toLowerCase();
    if (key === 'j') go(all[at + 1]);
    else if (key === 'k') go(all[at - 1]);
    else if (key === 'x') item.querySelector('[data-tick]')?.click();
    else if ('adq'.includes(key) && key.length === 1) {
      const target = item.querySelector(`[data-key="${key}"]`);
      if (!target) return;
      if (target.matches('form')) target.requestSubmit(); else target.click();
    } else return;
    event.preventDefault();
  });
  // After a decision the page comes back here: the next request has the focus.
  if (location.hash === '#requests') go(items()[0]);
};
