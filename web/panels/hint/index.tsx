/** The one line over the picture: the first-run tour, or that a drive came by link and is read-only. */
import { useStore } from 'zustand';
import { changeTheThought, endTour, tourStore } from '../../stores/first.ts';
import { wordOf } from '../../stores/breakpoints.ts';
import { editDecision } from '../../stores/debugger.ts';
import { useDrive, useTraining } from '../../stores/hooks.ts';
import { driveBeside, keepOpenDrive } from '../../stores/open.ts';
import { startTraining, trainingStore } from '../../stores/training.ts';
import { viewStore } from '../../stores/view.ts';
import { signed } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';

export function Hint() {
  const scene = useStore(tourStore, (state) => state.scene);
  const source = useDrive((state) => state.source);
  const trained = useTraining((state) => state.trained);
  const active = useTraining((state) => state.active);
  if (source === 'link') return <LinkBanner />;
  if (trained) return <Trained />;
  if (scene === 'none' || active) return null;
  return (
    <div className="banner">
      {scene === 'watch' && <p>This driver thinks before it steers. Pause any thought.</p>}
      {scene === 'offer' && <Offer />}
      {scene === 'cost' && <Cost />}
      <button type="button" className="icon" aria-label="Put the hint away" onClick={endTour}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function Offer() {
  const change = useStore(tourStore, (state) => state.change);
  const forking = useDrive((state) => state.forking);
  const running = forking.phase === 'running';
  return (
    <>
      <p>
        It is about to <b className="yes">{change?.from}</b>. What if it thought <b className="cf">{change?.to}</b>?
      </p>
      <button type="button" className="btn small" disabled={running} onClick={() => void changeTheThought()}>
        {running ? 'Driving on…' : 'Change the thought'}
      </button>
    </>
  );
}

function Cost() {
  const parent = useDrive((state) => state.ghost?.episode.parent);
  const score = useDrive((state) => state.episode?.score.score);
  const ghost = useDrive((state) => state.ghost?.episode.score);
  if (!parent || !ghost || score === undefined) return null;
  const collided = ghost.noCollision === 0;
  return (
    <>
      <p>
        The dashed ghost thought <b className="cf">{wordOf(parent.edit.to)}</b>
        {collided ? ' and collided' : ''}: reward {signed(parent.returnDelta)}, score {score.toFixed(2)} →{' '}
        <b>{ghost.score.toFixed(2)}</b>.
      </p>
      <button
        type="button"
        className="btn small primary"
        onClick={() => {
          endTour();
          void startTraining();
        }}
      >
        Train your own
      </button>
    </>
  );
}

/** A run has ended: its driver can be seen beside the drive on the screen. */
function Trained() {
  const trained = useTraining((state) => state.trained);
  const rows = useTraining((state) => state.rows);
  // The result stands last, below what it is compared with.
  const own = rows.at(-1);
  const putAway = () => trainingStore.setState({ trained: null });
  return (
    <div className="banner">
      <p>
        Your driver is trained
        {own
          ? `: ${own.mean.toFixed(2)} on held-out seeds, ${own.collisionsPer100.toFixed(1)} collisions in 100 drives`
          : ''}
        .
      </p>
      <button
        type="button"
        className="btn small primary"
        onClick={() => {
          putAway();
          if (trained) void driveBeside(trained);
        }}
      >
        Before and after
      </button>
      <button type="button" className="icon" aria-label="Put the hint away" onClick={putAway}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function LinkBanner() {
  return (
    <div className="banner">
      <p>Opened from a link, read-only. Nothing is stored until you fork or keep it.</p>
      <div className="acts">
        <button
          type="button"
          className="btn small"
          title="Change what it decided here and drive on from there"
          onClick={() => {
            viewStore.setState({ preset: 'debug' });
            editDecision();
          }}
        >
          Fork
        </button>
        <button type="button" className="btn small" onClick={() => void keepOpenDrive()}>
          Keep
        </button>
      </div>
    </div>
  );
}
