// One build: Sass and JavaScript -> static/dist with content hashes, an icon sprite, the map's outlines, a manifest
// for Flask, and .br and .gz copies beside each text file. Nothing of static/dist is committed.
import { build } from 'esbuild';
import * as sass from 'sass';
import { brotliCompressSync, gzipSync, constants } from 'node:zlib';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(fileURLToPath(import.meta.url));
process.chdir(ROOT);
const SRC = 'static/src';
const FINAL = 'static/dist';
// Built aside and moved in at the end, so that a failed build leaves the running pages whole.
const OUT = `node_modules/.kith-dist-${process.pid}`;
const NM = 'node_modules';
const manifest = { files: {}, icons: [] };

const sassPlugin = {
  name: 'sass',
  setup(b) {
    b.onLoad({ filter: /\.scss$/ }, ({ path: file }) => ({
      contents: sass.compile(file, { loadPaths: [NM], style: 'expanded', quietDeps: true }).css,
      loader: 'css',
      resolveDir: path.dirname(file),
    }));
  },
};

function emit(name, ext, text) {
  const file = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()}.${ext}`;
  fs.writeFileSync(path.join(OUT, file), text);
  manifest.files[`${name}.${ext}`] = file;
}

function icons() {
  const want = JSON.parse(fs.readFileSync(`${SRC}/icons.json`, 'utf8'));
  const symbols = want.map((name) => {
    const file = `${NM}/lucide-static/icons/${name}.svg`;
    if (!fs.existsSync(file)) throw new Error(`${SRC}/icons.json names "${name}", which lucide does not have`);
    const svg = fs.readFileSync(file, 'utf8');
    const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, ' ').replace(/> </g, '><').trim()}</symbol>`;
  });
  manifest.icons = [...want].sort();
  emit('icons', 'svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);
}

// TopoJSON -> plain longitude and latitude.
function decode(topo) {
  const { scale: [sx, sy], translate: [tx, ty] } = topo.transform;
  return topo.arcs.map((arc) => {
    let x = 0, y = 0;
    return arc.map(([dx, dy]) => { x += dx; y += dy; return [+(x * sx + tx).toFixed(5), +(y * sy + ty).toFixed(5)]; });
  });
}
function join(arcs, ids) {
  return ids.flatMap((i, k) => { const arc = i < 0 ? [...arcs[~i]].reverse() : arcs[i]; return k ? arc.slice(1) : arc; });
}
function map() {
  const read = (name) => JSON.parse(fs.readFileSync(`${NM}/vega-datasets/data/${name}`, 'utf8'));
  const boroughs = read('londonBoroughs.json'), boroughArcs = decode(boroughs);
  const tube = read('londonTubeLines.json'), tubeArcs = decode(tube);
  fs.writeFileSync(path.join(OUT, 'map.json'), JSON.stringify({
    credit: 'contains National Statistics and OS data © Crown copyright and database right 2015; tube lines © OpenStreetMap contributors',
    areas: boroughs.objects.boroughs.geometries.map((g) => ({ name: g.id,
      rings: (g.type === 'Polygon' ? [g.arcs] : g.arcs).map((part) => join(boroughArcs, part[0])) })),
    lines: tube.objects.line.geometries.map((g) => ({ name: g.id, points: join(tubeArcs, g.arcs) })),
  }));
}

function compressCopies() {
  for (const name of fs.readdirSync(OUT)) {
    if (!/\.(css|js|svg)$/.test(name)) continue;
    const file = path.join(OUT, name), text = fs.readFileSync(file);
    fs.writeFileSync(`${file}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    fs.writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  }
}

const started = performance.now();
fs.rmSync(OUT, { recursive: true, force: true });
fs.mkdirSync(OUT, { recursive: true });
const result = await build({
  entryPoints: { app: `${SRC}/css/app.scss`, site: `${SRC}/js/site.js`, offline: `${SRC}/js/offline.js`, worker: `${SRC}/js/worker.js` },
  outdir: OUT, entryNames: '[name]-[hash]', assetNames: '[name]-[hash]', chunkNames: '[name]-[hash]',
  bundle: true, minify: true, splitting: true, format: 'esm', metafile: true, legalComments: 'none', logLevel: 'warning',
  target: ['es2022', 'chrome109', 'safari16.4', 'firefox115'], loader: { '.woff2': 'file' }, plugins: [sassPlugin],
});
for (const [file, output] of Object.entries(result.metafile.outputs)) {
  const base = path.basename(file);
  if (output.entryPoint || base.endsWith('.woff2')) manifest.files[base.replace(/-[A-Z0-9]{8}\./, '.')] = base;
}
icons();
map();
emit('favicon', 'svg', fs.readFileSync(`${SRC}/favicon.svg`, 'utf8'));
compressCopies();
fs.writeFileSync(path.join(OUT, 'manifest.json'), JSON.stringify(manifest, null, 1));
const old = `${OUT}-old`;
if (fs.existsSync(FINAL)) fs.renameSync(FINAL, old);
fs.renameSync(OUT, FINAL);
fs.rmSync(old, { recursive: true, force: true });
console.log(`built ${FINAL} in ${Math.round(performance.now() - started)} ms`);
