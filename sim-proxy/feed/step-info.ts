/** What an environment says of a step, as core has it (EnvInfo) and as it travels (StepInfo). */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { EnvInfo, StepInfraction } from '../../core/tasks/driving/env.ts';
import { Infraction, type StepInfo, type StepInfoSchema } from '../generated/traceway/v1/environment_pb.ts';

const INFRACTIONS = {
  collision: Infraction.COLLISION,
  'off-road': Infraction.OFF_ROAD,
  'red-light': Infraction.RED_LIGHT,
} as const;
const NAMES: Readonly<Record<number, StepInfraction>> = {
  [Infraction.COLLISION]: 'collision',
  [Infraction.OFF_ROAD]: 'off-road',
  [Infraction.RED_LIGHT]: 'red-light',
};

export function stepInfoMessage(info: EnvInfo): MessageInitShape<typeof StepInfoSchema> {
  const { infractions, ttc, scenario, ...same } = info;
  return {
    ...same,
    infractions: infractions.map((name) => INFRACTIONS[name]),
    timeToCollision: ttc,
    scenarioId: scenario,
  };
}

/** The way back; infractions that this version does not know are left out. */
export function readStepInfo({ infractions, timeToCollision, scenarioId, ...info }: StepInfo): EnvInfo {
  return {
    step: info.step,
    progress: info.progress,
    routeCompletion: info.routeCompletion,
    infractions: infractions.flatMap((each) => NAMES[each] ?? []),
    collision: info.collision,
    success: info.success,
    ttc: timeToCollision,
    seed: info.seed,
    scenario: scenarioId,
  };
}
