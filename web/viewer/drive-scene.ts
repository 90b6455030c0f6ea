/** A replayed drive as what the viewport shows: its scene, its thoughts, and perhaps the counterfactual beside it. */
import { sceneOfDrive } from '../../core/episode/scene-of-drive.ts';
import type { Drive, Ghost, Scene } from './scene.ts';

export const driveScene = (drive: Drive, ghost: Ghost | null): Scene => ({
  frames: sceneOfDrive(drive.frames),
  drive,
  ghost,
});
