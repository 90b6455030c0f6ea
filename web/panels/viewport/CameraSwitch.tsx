/** Chase, driver, top or free camera, its distance, and what lies over the picture: the list of actors, the picture in it. */
import { useStore } from 'zustand';
import { type Camera, CAMERAS, viewStore } from '../../stores/view.ts';
import { toggleInset } from '../../shown/follow.ts';
import type { DriveView } from '../../viewer/drive-view.ts';

const NAMES: Readonly<Record<Camera, readonly [string, string]>> = {
  chase: ['Chase', 'Behind the car'],
  driver: ['Driver', 'From the driver’s seat'],
  top: ['Top', 'From above, heading up'],
  free: ['Free', 'Drag the picture, or turn with W A S D'],
};

interface Props {
  readonly view: DriveView;
  /** Whether no panel beside the picture lists the actors. */
  readonly lists: boolean;
}

export function CameraSwitch({ view, lists }: Props) {
  const camera = useStore(viewStore, (state) => state.camera);
  const listing = useStore(viewStore, (state) => state.actorsOpen);
  const inset = useStore(viewStore, (state) => state.insetOf !== null);
  const flat = view.kind === 'canvas2d';
  return (
    <div className="viewport-camera">
      {flat ? (
        <span className="viewport-flat" title="This browser has no WebGL 2; the drive is shown from above.">
          2-D view
        </span>
      ) : (
        <fieldset aria-label="Camera">
          {CAMERAS.map((mode) => (
            <button
              type="button"
              key={mode}
              aria-pressed={mode === camera}
              title={NAMES[mode][1]}
              onClick={() => viewStore.setState({ camera: mode })}
            >
              {NAMES[mode][0]}
            </button>
          ))}
        </fieldset>
      )}
      <fieldset aria-label="Over the picture">
        {lists && (
          <button
            type="button"
            aria-pressed={listing}
            title="Everyone there: filter, follow (Shift A)"
            onClick={() => viewStore.setState({ actorsOpen: !listing })}
          >
            Actors
          </button>
        )}
        {!flat && (
          <button
            type="button"
            aria-pressed={inset}
            title="What the followed one’s driver sees, as a picture in the picture (P)"
            onClick={toggleInset}
          >
            Inset
          </button>
        )}
      </fieldset>
      <fieldset aria-label="Distance">
        <button type="button" aria-label="Closer" title="Closer" onClick={() => view.zoom(0.8)}>
          +
        </button>
        <button type="button" aria-label="Farther" title="Farther" onClick={() => view.zoom(1.25)}>
          −
        </button>
      </fieldset>
    </div>
  );
}
