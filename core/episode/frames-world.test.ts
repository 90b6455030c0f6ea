/** What stands around a drive: lights at the posts of the map with the states their lanes obey, weather, the road's columns. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import { LIGHT_NONE } from '../abi/layout.ts';
import { drawMap } from '../tasks/driving/roads/drawing/drawing.ts';
import { parseScenario } from '../tasks/driving/scenario/scenario.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import { STATE_LIGHT, STATE_S, STATE_STRIDE } from './frames.ts';
import { surroundings } from './frames-world.ts';
import { replayEpisode } from './replay.ts';

const specOf = (id: string, seed = 1) =>
  instantiate(parseScenario(readFileSync(`public/scenarios/${id}.yaml`, 'utf8')), seed);

describe('lights of a map', () => {
  const spec = specOf('signalled_turn');
  const { lights, signals, signalStates } = surroundings(spec, 400);

  test('stand at every approach of the junction, two of them for each signal', () => {
    expect(lights).toHaveLength(4);
    expect(new Set(lights.map(({ signal }) => signal))).toEqual(new Set([0, 1]));
    expect(signals).toBe(2);
  });

  test('rule travel towards the junction: opposite posts show one signal and face each other', () => {
    for (const light of lights) {
      const [partner] = lights.filter((other) => other !== light && other.signal === light.signal);
      expect(Math.cos(light.headingRad - partner.headingRad)).toBeCloseTo(-1, 6);
    }
  });

  test('are never green for both axes', () => {
    for (let step = 0; step <= 400; step++)
      expect([signalStates[2 * step], signalStates[2 * step + 1]].filter((state) => state === 1).length).toBeLessThan(
        2,
      );
  });
});

test('the light ahead of the ego is one of the states at the posts', () => {
  const spec = specOf('signalled_crossing');
  const worlds = createWasmWorlds(1);
  const episode = { controls: Array.from({ length: 300 }, () => 0), stateHashes: [] };
  const { frames } = replayEpisode(episode, spec, worlds);
  const [light] = frames.road.lights;
  let seen = 0;
  for (let step = 0; step <= frames.steps; step++) {
    const at = step * STATE_STRIDE;
    const state = frames.ego[at + STATE_LIGHT];
    if (state === LIGHT_NONE || frames.ego[at + STATE_S] > light.stopLineS) continue;
    expect(state).toBe(frames.signalStates[step * frames.signals + light.signal]);
    seen++;
  }
  expect(seen).toBeGreaterThan(50);
  expect(frames.lights[0].arm).toBeGreaterThan(1);
});

test('a road without a map has its light on the right, beyond the line it rules', () => {
  const spec = specOf('signalled_crossing');
  const [post] = surroundings(spec, 0).lights;
  const { road, lights } = spec;
  const row = Math.round(lights[0].stopLineS / road.ds);
  const [dx, dy] = [post.x - road.x[row], post.y - road.y[row]];
  const [c, s] = [Math.cos(road.headingRad[row]), Math.sin(road.headingRad[row])];
  expect(dx * c + dy * s).toBeGreaterThan(4);
  expect(-dx * s + dy * c).toBeLessThan(-road.edgeRight[row]);
});

test('weather and the road’s columns are the world’s', () => {
  const spec = specOf('straight_night');
  const { weather, road } = surroundings(spec, 0);
  expect(weather.sunAltitudeDeg).toBe(-90);
  const { edgeLeft, edgeRight, oncomingFrom, speedLimitMps, x } = road;
  for (const column of [edgeLeft, edgeRight, oncomingFrom, speedLimitMps]) expect(column).toHaveLength(x.length);
});

test('the map of a drive is drawn from its lane graph alone', () => {
  const { map } = specOf('roundabout');
  if (!map) throw new Error('no map');
  const drawing = drawMap(map.network, map);
  expect(drawing.tiles.length).toBeGreaterThan(2);
  expect(drawing.signals.every(({ kind }) => kind === 'yield')).toBe(true);
});
