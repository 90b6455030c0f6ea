/** What CARLA's frames say of the hero, against figures worked out by hand. */
import { expect, test } from 'vitest';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import type { ActorFrame, ActorInfo, CarlaFrame } from '../../carla/client/frames.ts';
import type { TrafficLightState } from '../../carla/client/types.ts';
import { CarlaEgo, egoJson } from './ego.ts';
import { heroOf } from './frames.ts';

const lane = (id: number, mark: string) =>
  `<lane id="${id}" type="driving"><width sOffset="0" a="4" b="0" c="0" d="0"/><roadMark sOffset="0" type="${mark}"/></lane>`;
/** 200 m along +x: a lane each way, a light at 100 m for the right one, a speed limit of 10 m/s. */
const MAP = openRoadMap(
  'light',
  `<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="3" length="200"><type s="0" type="town"><speed max="10"/></type><planView>
  <geometry s="0" x="0" y="0" hdg="0" length="200"><line/></geometry></planView><lanes><laneSection s="0"><left>${lane(1, 'solid')}</left>
  <center><lane id="0"><roadMark sOffset="0" type="broken" color="yellow"/></lane></center><right>${lane(-1, 'solid')}</right></laneSection>
  </lanes><signals><signal id="L1" s="100" t="-5" dynamic="yes" orientation="+" type="1000001" subtype="-1"/></signals></road></OpenDRIVE>`,
);

const NONE = { x: 0, y: 0, z: 0 };
function actor(id: number, kind: ActorInfo['kind'], role: string, x: number, y: number, speed: number): ActorFrame {
  const half = { x: 2, y: 1, z: 0.75 };
  const info = { id, kind, blueprint: `${kind}.x.y`, role, parentId: 0, box: { centre: NONE, halfSize: half } };
  const pose = { x, y, z: 0, headingRad: 0, pitchRad: 0, rollRad: 0 };
  const still = { acceleration: NONE, angularVelocity: NONE };
  const pedals = { throttle: 0.5, steer: 0.1, brake: 0, handBrake: false, reverse: false, gear: 1 };
  const vehicle = kind === 'vehicle' && { vehicle: { ...pedals, speedLimitMps: 10, light: null } };
  return { ...pose, ...still, ...vehicle, id, info, velocity: { x: speed, y: 0, z: 0 } };
}
const light = (state: TrafficLightState): ActorFrame => {
  const post = actor(9, 'traffic-light', '', 100, -5, 0);
  const times = { greenS: 1, yellowS: 1, redS: 1 };
  return { ...post, light: { signId: 'L1', state, frozen: false, elapsedS: 0, times } };
};
const frame = (...actors: ActorFrame[]): CarlaFrame => ({
  frame: 1,
  timeS: 0,
  deltaS: 0.05,
  episodeId: '1',
  actors,
});
const hero = (x: number, y = -2, speed = 10) => actor(1, 'vehicle', 'hero', x, y, speed);
const look = (ego: CarlaEgo, ...actors: ActorFrame[]) => {
  const now = frame(...actors);
  return ego.look(now, heroOf(now));
};

test('without a map there is the time to collision, and nothing of lanes; without a hero there is nothing', () => {
  const ego = new CarlaEgo();
  const view = look(ego, hero(10), actor(2, 'vehicle', 'autopilot', 40, -2, 4));
  // 26 m between bumpers at 6 m/s.
  expect(view?.timeToCollisionS).toBeCloseTo(26 / 6, 9);
  expect([view?.throttle, view?.lane, view?.events]).toEqual([0.5, undefined, []]);
  expect(view && egoJson(view)).toMatchObject({ id: 1, lane: null, offRoad: null });
  expect(look(ego, hero(10))?.timeToCollisionS).toBe(Number.POSITIVE_INFINITY);
  expect(look(ego, actor(2, 'vehicle', 'autopilot', 40, -2, 4))).toBeUndefined();
});

test('boxes that meet are one collision, until they have been apart for a second', () => {
  const ego = new CarlaEgo();
  const told = (timeS: number, x: number) => {
    const now = { ...frame(hero(x), actor(2, 'vehicle', 'autopilot', 40, -2, 0)), timeS };
    return ego.look(now, heroOf(now))?.events;
  };
  expect(told(0, 35.9)).toEqual([]);
  expect(told(0.05, 36.1)).toEqual([{ kind: 'collision', otherId: 2, text: 'Collides with x.y 2' }]);
  expect([told(0.1, 36.2), told(0.6, 35.5), told(1, 36.1)]).toEqual([[], [], []]);
  expect(told(2.5, 36.1)).toHaveLength(1);
});

test('the place in the lane is left of its centre, with the limit there', () => {
  const ego = new CarlaEgo();
  ego.useMap(MAP);
  const place = look(ego, hero(10, -1.4))?.lane?.place;
  expect([place?.road, place?.laneId, place?.speedLimitMps]).toEqual(['3', -1, 10]);
  expect(place?.lateral).toBeCloseTo(0.6, 9);
  expect(look(ego, hero(10.5, 300))?.lane?.place).toBeUndefined();
});

test('a stop line is crossed at red only when the light is red before and after', () => {
  const told = (before: TrafficLightState, after: TrafficLightState) => {
    const ego = new CarlaEgo();
    ego.useMap(MAP);
    const first = look(ego, hero(97.8), light(before));
    const second = look(ego, hero(98.3), light(after));
    expect(first?.events).toEqual([]);
    return second?.events.map(({ kind, text }) => [kind, text]);
  };
  expect(told('red', 'red')).toEqual([['red-light', 'Crosses the stop line at red']]);
  expect(told('green', 'red')).toEqual([]);
  expect(told('red', 'green')).toEqual([]);
});

test('lines and the road’s edge are told once each, and anew for another hero', () => {
  const ego = new CarlaEgo();
  ego.useMap(MAP);
  const kinds: string[] = [];
  for (let i = 0; i <= 40; i++)
    kinds.push(...(look(ego, hero(20 + i / 2, -2 - i / 20))?.events ?? []).map(({ kind }) => kind));
  expect(kinds).toEqual(['lane-invasion', 'off-road']);
  const other = { ...actor(5, 'vehicle', 'hero', 40.5, -4.1, 10) };
  expect(look(ego, other)?.events.map(({ kind }) => kind)).toEqual(['off-road']);
});
