/**
 * The hand on the picture: drag turns the camera, wheel and pinch change its distance. Keys do the same where the canvas has
 * the focus (arrow keys belong to time, so turning is on W A S D, distance on + and −).
 */
export interface PointerTarget {
  orbit(azimuthRad: number, elevationRad: number): void;
  zoom(factor: number): void;
}

const TURN_PER_PIXEL = 0.006;
const TURN_PER_KEY = 0.12;

/** Listens on `element` until the returned function is called. */
export function listenToPointer(element: HTMLElement, target: PointerTarget): () => void {
  const pointers = new Map<number, readonly [number, number]>();
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    handle: (event: HTMLElementEventMap[K]) => void,
    passive = true,
  ) => element.addEventListener(type, handle, { signal: stop.signal, passive });

  on('pointerdown', (event) => {
    if (event.button > 0) return;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    element.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    if (pointers.size === 1) {
      if (dx !== 0 || dy !== 0) target.orbit(-dx * TURN_PER_PIXEL, dy * TURN_PER_PIXEL);
    } else {
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1] ?? before;
      const gap = (x: number, y: number) => Math.hypot(x - other[0], y - other[1]);
      target.zoom(gap(...before) / Math.max(1, gap(event.clientX, event.clientY)));
    }
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  const release = (event: PointerEvent) => void pointers.delete(event.pointerId);
  on('pointerup', release);
  on('pointercancel', release);
  on(
    'wheel',
    (event) => {
      event.preventDefault();
      target.zoom(Math.exp(Math.min(60, Math.max(-60, event.deltaY)) * 0.0022));
    },
    false,
  );
  on(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const turns: Record<string, readonly [number, number]> = { a: [-1, 0], d: [1, 0], w: [0, 1], s: [0, -1] };
      const turn = turns[event.key.toLowerCase()];
      if (turn) target.orbit(turn[0] * TURN_PER_KEY, turn[1] * TURN_PER_KEY);
      else if (event.key === '+' || event.key === '=') target.zoom(0.88);
      else if (event.key === '-') target.zoom(1.14);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    false,
  );
  return () => stop.abort();
}
