// Holds the walls between rooms (rooms.mjs) with dependency-cruiser: no import upwards, no import against the arrow
// web → workers → core ← sim-proxy, no circles, no package in core that it may not use. Types count as imports. Tests, benches and
// `testing` files beside the code may reach sideways. `npm test -- walls`.
import { pathToFileURL } from 'node:url';
import { cruise } from 'dependency-cruiser';
import { ARROW, ROOMS, WINGS } from './rooms.mjs';
import { root } from './setup.mjs';

const TEST = String.raw`(\.(test|bench)\.tsx?$|/testing)`;
const GENERATED = '/generated/';
const CORE_PACKAGES =
  '^node_modules/(valibot|yaml|fflate|@noble/hashes|@tensorflow/tfjs|@valibot/to-json-schema)|^node_modules/@webgpu/types';

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const anyOf = (folders) => `^(${folders.map(escaped).join('|')})/`;

/** Matches the files of `room` but not those of rooms inside it. */
function filesOf(room, rooms) {
  const inner = rooms.filter((other) => other.startsWith(`${room}/`)).map((other) => other.slice(room.length + 1));
  return `^${escaped(room)}/${inner.length ? `(?!(${inner.map(escaped).join('|')})/)` : ''}`;
}

/** One rule a room: nothing of the floors above it. */
const floorRules = (rooms) =>
  rooms.slice(0, -1).map((room, floor) => ({
    name: `${room} knows nothing of the floors above it`,
    severity: 'error',
    from: { path: filesOf(room, rooms), pathNot: [TEST, GENERATED] },
    to: { path: rooms.slice(floor + 1).map((above) => filesOf(above, rooms)) },
  }));

const arrowRules = Object.entries(ARROW).map(([wing, allowed]) => ({
  name: `${wing} imports only ${allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^${wing}/`, pathNot: [TEST, GENERATED] },
  to: { path: anyOf(Object.keys(ARROW).filter((other) => !allowed.includes(other))) },
}));

const ALL = [...ROOMS, ...Object.values(WINGS).flat()];

const RULES = [
  ...arrowRules,
  ...floorRules(ROOMS),
  ...Object.values(WINGS).flatMap(floorRules),
  { name: 'no circles', severity: 'error', from: { pathNot: [TEST, GENERATED] }, to: { circular: true } },
  {
    name: 'every file stands in a room',
    severity: 'error',
    from: { path: anyOf(Object.keys(ARROW)), pathNot: [TEST, GENERATED, ...ALL.map((room) => filesOf(room, ALL))] },
    to: {},
  },
  {
    name: 'core uses only packages that run everywhere',
    severity: 'error',
    from: { path: '^core/', pathNot: [TEST] },
    to: { dependencyTypesNot: ['local'], pathNot: ['^(core|public)/', CORE_PACKAGES] },
  },
];

/** What the files under `folders` of `baseDir` do against the rules, a sentence each. */
export async function wallViolations(folders = Object.keys(ARROW), baseDir = root) {
  const { output } = await cruise(
    folders,
    {
      baseDir,
      ruleSet: { forbidden: RULES },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules|/generated/' },
      exclude: { path: 'core/kernels/assembly' },
      detectJSDocImports: false,
    },
    { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
  );
  return output.summary.violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ rule, from, to, cycle }) =>
      cycle
        ? `${from} imports itself over ${cycle.map(({ name }) => name).join(' → ')}`
        : `${from} imports ${to}: ${rule.name}`,
    );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = await wallViolations();
  for (const line of found) console.error(line);
  console.log(found.length ? `walls: ${found.length} violations` : 'walls: every import goes down or along its floor');
  process.exit(found.length ? 1 : 0);
}
