/** The run's stages as cards: status, progress, time left, one line of what came of it; hold, continue; the form below. */
import { lazy, Suspense, useState } from 'react';
import type { StageReport } from '../../../workers/contracts/protocol.ts';
import { useTraining } from '../../stores/hooks.ts';
import { STAGES } from '../../../core/learn/stages.ts';
import { type TrainingCurve, continueRun, holdTraining } from '../../stores/training.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { clock } from '../../ui/format.ts';

const RunForm = lazy(() => import('./RunForm.tsx'));

const MARKS: Readonly<Record<StageReport['status'], readonly [string, string]>> = {
  waits: ['waits', 'dim'],
  running: ['', 'run'],
  paused: ['held', 'warn'],
  done: ['✓', 'ok'],
  stopped: ['■ stopped', 'dim'],
  failed: ['✕ failed', 'bad'],
};
const entryOf = (id: string) => STAGES.find((stage) => stage.id === id);

export function PipelinePanel() {
  const stages = useTraining((state) => state.stages);
  const curves = useTraining((state) => state.curves);
  const active = useTraining((state) => state.active);
  const held = useTraining((state) => state.paused);
  const failure = useTraining((state) => state.failure);
  const run = useTraining((state) => state.run);
  const [formOpen, setFormOpen] = useState(false);
  const total = stages.reduce((sum, stage) => sum + stage.elapsedSeconds, 0);
  return (
    <section aria-label="Pipeline" className="pipeline scroll">
      <div className="head">
        <h2>Pipeline</h2>
        <span className="note">{total > 0 ? `${clock(total)} total` : 'about 4 min'}</span>
        {active && (
          <button type="button" className="btn small" onClick={() => void holdTraining()}>
            {held ? 'Continue' : 'Hold'}
          </button>
        )}
      </div>
      <ol>
        {stages.map((stage, index) => (
          <Card
            key={stage.stage}
            number={index + 1}
            report={held && stage.status === 'running' ? { ...stage, status: 'paused' } : stage}
            curve={curves.find((curve) => curve.stage === stage.stage && curve.name === entryOf(stage.stage)?.curve)}
          />
        ))}
      </ol>
      {failure && (
        <FailureBox
          failure={failure}
          kept="The last checkpoint of this run is kept."
          retry={run ? () => void continueRun(run) : undefined}
        />
      )}
      <button type="button" className="disclosure" aria-expanded={formOpen} onClick={() => setFormOpen(!formOpen)}>
        Configuration
      </button>
      {formOpen && (
        <Suspense fallback={<p className="empty">Reading the hyperparameters…</p>}>
          <RunForm />
        </Suspense>
      )}
    </section>
  );
}

interface CardProps {
  readonly number: number;
  readonly report: StageReport;
  readonly curve: TrainingCurve | undefined;
}

function Card({ number, report, curve }: CardProps) {
  const { stage, status, progress, elapsedSeconds, secondsLeft, summary } = report;
  const [mark, tone] = MARKS[status];
  const going = status === 'running' || status === 'paused';
  const text =
    status === 'running' ? `${Math.floor(progress * 100)} %` : status === 'done' ? `✓ ${clock(elapsedSeconds)}` : mark;
  const line = [summary, going && secondsLeft !== null && `${clock(secondsLeft)} left`].filter(Boolean).join(' · ');
  return (
    <li className={going ? 'card on' : 'card'} aria-current={going ? 'step' : undefined}>
      <span className="dim">{number}</span>
      <span className={status === 'waits' ? 'dim' : ''}>{entryOf(stage)?.title ?? stage}</span>
      <span className={tone}>{text}</span>
      {going && (
        <span
          className="progress"
          role="progressbar"
          aria-label={entryOf(stage)?.title ?? stage}
          aria-valuenow={Math.round(progress * 100)}
        >
          <i style={{ width: `${progress * 100}%` }} />
        </span>
      )}
      {line && <span className="line">{line}</span>}
      {going && curve && curve.y.length > 2 && <Sparkline values={curve.y} />}
    </li>
  );
}

/** A curve without axes, 120 points at most. */
function Sparkline({ values }: { readonly values: readonly number[] }) {
  const every = Math.ceil(values.length / 120);
  const shown = values.filter((_, i) => i % every === 0 || i === values.length - 1);
  const low = Math.min(...shown);
  const range = Math.max(...shown) - low || 1;
  const points = shown.map((y, i) => `${(i / (shown.length - 1)) * 100},${19 - ((y - low) / range) * 18}`).join(' ');
  return (
    <svg className="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points} />
    </svg>
  );
}
