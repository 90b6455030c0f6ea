/**
 * From a report's row to its drive. A row holds scores and a hash, no states; the lab worker drives it again (same seed, same policy: the
 * identical drive) and the hash proves it. The drive can then be opened in the lab, or read backwards to the steps that cost points.
 */
import { createStore } from 'zustand/vanilla';
import type { Episode } from '../../core/episode/episode.ts';
import type { PolicyIdentity } from '../../core/models/identity.ts';
import type { DriveAudit, Failure, PolicyChoice, Result, ScoredRow } from '../../workers/contracts/protocol.ts';
import { driveStore, seek } from './drive.ts';
import { complain, say } from './notices.ts';
import { driveBeside, showEpisode } from './open.ts';
import { goTo } from './pages.ts';
import { pause, play } from './playback.ts';
import { SHIPPED } from './reports.ts';
import { ask, fail, lab, now } from './services.ts';
import { makeDrivable } from './training.ts';

export interface OpenedDrive {
  readonly policy: PolicyIdentity;
  readonly row: ScoredRow;
  readonly episode: Episode | null;
  readonly audit: DriveAudit | null;
  readonly failure: Failure | null;
}
export const reportDriveStore = createStore<{ readonly opened: OpenedDrive | null }>(() => ({ opened: null }));

/** The lab's choice that a policy of the report means; null, with a notice, when its checkpoint is gone. */
async function choiceOf({ kind, hash = SHIPPED, residual }: PolicyIdentity): Promise<PolicyChoice | null> {
  if (kind === 'random' || kind === 'expert') return { kind };
  if (hash === SHIPPED) return { kind: 'checkpoint', hash, residual };
  const choice = await makeDrivable(hash);
  return choice?.kind === 'checkpoint' ? { ...choice, residual } : null;
}

/** The row's drive, driven again. A drive that came out differently is a failure: it must not pass for the row's. */
async function driveRow(policy: PolicyIdentity, row: ScoredRow): Promise<Result<Episode>> {
  const choice = await choiceOf(policy);
  if (!choice) return fail({ message: 'This policy’s checkpoint is no longer here.' });
  const driven = await ask(() => lab().drive({ scenario: row.scenario, seed: row.seed, policy: choice, now: now() }));
  if (!driven.ok || driven.value.stateHashes.at(-1)?.[1] === row.hash) return driven;
  return fail({
    message: 'Driven again, this drive came out differently than in the report.',
    where: `${row.scenario}, seed ${row.seed}`,
    detail: `Report: ${row.hash}; now: ${driven.value.stateHashes.at(-1)?.[1]} on ${driven.value.policy.engine}.`,
  });
}

/** Opens a row's parts: drives it again and reads its scores backwards. */
export async function openParts(policy: PolicyIdentity, row: ScoredRow): Promise<void> {
  const opened: OpenedDrive = { policy, row, episode: null, audit: null, failure: null };
  reportDriveStore.setState({ opened });
  const still = () => reportDriveStore.getState().opened?.row === row;
  const driven = await driveRow(policy, row);
  const audit = driven.ok ? await ask(() => lab().audit(driven.value)) : driven;
  if (!still()) return;
  if (!driven.ok || !audit.ok) {
    const failure = driven.ok ? (audit as { failure: Failure }).failure : driven.failure;
    return reportDriveStore.setState({ opened: { ...opened, failure } });
  }
  reportDriveStore.setState({ opened: { ...opened, episode: driven.value, audit: audit.value } });
}

export const closeParts = (): void => reportDriveStore.setState({ opened: null });

/** Shows a row's drive in the lab: from its start, or standing at `step`. */
export async function openRow(policy: PolicyIdentity, row: ScoredRow, step?: number): Promise<boolean> {
  const { opened } = reportDriveStore.getState();
  const driven: Result<Episode> =
    opened?.row === row && opened.episode ? { ok: true, value: opened.episode } : await driveRow(policy, row);
  if (!driven.ok) {
    complain(driven.failure, 'The report stays as it is.');
    return false;
  }
  if (!(await showEpisode(driven.value, 'own', true))) return false;
  goTo('lab');
  if (step === undefined) play();
  else {
    pause();
    seek(step);
  }
  say(`The report’s drive, step for step: its last state hashes ${row.hash} again.`);
  return true;
}

/** Shows two policies' drives of one seed side by side: `a` as the drive, `b` as its ghost. */
export async function openPair(a: PolicyIdentity, b: PolicyIdentity, rowOfB: ScoredRow): Promise<void> {
  const choice = await choiceOf(a);
  if (!choice || !(await openRow(b, rowOfB, 0))) return;
  await driveBeside(choice);
  if (driveStore.getState().ghost) play();
}
