/** Numbers that a simulator answered with, checked against what it offered: sizes, finite values, flags that are 0 or 1. */
import type { EnvInfo } from '../../../core/tasks/driving/env.ts';
import type { RestoreResponse, StepInfo, StepResponse } from '../../generated/traceway/v1/environment_pb.ts';
import { readStepInfo } from '../../feed/step-info.ts';
import type { EnvironmentStart, EnvironmentStep } from '../environment.ts';

const MAX_INFRACTIONS = 1000;
const MAX_SCENARIO_ID = 200;

/** What is wrong with an answer, to be said after "answered with". */
export class BadNumbers extends Error {}

/** What a world's info says where its simulator says nothing. */
const SILENT: EnvInfo = {
  step: 0,
  progress: 0,
  routeCompletion: 0,
  infractions: [],
  collision: false,
  success: false,
  ttc: Number.POSITIVE_INFINITY,
  seed: 0,
  scenario: '',
};

/** Of `count` worlds that observe `size` numbers each. @throws BadNumbers */
export function readStep(answer: StepResponse, count: number, size: number): EnvironmentStep {
  return {
    ...readStart(answer, count, size),
    reward: doubles(answer.reward, count),
    terminated: flags(answer.terminated, count, 'terminated'),
    truncated: flags(answer.truncated, count, 'truncated'),
  };
}

/** @throws BadNumbers */
export function readStart(
  { observation, infos }: Pick<RestoreResponse, 'observation' | 'infos'>,
  count: number,
  size: number,
): EnvironmentStart {
  if (infos.length !== 0 && infos.length !== count) throw new BadNumbers(`${infos.length} infos for ${count} worlds`);
  const numbers = new Float32Array(column(observation, 4, count * size, 'observation'));
  if (!numbers.every(Number.isFinite)) throw new BadNumbers('an observation that is not finite');
  const info = infos.length > 0 ? infos.map(readInfo) : Array.from({ length: count }, () => SILENT);
  return { observation: numbers, info };
}

function readInfo(info: StepInfo): EnvInfo {
  const { progress, routeCompletion, timeToCollision, infractions, scenarioId } = info;
  const odd = !Number.isFinite(progress) || !Number.isFinite(routeCompletion) || Number.isNaN(timeToCollision);
  if (odd) throw new BadNumbers('an info that is not of numbers');
  if (infractions.length > MAX_INFRACTIONS) throw new BadNumbers(`${infractions.length} infractions of one world`);
  if (scenarioId.length > MAX_SCENARIO_ID) throw new BadNumbers(`a scenario of ${scenarioId.length} characters`);
  return readStepInfo(info);
}

function doubles(bytes: Uint8Array, count: number): Float64Array {
  const numbers = new Float64Array(column(bytes, 8, count, 'reward'));
  if (!numbers.every(Number.isFinite)) throw new BadNumbers('a reward that is not finite');
  return numbers;
}

function flags(bytes: Uint8Array, count: number, field: string): Uint8Array {
  const numbers = new Uint8Array(column(bytes, 1, count, field));
  if (numbers.some((flag) => flag > 1)) throw new BadNumbers(`${field} that is neither 0 nor 1`);
  return numbers;
}

/** Its own copy, so that it is aligned. */
function column(bytes: Uint8Array, width: number, length: number, field: string): ArrayBuffer {
  if (bytes.length !== width * length)
    throw new BadNumbers(`${field} of ${bytes.length} bytes where ${width * length} were expected`);
  return new Uint8Array(bytes).buffer;
}
