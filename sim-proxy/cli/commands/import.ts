/** `lab import`: what a recorded drive or another tool's scenario holds, and what of it the lab does not use. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { importOpenRecording } from '../../../core/io/importers/carla-import.ts';
import { CarlaLogParser, checkLogSize, isCarlaLog } from '../../../core/io/recordings/carla-log.ts';
import { describeLog, ImportError, type ImportOptions, importLog } from '../../../core/io/importers/import-log.ts';
import { openRecording, viewRecording } from '../../../core/io/recordings/recording.ts';
import { checkSize } from '../../../core/io/logs/xml-file.ts';
import { roadMapOf } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { cataloguesBeside, isStoryboard } from '../../node/catalogues.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { readOpenDriveFile } from '../../node/maps.ts';

const CHUNK = 1024 * 1024;

const flags = {
  route: { type: 'string', help: 'Id of the route to drive, of a file with several (default: the first).' },
  xodr: { type: 'string', help: 'OpenDRIVE map, of a CARLA recording or an OpenSCENARIO file.' },
  actors: { type: 'string', help: 'replayed (default) or reactive: vehicles on the ego’s lanes become traffic.' },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

export const command = {
  summary:
    'What a recorded drive holds: comma2k19-lite, GPUDrive, Nocturne, CommonRoad, OpenSCENARIO, leaderboard routes, CARLA’s recorder.',
  words: 'FILE',
  flags,
  async run({ route, xodr, actors, json }: FlagValues<typeof flags>, words: readonly string[]) {
    if (words.length !== 1) throw new UsageError('lab import: say one FILE.');
    if (actors !== undefined && actors !== 'replayed' && actors !== 'reactive')
      throw new UsageError(`lab import: --actors must be replayed or reactive, not "${actors}".`);
    const [file] = words;
    const map = xodr === undefined ? undefined : roadMapOf(basename(xodr), await readOpenDriveFile(xodr));
    const log = await read(file, {
      ...(route !== undefined && { route }),
      ...(actors !== undefined && { actors }),
      ...(map && { map }),
    });
    for (const note of log.notes) console.error(`note: ${note}`);
    if (json) {
      console.log(JSON.stringify(describeLog(log)));
      return;
    }
    const time = log.dtSeconds === null ? '' : ` of ${Number(log.dtSeconds.toFixed(4))} s`;
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

/** A CARLA recording is streamed; other formats are read whole, their size checked before. */
async function read(path: string, options: ImportOptions) {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const head = new Uint8Array(64);
      await file.read(head, 0, head.length, 0);
      if (isCarlaLog(head)) return await readRecording(path, size, options);
      checkSize(size);
      const bytes = new Uint8Array(await file.readFile());
      const catalogues = isStoryboard(bytes)
        ? await cataloguesBeside(path, bytes, (sentence) => console.error(`note: ${sentence}`))
        : [];
      const log = importLog(basename(path), bytes, { ...options, catalogues });
      if (options.map && !log.format.startsWith('openscenario'))
        throw new ImportError(
          'file',
          'It is no CARLA recording and no OpenSCENARIO file, so --xodr says nothing of it.',
        );
      return log;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ImportError) throw new Error(`${path}: ${error.message}`, { cause: error });
    throw error instanceof Error && 'code' in error ? new Error(`${path}: ${error.message}`, { cause: error }) : error;
  }
}

async function readRecording(path: string, size: number, options: ImportOptions) {
  checkLogSize(size);
  const parser = new CarlaLogParser();
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) parser.push(chunk as Uint8Array);
  const opened = openRecording(parser.finish());
  const { hero } = opened;
  return {
    ...importOpenRecording(basename(path), opened, options),
    ...(hero && { events: viewRecording(opened, hero, options.map ?? null).events }),
  };
}
