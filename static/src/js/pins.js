// A pin that is moved on a map fills the plain field beside it; what is typed there moves the pin.
const STEP = 6;

export const enhance = (box) => {
  const field = document.getElementById(box.dataset.pinFor);
  const svg = box.querySelector('svg'), pin = box.querySelector('.pinmap__pin');
  const { width, height } = svg.viewBox.baseVal;
  const [lat, lon, x0, y0, perLat, perLon] = ['lat', 'lon', 'x', 'y', 'pxLat', 'pxLon'].map((name) => Number(box.dataset[name]));
  let at = { x: x0, y: y0 };
  const draw = () => pin.setAttribute('transform', `translate(${at.x} ${at.y})`);
  const move = (x, y) => {
    at = { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
    draw();
    field.value = `${(lat - (at.y - y0) / perLat).toFixed(5)}, ${(lon + (at.x - x0) / perLon).toFixed(5)}`;
  };
  const follow = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    move(point.x, point.y);
  };
  svg.addEventListener('pointerdown', (event) => { event.preventDefault(); svg.setPointerCapture(event.pointerId); follow(event); pin.focus(); });
  svg.addEventListener('pointermove', (event) => { if (svg.hasPointerCapture(event.pointerId)) follow(event); });
  pin.addEventListener('keydown', (event) => {
    const by = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    move(at.x + by[0], at.y + by[1]);
  });
  field.addEventListener('change', () => {
    const typed = field.value.split(',').map(Number);
    if (typed.length !== 2 || typed.some(Number.isNaN)) return;
    at = { x: x0 + (typed[1] - lon) * perLon, y: y0 - (typed[0] - lat) * perLat };
    draw();
  });
  box.hidden = false;
};
