// Writes e2e/fixtures/town/town.xodr, a small town of our own for tests: a street from west to east between two junctions of three arms,
// the western with traffic lights, the eastern with a yield sign, and two loops from one to the other, north and south of the street, with
// bends. x is east, y north; one lane of 4 m each way, and pavements. `node scripts/testing/town.mjs` writes it anew.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup.mjs';

const LANE_M = 4;
const PAVEMENT_M = 2;
/** From the middle of a junction to the ends of its arms, which is the radius of its turns, too. */
const REACH_M = 12;
/** Between the middles of the two junctions. */
const STREET_M = 360;
/** From the street to the far side of a loop, and radius of the loop's bends. */
const LOOP_M = 200;
const BEND_M = 40;
const [EAST, NORTH, WEST, SOUTH] = [0, Math.PI / 2, Math.PI, -Math.PI / 2];

const element = (name, values, ...content) => {
  const written = (value) => (typeof value === 'number' ? String(Number(value.toFixed(12))) : value);
  const attributes = Object.entries(values).map(([key, value]) => ` ${key}="${written(value)}"`);
  const open = `<${name}${attributes.join('')}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join('')}</${name}>`;
};

const straight = (length) => ({ length, curvature: 0 });
/** A quarter of a circle, 1 to the left, -1 to the right. */
const bend = (side, radius) => ({ length: (Math.PI / 2) * radius, curvature: side / radius });

/** Stretches laid end to end from a pose. */
function planView({ x, y, heading }, stretches) {
  let s = 0;
  const pieces = stretches.map(({ length, curvature }) => {
    const at = { s, x, y, hdg: heading, length };
    const end = heading + length * curvature;
    x += curvature === 0 ? length * Math.cos(heading) : (Math.sin(end) - Math.sin(heading)) / curvature;
    y += curvature === 0 ? length * Math.sin(heading) : (Math.cos(heading) - Math.cos(end)) / curvature;
    heading = end;
    s += length;
    return element('geometry', at, curvature === 0 ? '<line/>' : element('arc', { curvature }));
  });
  return element('planView', {}, ...pieces);
}

/** A lane with what it comes from and leads to; -1 and 1 are driven, -2 and 2 walked. */
function lane(id, from, to) {
  const driven = Math.abs(id) === 1;
  const linked = [from && element('predecessor', { id: from }), to && element('successor', { id: to })].filter(Boolean);
  return element(
    'lane',
    { id, type: driven ? 'driving' : 'sidewalk', level: 'false' },
    ...(linked.length > 0 ? [element('link', {}, ...linked)] : []),
    element('width', { sOffset: 0, a: driven ? LANE_M : PAVEMENT_M, b: 0, c: 0, d: 0 }),
    element('roadMark', { sOffset: 0, type: driven ? 'solid' : 'none', color: 'white', width: 0.12 }),
  );
}
const centre = (type) =>
  element(
    'center',
    {},
    element('lane', { id: 0, type: 'none' }, element('roadMark', { sOffset: 0, type, color: 'white', width: 0.12 })),
  );

/** Ends of roads are [road or junction, its id, its end]. */
const linkTo = (which, [elementType, elementId, contactPoint]) =>
  element(which, { elementType, elementId, ...(contactPoint && { contactPoint }) });
const lengthOf = (stretches) => stretches.reduce((sum, { length }) => sum + length, 0);

function road({ id, junction = -1, from, to, start, stretches, lanes, objects = [], signals = [] }) {
  return element(
    'road',
    { name: `road ${id}`, length: lengthOf(stretches), id, junction },
    element('link', {}, linkTo('predecessor', from), linkTo('successor', to)),
    element('type', { s: 0, type: 'town' }, element('speed', { max: 30, unit: 'mph' })),
    planView(start, stretches),
    element('lanes', {}, element('laneSection', { s: 0 }, ...lanes)),
    element('objects', {}, ...objects),
    element('signals', {}, ...signals),
  );
}

/** A road both ways. Where it goes on as another road its lanes do, too. */
function twoWays(values) {
  const ids = (way) => (way[0] === 'road' ? (id) => id : () => undefined);
  const [from, to] = [ids(values.from), ids(values.to)];
  const side = (name, all) => element(name, {}, ...all.map((id) => lane(id, from(id), to(id))));
  return road({ ...values, lanes: [side('left', [2, 1]), centre('broken'), side('right', [-1, -2])] });
}

const sign = (id, type, name, s, t, orientation) =>
  element('signal', {
    name,
    id,
    s,
    t,
    zOffset: 2,
    orientation,
    dynamic: type === '1000001' ? 'yes' : 'no',
    country: 'OpenDRIVE',
    type,
    subtype: '-1',
    value: -1,
  });
/** A zebra crossing over both lanes. */
function zebra(id, s) {
  const corners = [
    [s - 1.5, -LANE_M],
    [s + 1.5, -LANE_M],
    [s + 1.5, LANE_M],
    [s - 1.5, LANE_M],
  ].map(([along, t]) => element('cornerRoad', { s: along, t, dz: 0, height: 0 }));
  const place = {
    id,
    type: 'crosswalk',
    name: 'zebra',
    s,
    t: 0,
    zOffset: 0,
    hdg: 0,
    orientation: 'none',
    length: 3,
    width: 2 * LANE_M,
  };
  return element('object', place, element('outline', {}, ...corners));
}

/** Arms are [road, its end here, heading away from the middle]: every arm leads to both others. */
function junction(id, x, y, arms, controllers = []) {
  const ways = arms.flatMap((into) => arms.filter((arm) => arm !== into).map((out) => [into, out]));
  const roads = ways.map(([[incoming, end, away], [outgoing, far, heading]], i) => {
    const turn = Math.round(Math.sin(heading - away - Math.PI));
    return road({
      id: id + 1 + i,
      junction: id,
      from: ['road', incoming, end],
      to: ['road', outgoing, far],
      start: { x: x + REACH_M * Math.cos(away), y: y + REACH_M * Math.sin(away), heading: away + Math.PI },
      stretches: [turn === 0 ? straight(2 * REACH_M) : bend(turn, REACH_M)],
      lanes: [centre('none'), element('right', {}, lane(-1, end === 'end' ? -1 : 1, far === 'start' ? -1 : 1))],
    });
  });
  const connections = ways.map(([[incomingRoad, end]], i) =>
    element(
      'connection',
      { id: i, incomingRoad, connectingRoad: id + 1 + i, contactPoint: 'start' },
      element('laneLink', { from: end === 'end' ? -1 : 1, to: -1 }),
    ),
  );
  const all = controllers.map((controller) => element('controller', { id: controller, type: '0' }));
  return { roads, junction: element('junction', { id, name: `junction ${id}` }, ...connections, ...all) };
}

/** The three roads of a loop, from the western junction to the eastern; `side` 1 is north, and the first has a light. */
function loop(side, [first, second, third], light) {
  const away = side * NORTH;
  const arm = LOOP_M - BEND_M - REACH_M;
  const far = side * (LOOP_M - BEND_M);
  const across = [bend(-side, BEND_M), straight(STREET_M - 2 * BEND_M), bend(-side, BEND_M)];
  return [
    twoWays({
      id: first,
      from: ['junction', 100],
      to: ['road', second, 'start'],
      start: { x: 0, y: side * REACH_M, heading: away },
      stretches: [straight(arm)],
      signals: [light],
    }),
    twoWays({
      id: second,
      from: ['road', first, 'end'],
      to: ['road', third, 'start'],
      start: { x: 0, y: far, heading: away },
      stretches: across,
      objects: [zebra(`zebra${second}`, 200)],
    }),
    twoWays({
      id: third,
      from: ['road', second, 'end'],
      to: ['junction', 200],
      start: { x: STREET_M, y: far, heading: -away },
      stretches: [straight(arm)],
    }),
  ];
}

/** The town as OpenDRIVE text. */
export function testingTown() {
  const light = (id) => sign(id, '1000001', 'light', 0.5, LANE_M + 1, '-');
  const west = junction(
    100,
    0,
    0,
    [
      [4, 'start', EAST],
      [1, 'start', NORTH],
      [5, 'start', SOUTH],
    ],
    ['c1', 'c2'],
  );
  const east = junction(200, STREET_M, 0, [
    [4, 'end', WEST],
    [3, 'end', NORTH],
    [7, 'end', SOUTH],
  ]);
  const street = twoWays({
    id: 4,
    from: ['junction', 100],
    to: ['junction', 200],
    start: { x: REACH_M, y: 0, heading: EAST },
    stretches: [straight(STREET_M - 2 * REACH_M)],
    objects: [zebra('zebra4', 300)],
    signals: [light('light4'), sign('yield4', '205', 'yield', STREET_M - 2 * REACH_M - 0.5, -LANE_M - 1, '+')],
  });
  const controls = (id, ...lights) =>
    element(
      'controller',
      { id, name: id, sequence: 0 },
      ...lights.map((signalId) => element('control', { signalId, type: '0' })),
    );
  const parts = [
    element('header', {
      revMajor: 1,
      revMinor: 4,
      name: 'testing town',
      version: '1',
      vendor: 'Traceway',
      north: LOOP_M + 10,
      south: -LOOP_M - 10,
      east: STREET_M + 10,
      west: -10,
    }),
    street,
    ...loop(1, [1, 2, 3], light('light1')),
    ...loop(-1, [5, 6, 7], light('light5')),
    ...west.roads,
    ...east.roads,
    controls('c1', 'light4'),
    controls('c2', 'light1', 'light5'),
    west.junction,
    east.junction,
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<OpenDRIVE>\n${parts.join('\n')}\n</OpenDRIVE>\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(join(root, 'e2e/fixtures/town/town.xodr'), testingTown());
