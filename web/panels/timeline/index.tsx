/** The timeline of whatever is shown: its lanes, the slider over them, and in the head how it plays and where it stands. */
import { useCan, useCursor, usePlayer, useShown } from '../../shown/hooks.ts';
import type { TimeLane } from '../../shown/lanes.ts';
import { shownStore } from '../../shown/shown.ts';
import { TimelineFrame } from './Frame.tsx';
import { BlockLane, StopLane } from './Lanes.tsx';
import { LineLane } from './LineLane.tsx';
import { MarkLane } from './MarkLane.tsx';
import { clockText, PlayButton, PlaySettings } from './Transport.tsx';

/** Names of the lanes while nothing is open. */
const NAMES: readonly string[] = ['events', 'decisions', 'reward', 'TTC'];
const NONE: readonly TimeLane[] = [];

export function Timeline() {
  const player = usePlayer();
  const lanes = useShown((shown) => shown.player?.lanes() ?? NONE);
  const steps = useCursor((cursor) => cursor.steps);
  const step = useCursor((cursor) => cursor.step);
  const grows = useCan('source');
  const slider = player &&
    steps >= 0 && {
      label: grows ? 'Live timeline' : 'Timeline',
      steps,
      step,
      text: player.at(step).value,
      seek: player.seek,
      stepBy: player.stepBy,
      leapBy: player.leapBy,
      toEnd: player.toEnd,
      grab: player.pause,
      read: player.at,
    };
  return (
    <TimelineFrame
      head={<Transport />}
      names={player ? lanes.map(({ name }) => name) : NAMES}
      lanes={player && lanes.map((lane) => <LaneOf key={lane.name} lane={lane} steps={steps} seek={player.seek} />)}
      slider={slider || null}
      follow={followCursor}
    />
  );
}

function Transport() {
  const player = usePlayer();
  const playing = useCursor((cursor) => cursor.playing);
  const now = useCursor((cursor) => cursor.now);
  const steps = useCursor((cursor) => cursor.steps);
  const clock = useShown(({ player: of, cursor }) => {
    const seconds = (step: number) => clockText(of?.at(Math.max(0, step)).seconds ?? 0);
    return `${seconds(cursor.step)} / ${seconds(cursor.steps)} s`;
  });
  const place = useShown((shown) => shown.player?.place() ?? 'step 0');
  const grows = useCan('source');
  return (
    <>
      <PlayButton
        playing={playing}
        titles={grows ? GOES_ON : undefined}
        disabled={steps < 0}
        toggle={() => (playing ? player?.pause() : player?.play())}
      />
      {grows && (
        <button
          type="button"
          className="btn small live-now"
          aria-pressed={now}
          title="The newest moment, and on with it (L)"
          onClick={player?.toEnd}
        >
          {now ? '● Now' : 'Now'}
        </button>
      )}
      <span className="timeline-clock mono">{clock}</span>
      <span className="dim clip">{place}</span>
      <PlaySettings />
    </>
  );
}
const GOES_ON = ['Stand still here; frames go on coming', 'Play on from here'] as const;

interface LaneProps {
  readonly lane: TimeLane;
  /** What the timeline covers. */
  readonly steps: number;
  readonly seek: (step: number) => void;
}

function LaneOf({ lane, steps, seek }: LaneProps) {
  switch (lane.kind) {
    case 'marks':
      return <MarkLane name={lane.name} marks={lane.marks} steps={steps} seek={seek} />;
    case 'blocks':
      return <BlockLane name={lane.name} blocks={lane.blocks} steps={steps} />;
    case 'stops':
      return <StopLane name={lane.name} stops={lane.stops} steps={steps} seek={seek} />;
    case 'line':
      return <LineLane lane={lane} steps={steps} />;
  }
}

function followCursor(place: (share: number) => void): () => void {
  const now = () => {
    const { position, steps } = shownStore.getState().cursor;
    place(steps > 0 ? position / steps : 0);
  };
  now();
  return shownStore.subscribe((state, before) => {
    if (state.cursor !== before.cursor) now();
  });
}
