// The rooms of the house and the floor each stands on: a room may import from its own floor and from those listed before it, never
// from one listed after. Paths are folders; the longest that fits is a file's room. `npm test -- walls` holds it (walls.mjs), and
// ARCHITECTURE.md shows it.
const within = (folder, names) => names.map((name) => (name === '.' ? folder : `${folder}/${name}`));

/** From the ground up. */
export const ROOMS = [
  ...within('core', ['base', 'abi', 'kernels', 'models', 'models/engines', 'task', 'words']),
  ...within('core/tasks/driving', [
    'roads/opendrive',
    'roads',
    'roads/map',
    'roads/pieces',
    'roads/routes',
    'roads/drawing',
    'roads/survey',
    'kinds',
    'observe',
    'world/spec',
    'scenario/format',
    'scenario/instantiate',
    'scenario',
    'peers',
    'world',
    'expert',
    'words',
    'policy',
    'scores',
    '.',
  ]),
  ...within('core', [
    'tasks/blocksworld',
    'episode',
    'evaluate',
    'tasks',
    'learn/run',
    'learn',
    'io/logs',
    'io/recordings',
    'io/openscenario',
    'io/importers',
  ]),
];

/** Rooms above core, from the ground up in each wing; wings do not know each other. */
export const WINGS = {
  workers: within('workers', [
    'generated',
    'contracts',
    '.',
    'storage',
    'shipped',
    'engines',
    'rollout',
    'lab',
    'live',
    'proxy',
    'evaluate',
    'train',
  ]),
  web: within('web', ['styles', 'stores', 'viewer', 'ui', 'shown', 'commands', 'panels', '.']),
  'sim-proxy': within('sim-proxy', [
    'generated',
    'node',
    'carla/client',
    'carla/testing',
    'carla/hero',
    'carla/stage',
    'carla/drive',
    'feed',
    'sources',
    'sources/push',
    'server',
    'sources/embedded',
    'sources/carla',
    'results',
    'cli',
  ]),
};

/** What each wing may import of the others. */
export const ARROW = {
  core: ['core'],
  workers: ['workers', 'core'],
  web: ['web', 'workers', 'core'],
  'sim-proxy': ['sim-proxy', 'core'],
};
