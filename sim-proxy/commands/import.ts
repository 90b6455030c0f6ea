/** `lab import`: what a recorded drive or another tool's scenario holds, and what of it the lab does not use. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { describeLog, ImportError, importLog } from '../../core/episode/importers/import-log.ts';
import { checkSize } from '../../core/episode/importers/xml-file.ts';
import { type FlagValues, UsageError } from '../flags.ts';

const flags = {
  route: { type: 'string', help: 'Id of the route to drive, of a file with several (default: the first).' },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

export const command = {
  summary:
    'What a recorded drive holds: comma2k19-lite, GPUDrive, Nocturne, CommonRoad, OpenSCENARIO, leaderboard routes.',
  words: 'FILE',
  flags,
  async run({ route, json }: FlagValues<typeof flags>, words: readonly string[]) {
    if (words.length !== 1) throw new UsageError('lab import: say one FILE.');
    const [file] = words;
    const log = await read(file, route);
    for (const note of log.notes) console.error(`note: ${note}`);
    if (json) {
      console.log(JSON.stringify(describeLog(log)));
      return;
    }
    const time = log.dtSeconds === null ? '' : ` of ${log.dtSeconds} s`;
    const road =
      log.roadLengthMetres === null ? 'no road' : `${log.lanes ?? 'no'} lanes, ${log.roadLengthMetres.toFixed(1)} m`;
    console.log(`${log.format}: ${log.steps} steps${time}, ${log.actors.length} actors, ${road}`);
    if (log.ego)
      console.log(
        `ego ${log.ego.id} (${log.ego.kind}), steps ${log.ego.firstStep} to ${log.ego.lastStep}, ${log.ego.source}`,
      );
    for (const { id, kind, firstStep, lastStep, mode } of log.actors.slice(0, 20))
      console.log(`  ${id} (${kind}), steps ${firstStep} to ${lastStep}, ${mode}`);
    if (log.actors.length > 20) console.log(`  … and ${log.actors.length - 20} more`);
    for (const line of log.details ?? []) console.log(`  ${line}`);
    for (const { what, count, why } of log.skipped) console.log(`  skipped ${count} × ${what}: ${why}`);
    console.log(
      log.scenario
        ? `drivable: ${log.scenario.timeLimit} s, ${log.scenario.actors?.length ?? 0} actors`
        : 'not drivable',
    );
  },
};

/** Its size is checked before it is read. */
async function read(path: string, route: string | undefined) {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      checkSize(size);
      return importLog(basename(path), new Uint8Array(await file.readFile()), {
        ...(route !== undefined && { route }),
      });
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ImportError) throw new Error(`${path}: ${error.message}`, { cause: error });
    throw error instanceof Error && 'code' in error ? new Error(`${path}: ${error.message}`, { cause: error }) : error;
  }
}
