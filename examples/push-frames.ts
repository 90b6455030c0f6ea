/**
 * Pushes frames of a little simulation to a Traceway proxy, from Node over native gRPC:
 *
 *   npx tsx examples/push-frames.ts --port 8090 --seconds 10
 *
 * Then open the lab and watch the source "push-circle". push_frames.py does the same from Python. A token, where the proxy wants
 * one, is read from TRACEWAY_PROXY_TOKEN.
 */
import { parseArgs } from 'node:util';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ActorKind } from '../sim-proxy/generated/traceway/v1/frame_pb.ts';
import { PushFramesRequestSchema, SourceMode, SourceService } from '../sim-proxy/generated/traceway/v1/source_pb.ts';

const CARS = 12;
const RADIUS_M = 40;
const SPEED_MPS = 8;
const STEP_S = 0.05;
/** Frames a message, at most 32. */
const BATCH = 4;

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: 'localhost' },
    port: { type: 'string', default: '8090' },
    name: { type: 'string', default: 'circle' },
    seconds: { type: 'string', default: '60' },
  },
});
const bytes = (array: Float32Array | Float64Array | Uint32Array | Uint16Array) =>
  new Uint8Array(array.buffer as ArrayBuffer);
const request = (message: MessageInitShape<typeof PushFramesRequestSchema>['message']) =>
  create(PushFramesRequestSchema, { message });

/** BATCH frames of cars that drive round a circle, as columns (frame.proto). */
function frames(firstStep: number) {
  const column = (of: (angle: number) => number) =>
    bytes(
      Float32Array.from({ length: BATCH * CARS }, (_, row) => {
        const step = firstStep + Math.floor(row / CARS);
        return of(((row % CARS) * 2 * Math.PI) / CARS + (step * STEP_S * SPEED_MPS) / RADIUS_M);
      }),
    );
  const steps = Array.from({ length: BATCH }, (_, i) => firstStep + i);
  return request({
    case: 'frames',
    value: {
      frameCount: BATCH,
      step: bytes(Uint32Array.from(steps)),
      simTime: bytes(Float64Array.from(steps, (step) => step * STEP_S)),
      actorRows: bytes(new Uint16Array(BATCH).fill(CARS)),
      actors: {
        actorId: bytes(Uint32Array.from({ length: BATCH * CARS }, (_, row) => (row % CARS) + 1)),
        x: column((angle) => RADIUS_M * Math.cos(angle)),
        y: column((angle) => RADIUS_M * Math.sin(angle)),
        heading: column((angle) => Math.atan2(Math.cos(angle), -Math.sin(angle))),
        velocityX: column((angle) => -SPEED_MPS * Math.sin(angle)),
        velocityY: column((angle) => SPEED_MPS * Math.cos(angle)),
      },
    },
  });
}

async function* push(seconds: number) {
  yield request({
    case: 'open',
    value: { name: values.name, version: 'push-frames.ts', mode: SourceMode.ASYNCHRONOUS },
  });
  const box = { kind: ActorKind.VEHICLE, typeId: 'vehicle.example', length: 4.5, width: 1.9, height: 1.5 };
  const actors = Array.from({ length: CARS }, (_, i) => ({ ...box, actorId: i + 1, roleName: `car ${i + 1}` }));
  yield request({
    case: 'episode',
    value: { name: 'circle', egoId: 1, stepSeconds: STEP_S, driver: 'script', actors },
  });
  const begun = performance.now();
  for (let step = 0; performance.now() - begun < seconds * 1000; step += BATCH) {
    yield frames(step);
    const due = begun + (step + BATCH) * STEP_S * 1000 - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due)));
  }
}

const token = process.env.TRACEWAY_PROXY_TOKEN;
const transport = createGrpcTransport({ baseUrl: `http://${values.host}:${values.port}` });
const answer = await createClient(SourceService, transport).pushFrames(push(Number(values.seconds)), {
  headers: token ? { authorization: `Bearer ${token}` } : {},
});
console.log(`pushed ${answer.frames} frames`);
