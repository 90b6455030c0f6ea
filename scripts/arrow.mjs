// Holds the arrow web → workers → core and sim-proxy → core, and core's promise: no DOM, no Node API, no clock, no
// Math.random. Reads import statements as text; tests and benches beside the code may use Node and may reach sideways.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const MAY_IMPORT = {
  core: ['core'],
  workers: ['workers', 'core'],
  web: ['web', 'workers', 'core'],
  'sim-proxy': ['sim-proxy', 'core'],
};
const CORE_PACKAGES = /^(valibot|yaml|fflate|@noble\/hashes|@tensorflow\/tfjs|@valibot\/to-json-schema)/;
const FORBIDDEN_IN_CORE = [
  [/\bMath\.random\b/, 'Math.random (pass a Random)'],
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, 'a clock (pass the time in)'],
  [
    /\b(?:window|navigator|localStorage|indexedDB)\.|\bdocument\.(?:body|cookie|createElement|getElement|querySelector|addEventListener)/,
    'the DOM',
  ],
  [/\bprocess\.(?!env\.CI\b)/, 'Node'],
];

/** Module names in import and export statements, dynamic imports and worker URLs. */
const IMPORTS =
  /(?:^|\n)\s*(?:(?:import|export)\s[^;'"=()]*?\bfrom|import)\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|\bnew URL\(\s*['"]([^'"]+)['"]/g;

/** What one file does against the rules, a sentence each. `path` is relative to the root, with forward slashes. */
export function violations(path, text) {
  const room = path.split('/')[0];
  const allowed = MAY_IMPORT[room];
  if (!allowed || /\.(test|bench)\.tsx?$/.test(path) || path.includes('/testing')) return [];
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
  const found = [];
  for (const [, fixed, dynamic, url] of code.matchAll(IMPORTS)) {
    const spec = fixed ?? dynamic ?? url;
    if (spec.startsWith('.')) {
      const target = relative(root, resolve(root, dirname(path), spec)).split('/')[0];
      if (target === 'public' && room === 'workers') continue;
      if (!allowed.includes(target))
        found.push(`${path} imports ${spec}: ${room} may import only ${allowed.join(', ')}`);
    } else if (room === 'core' && !CORE_PACKAGES.test(spec))
      found.push(`${path} imports ${spec}: not a package core may use`);
  }
  if (room === 'core')
    for (const [pattern, what] of FORBIDDEN_IN_CORE) if (pattern.test(code)) found.push(`${path} uses ${what}`);
  return found;
}

function* sources(folder) {
  for (const name of readdirSync(join(root, folder))) {
    const path = `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) {
      if (!['generated', 'node_modules', 'assembly'].includes(name)) yield* sources(path);
    } else if (/\.tsx?$/.test(name)) yield path;
  }
}

export function checkArrow() {
  return Object.keys(MAY_IMPORT).flatMap((room) =>
    [...sources(room)].flatMap((path) => violations(path, readFileSync(join(root, path), 'utf8'))),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = checkArrow();
  for (const line of found) console.error(line);
  console.log(found.length ? `arrow: ${found.length} violations` : 'arrow: web → workers → core holds');
  process.exit(found.length ? 1 : 0);
}
