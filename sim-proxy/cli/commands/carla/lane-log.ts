/** The lane marks that the hero of one drive crosses, gathered while it is driven. */
import type { RunnerHooks } from '../../../carla/drive/online-runner.ts';
import type { CarlaClient } from '../../../carla/client/client.ts';
import { CarlaEgo } from '../../../sources/carla/ego.ts';
import { heroOf } from '../../../sources/carla/frames.ts';

export interface LoggedInvasion {
  readonly step: number;
  readonly text: string;
}

/** `onStep` goes to the runner of the drive and fills `laneInvasions`. */
export function laneLog(client: CarlaClient): {
  readonly laneInvasions: readonly LoggedInvasion[];
  readonly onStep: NonNullable<RunnerHooks['onStep']>;
} {
  const laneInvasions: LoggedInvasion[] = [];
  const ego = new CarlaEgo();
  return {
    laneInvasions,
    async onStep({ step, frame }) {
      if (step === 0) ego.useMap(await client.roadMap());
      for (const { kind, text } of ego.look(frame, heroOf(frame))?.events ?? [])
        if (kind === 'lane-invasion') laneInvasions.push({ step, text });
    },
  };
}
