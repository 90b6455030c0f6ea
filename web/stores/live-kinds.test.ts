import { expect, test } from 'vitest';
import { KIND_BICYCLE, KIND_EMERGENCY, KIND_STATIC, KIND_VEHICLE } from '../../core/tasks/driving/kinds/kinds.ts';
import { liveActor } from '../../workers/live/testing.ts';
import { liveKind } from './live-kinds.ts';

test.each([
  ['a car by its size', KIND_VEHICLE, 'traffic', 4.6, 1.9, 'car'],
  ['a truck by its size', KIND_VEHICLE, 'traffic', 7.5, 2.4, 'truck'],
  ['a motorcycle by its name', KIND_VEHICLE, 'vehicle.harley-davidson.low_rider', 2.3, 0.8, 'motorcycle'],
  ['a tram by its name', KIND_VEHICLE, 'vehicle.traceway.tram', 24, 2.4, 'tram'],
  ['a police car by its name', KIND_VEHICLE, 'vehicle.dodge.charger_police', 5, 2, 'emergency'],
  ['a bicycle', KIND_BICYCLE, 'traffic', 1.8, 0.6, 'bicycle'],
  ['an emergency vehicle', KIND_EMERGENCY, 'traffic', 6, 2.2, 'emergency'],
  ['a cone by its name', KIND_STATIC, 'static.prop.trafficcone01', 1, 1, 'cone'],
  ['a parked van by its size', KIND_STATIC, 'parked', 5.6, 2.1, 'van'],
  ['a sensor, which is no thing in the world', 6, 'sensor.camera.rgb', 1, 1, null],
  ['something else with a box', 8, '', 1, 1, 'box'],
])('%s', (_, kind, type, length, width, shape) => {
  expect(liveKind(liveActor(1, { kind, type, length, width }))).toBe(shape);
});
