/** The camera's next subject: those of what is shown who are there and can be followed, in the order of the scene. */
import { sceneRow } from '../../core/episode/scene-frames.ts';
import { canFollow, followWithCamera, shown } from './shown.ts';

export function followNext(): void {
  const now = shown();
  if (!now) return;
  const { frames, step } = now;
  const here = frames.actors.flatMap((actor, i) => (sceneRow(actor, step) >= 0 && canFollow(now, i) ? [i] : []));
  const at = here.indexOf(now.follow);
  if (here.length > 0) followWithCamera(here[(at + 1) % here.length]);
}
