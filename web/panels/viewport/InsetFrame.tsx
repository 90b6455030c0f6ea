/** The frame of the picture in the picture: whose eyes it is seen through, and how to close it. The viewer draws what lies in it. */
import { useEffect, useRef } from 'react';
import { sceneRow } from '../../../core/episode/scene-frames.ts';
import { useLive, useView } from '../../stores/hooks.ts';
import { useCursor, useShown } from '../../shown/hooks.ts';
import { viewStore } from '../../stores/view.ts';
import type { DriveView } from '../../viewer/drive-view.ts';
import { Icon } from '../../ui/Icon.tsx';

export default function InsetFrame({ view }: { readonly view: DriveView }) {
  const box = useRef<HTMLDivElement>(null);
  const frames = useShown(({ player }) => player?.scene()?.frames);
  const step = useCursor((cursor) => cursor.step);
  const id = useView((state) => state.insetOf);
  // A camera of the simulator's own has the place.
  const sensor = useLive((state) => state.cameraOf !== null);
  const index = frames && !sensor ? frames.actors.findIndex((actor) => actor.id === id) : -1;
  useEffect(() => {
    const element = box.current;
    if (index < 0 || !element) return;
    view.setInset({ actor: index, element });
    return () => view.setInset(null);
  }, [view, index]);
  if (!frames || index < 0) return null;
  const actor = frames.actors[index];
  const name = (actor.name ?? actor.label) || actor.kind;
  return (
    <figure className="viewport-inset" aria-label={`Seen by ${name}`}>
      <figcaption>
        <span className="grow clip">{name}</span>
        <button
          type="button"
          className="icon"
          aria-label="Close the inset"
          onClick={() => viewStore.setState({ insetOf: null })}
        >
          <Icon name="close" />
        </button>
      </figcaption>
      <div ref={box}>{sceneRow(actor, step) < 0 && <p>{name} is not there at this moment.</p>}</div>
    </figure>
  );
}
