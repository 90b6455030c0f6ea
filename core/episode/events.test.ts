import { expect, test } from 'vitest';
import { SIZES } from '../tasks/driving/kinds/kinds.ts';
import type { ActorSpec } from '../tasks/driving/world/spec/spec.ts';
import { testParked, testSpec } from '../tasks/driving/world/testing.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import { KINDS } from '../tasks/driving/kinds/kinds.ts';
import { EventDetector } from './events.ts';

/** What the detector tells of a drive straight on, at 10 m/s, into `actors`. */
function told(...actors: ActorSpec[]): string[] {
  const worlds = createWasmWorlds(1);
  const events = new EventDetector();
  worlds.reset(0, testSpec({ ego: { s: 5, lateral: 0, headingErrorRad: 0, speedMps: 10 }, actors }));
  events.observe(worlds.state(0));
  for (let step = 0; step < 80 && !worlds.terminated[0]; step++) {
    worlds.stepControls([0, 0]);
    events.observe(worlds.state(0));
  }
  return events.finish().map(({ text }) => text);
}

test.each([
  ['a cyclist', 'Collision with cyclist A1', KINDS.bicycle.code, SIZES.bicycle],
  ['a pedestrian', 'Collision with pedestrian A1', KINDS.pedestrian.code, SIZES.pedestrian],
  ['an ambulance', 'Collision with emergency vehicle A1', KINDS.emergency.code, SIZES.emergency],
  ['a truck', 'Collision with vehicle A1', KINDS.vehicle.code, SIZES.truck],
  ['a parked car', 'Collision with parked vehicle A1', KINDS.static.code, SIZES.car],
  ['a cone', 'Collision with cone A1', KINDS.static.code, SIZES.cone],
  ['a barrier', 'Collision with barrier A1', KINDS.static.code, SIZES.barrier],
])('a drive into %s says so', (_, sentence, kind, { length, width }) => {
  expect(told(testParked({ s: 40, kind, length, width }))).toContain(sentence);
});

test('who comes out from behind a box is named, with the article that fits', () => {
  const hidden = (kind: number) =>
    told(
      testParked({ id: 'wall', s: 30, lateral: -3, length: 6, width: 2 }),
      testParked({ id: 'behind', s: 38, lateral: -3.2, kind, length: 2, width: 1 }),
    );
  expect(hidden(KINDS.bicycle.code)).toContain('A cyclist appears: A2');
  expect(hidden(KINDS.emergency.code)).toContain('An emergency vehicle appears: A2');
});
