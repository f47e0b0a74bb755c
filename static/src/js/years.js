// A strip of small pictures becomes one picture that goes through the years, slowly, and stops when asked. Whoever wants less motion
// steps by hand.
const PAUSE = 3600;

export const start = () => document.querySelectorAll('[data-years]').forEach((years) => {
  const pictures = [...years.querySelectorAll('.year')];
  const button = years.querySelector('[data-years-play]');
  const say = years.querySelector('[data-years-say]');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let at = -1, timer = 0;

  const show = (next) => {
    years.classList.add('is-on');
    at = Math.max(0, Math.min(pictures.length - 1, next));
    pictures.forEach((picture, i) => picture.classList.toggle('is-here', i === at));
    const words = [...pictures[at].querySelectorAll('figcaption > *, figure > p')].map((node) => node.textContent.trim());
    say.textContent = `${at + 1} of ${pictures.length}: ${words.join(', ')}`;
  };
  const label = (isPlaying) => {
    button.querySelector('span').textContent = isPlaying ? 'Pause' : 'Play';
    const use = button.querySelector('use');
    use.setAttribute('href', use.getAttribute('href').replace(/#.*$/, isPlaying ? '#pause' : '#play'));
  };
  const stop = () => { clearInterval(timer); timer = 0; label(false); };
  const play = () => {
    show(at < 0 || at === pictures.length - 1 ? 0 : at);
    label(true);
    timer = setInterval(() => { if (at === pictures.length - 1) stop(); else show(at + 1); }, PAUSE);
  };
  button.addEventListener('click', () => (timer ? stop() : play()));
  still.addEventListener('change', () => still.matches && stop());
  years.querySelectorAll('[data-years-step]').forEach((step) => step.addEventListener('click', () => {
    stop();
    show(at < 0 ? pictures.length - 1 + Math.min(0, Number(step.dataset.yearsStep)) : at + Number(step.dataset.yearsStep));
  }));
  addEventListener('beforeprint', () => { stop(); years.classList.remove('is-on'); at = -1; });
});
