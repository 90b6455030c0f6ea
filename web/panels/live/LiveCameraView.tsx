/** A camera of the simulator's own, as a picture in the picture: its newest frames, for as long as it is open. */
import { useEffect, useRef, useState } from 'react';
import { useLive } from '../../stores/hooks.ts';
import { liveStore } from '../../stores/live-state.ts';
import { ask } from '../../stores/services.ts';
import { proxy } from '../../stores/sources.ts';
import type { Failure } from '../../../workers/contracts/protocol.ts';
import { Icon } from '../../ui/Icon.tsx';

const SIZE = { width: 320, height: 180 } as const;

export function LiveCameraView() {
  const sourceId = useLive((state) => state.sourceId);
  const actorId = useLive((state) => state.cameraOf);
  if (sourceId === null || actorId === null) return null;
  return <Pictures key={`${sourceId} ${actorId}`} sourceId={sourceId} actorId={actorId} />;
}

function Pictures({ sourceId, actorId }: { readonly sourceId: string; readonly actorId: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [count, setCount] = useState(0);
  const [failure, setFailure] = useState<Failure | null>(null);
  const name = useLive((state) => state.scene?.nameOf(actorId) ?? `actor ${actorId}`);

  useEffect(() => {
    let open = true;
    let stop = () => {};
    const run = async () => {
      const begun = await ask(async () => (await proxy()).camera({ sourceId, actorId, ...SIZE }));
      if (!begun.ok) return setFailure(begun.failure);
      const { value: pictures } = begun;
      if (!open) return void pictures.stop();
      stop = () => void pictures.stop();
      for (let shown = 1; ; shown++) {
        const next = await ask(() => pictures.next());
        if (!open) return;
        if (!next.ok) return setFailure(next.failure);
        if (next.value === null) return setFailure({ message: 'The camera ended.' });
        const { width, height, rgba } = next.value;
        const context = canvas.current?.getContext('2d');
        if (!canvas.current || !context) continue;
        if (canvas.current.width !== width) Object.assign(canvas.current, { width, height });
        context.putImageData(new ImageData(rgba, width, height), 0, 0);
        setCount(shown);
      }
    };
    void run();
    return () => {
      open = false;
      stop();
    };
  }, [sourceId, actorId]);

  return (
    <figure className="viewport-inset" aria-label={`Camera of ${name}`} data-pictures={count}>
      <figcaption>
        <span className="grow clip">{name}</span>
        <button
          type="button"
          className="icon"
          aria-label="Close the camera"
          onClick={() => liveStore.setState({ cameraOf: null })}
        >
          <Icon name="close" />
        </button>
      </figcaption>
      {failure ? (
        <p role="alert">{failure.message}</p>
      ) : (
        <canvas ref={canvas} {...SIZE} role="img" aria-label={count > 0 ? `What ${name} sees` : 'No picture yet'} />
      )}
    </figure>
  );
}
