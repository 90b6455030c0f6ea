/** Runs kept in this browser: continue, drive their policy, export the checkpoint, delete. Read when first opened. */
import { useState } from 'react';
import type { RunInfo } from '../../../workers/contracts/protocol.ts';
import { driveStore } from '../../stores/drive.ts';
import { saveBytes } from '../../stores/files.ts';
import { useTraining } from '../../stores/hooks.ts';
import { driveBeside } from '../../stores/open.ts';
import { checkpointBytes, continueRun, deleteRun, makeDrivable, refreshRuns } from '../../stores/training.ts';
import { openDialog } from '../../stores/view.ts';
import { Icon } from '../../ui/Icon.tsx';

export function Runs() {
  const runs = useTraining((state) => state.runs);
  const [open, setOpen] = useState(false);
  return (
    <section aria-label="Runs" className="runs">
      <button
        type="button"
        className="disclosure strong"
        aria-expanded={open}
        onClick={() => {
          if (!open) void refreshRuns();
          setOpen(!open);
        }}
      >
        Runs <span className="note">{runs.length > 0 ? runs.length : ''}</span>
      </button>
      {open && runs.length === 0 && <p className="empty">No run is kept yet. Training makes one.</p>}
      {open && (
        <ul className="scroll">
          {runs.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
      )}
    </section>
  );
}

async function driveIt(run: RunInfo): Promise<void> {
  const choice = await makeDrivable(run.id);
  if (!choice) return;
  if (driveStore.getState().episode) await driveBeside(choice);
  else openDialog('new-drive');
}

async function exportIt(run: RunInfo): Promise<void> {
  const bytes = await checkpointBytes(run.id);
  if (bytes) saveBytes(`${run.name.replace(/\W+/g, '-')}.safetensors`, bytes, 'application/octet-stream');
}

function RunRow({ run }: { readonly run: RunInfo }) {
  const active = useTraining((state) => state.active);
  const resumable =
    !active &&
    (run.status === 'stopped' || run.status === 'paused' || run.status === 'running' || run.status === 'failed');
  return (
    <li className="row">
      <span className="grow clip" title={`${run.name} · ${new Date(run.createdAt).toLocaleString()}`}>
        {run.name} <span className="dim">{run.status}</span>
      </span>
      {run.score !== null && <b>{run.score.toFixed(2)}</b>}
      {resumable && (
        <button type="button" className="link" onClick={() => void continueRun(run.id)}>
          continue
        </button>
      )}
      {run.checkpoint && (
        <>
          <button
            type="button"
            className="link"
            title="Drive the open scenario and seed with this policy"
            onClick={() => void driveIt(run)}
          >
            drive
          </button>
          <button type="button" className="icon" aria-label={`Export ${run.name}`} onClick={() => void exportIt(run)}>
            <Icon name="export" />
          </button>
        </>
      )}
      <button
        type="button"
        className="icon"
        aria-label={`Delete ${run.name}`}
        disabled={active}
        onClick={() => void deleteRun(run.id)}
      >
        <Icon name="delete" />
      </button>
    </li>
  );
}
