/**
 * A simulator's recording as a player: a drive whose scene, followers and curves are the recording's. It is seen through an actor's eyes
 * altogether: camera, read-outs and curves.
 */
import { driveStore } from '../stores/drive.ts';
import { recordingStore, viewThroughActor } from '../stores/recording.ts';
import type { Scene } from '../viewer/scene.ts';
import { drivePlayer } from './drive.ts';
import { memo } from './memo.ts';
import type { Cursor, Player } from './player.ts';
import { isBody } from './bodies.ts';
import { driveReadouts } from './readouts.ts';

const state = recordingStore.getState;

const scene = memo(
  () => [state().details],
  ([details]): Scene | null => details && { frames: details.scene, drive: null, ghost: null },
);

const cursor = memo(
  () => {
    const { details, view } = state();
    return [drivePlayer.cursor(), details?.scene.actors.findIndex(({ id }) => id === view?.follow) ?? -1];
  },
  ([driven, follow]): Cursor => ({ ...driven, follow }),
);

const readouts = memo(
  () => {
    const { episode, frames, step, ghost } = driveStore.getState();
    return [episode, frames, step, ghost];
  },
  ([episode, frames, step, ghost]) => driveReadouts({ episode, frames, step, ghost }),
);

const curves = memo(
  () => [state().view?.series],
  ([series]) => (series ? { own: series, ghost: [] } : null),
);

export const recordingPlayer: Player = {
  ...drivePlayer,
  kind: 'recording',
  can: (what) => what === 'recorded' || drivePlayer.can(what),
  title: () => ({ ...drivePlayer.title(), of: driveStore.getState().episode?.name ?? '' }),
  cursor,
  subscribe(changed) {
    const stops = [drivePlayer.subscribe(changed), recordingStore.subscribe(changed)];
    return () => {
      for (const stop of stops) stop();
    };
  },
  scene,
  follow(index) {
    const actor = scene()?.frames.actors[index];
    if (actor) void viewThroughActor(actor.id);
  },
  mayFollow(index) {
    const id = scene()?.frames.actors[index]?.id;
    return isBody(scene()?.frames, index) && state().details?.actors.find((line) => line.id === id)?.follows === true;
  },
  others: () => state().details?.actors ?? [],
  readouts,
  curves,
};
