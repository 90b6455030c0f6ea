/**
 * What the lab worker answers besides states: drives, thoughts, forks, links, files, engines. Loaded when first asked, so that
 * the first drive plays without any of it. What it opens is checked before anything is made of it, and it stores nothing.
 */
import { type Answers, throwing, transferring } from '../../core/base/service.ts';
import { driveEpisode } from '../../core/episode/drive.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import type { Episode } from '../../core/episode/episode.ts';
import { type ImportedLog, ImportError, recognise } from '../../core/io/importers/import-log.ts';
import type { CatalogueFile } from '../../core/io/openscenario/catalogues.ts';
import { checkSize } from '../../core/io/logs/xml-file.ts';
import { episodeToJson, validateEpisode } from '../../core/episode/json.ts';
import { decodeLink, encodeLink } from '../../core/episode/link/link.ts';
import { type RoadMap, roadMapOf } from '../../core/tasks/driving/roads/survey/road-map.ts';
import { replayEpisode } from '../../core/episode/replay.ts';
import { reportLog } from '../../core/evaluate/log-report.ts';
import { resolveScenario } from '../../core/episode/link/resolve.ts';
import { auditDrive } from '../../core/evaluate/audit.ts';
import { wordId } from '../../core/tasks/driving/words/vocabulary.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { canonicalJson, scenarioHash } from '../../core/tasks/driving/scenario/format/hash.ts';
import type { Scenario } from '../../core/tasks/driving/scenario/format/schema.ts';
import { createOpenDriveReader } from '../../core/tasks/driving/roads/opendrive/opendrive.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { checkDraft, driveDraft } from './drafts.ts';
import { withDrawing } from './drawings.ts';
import { Policies } from './policies.ts';
import type { DrivenLog, DriveStates, LabService, PolicyChoice, RecordingService } from '../contracts/protocol.ts';
import { auditRecording, framesOfRecording, recordingAsLog } from './recordings.ts';
import { bundledScenarios } from '../shipped/scenarios.ts';
import { readShippedCheckpoint } from '../shipped/shipped.ts';
import { openThought } from './think.ts';

/** Longest time a link may take to open, ms. */
const LINK_BUDGET_MS = 5000;

/** What this worker does: one decision after another, of a usual trace. */
const ONE_DECISION = { batch: 1, tokens: 24 };

const worlds = createWasmWorlds(1);
const shipped = (id: string): Scenario | undefined => bundledScenarios().get(id);
const specOf = (episode: Episode) => {
  if (episode.recording)
    throw new Error('A recording has no world of the lab’s behind it; drive it yourself to get one.');
  return instantiate(resolveScenario(episode.scenario, shipped), episode.seed);
};

const policies = new Policies(readShippedCheckpoint);

/** States of any drive, its scenario inline or shipped. Throws when it is not what it says. */
export function statesOf(episode: Episode): DriveStates {
  if (episode.recording) return framesOfRecording(episode);
  const scenario = resolveScenario(episode.scenario, shipped);
  const { frames } = replayEpisode(episode, instantiate(scenario, episode.seed), worlds, scenario.human);
  return frames;
}

/** The same with the drawing of its map, for the screen. */
export const drawnStatesOf = async (episode: Episode): Promise<DriveStates> =>
  episode.recording ? statesOf(episode) : withDrawing(statesOf(episode), specOf(episode));

/** The road network of an OpenDRIVE file, read piece by piece. @throws XmlError, ImportError for one that is too large */
async function readMap(file: File): Promise<RoadMap> {
  checkSize(file.size);
  const reader = createOpenDriveReader(file.name);
  const decoder = new TextDecoder();
  for (let at = 0; at < file.size; at += MAP_CHUNK)
    reader.write(decoder.decode(await file.slice(at, at + MAP_CHUNK).arrayBuffer(), { stream: true }));
  return roadMapOf(file.name, reader.end());
}
const MAP_CHUNK = 1024 * 1024;

/** Catalogue files, whole. @throws ImportError when they are too large together */
async function readAll(files: readonly File[]): Promise<CatalogueFile[]> {
  checkSize(files.reduce((sum, { size }) => sum + size, 0));
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}

/** Drives a log's scenario with a policy; a report where the log holds the ego's own drive. */
async function driveLog(log: ImportedLog, policy: PolicyChoice, now: string): Promise<DrivenLog> {
  const { scenario, human, format, notes, skipped, mode } = log;
  if (!scenario) {
    const why = skipped.find(({ what }) => what === 'drive')?.why ?? 'it holds no drive';
    throw new ImportError('file', `The file (${format}) was read, but there is nothing to drive: ${why}.`);
  }
  const inline = canonicalJson(scenario);
  const spec = instantiate(scenario, 0);
  const chosen = await policies.choose(policy, scenario.id, 0);
  const episode = await driveEpisode({
    worlds,
    spec,
    driver: chosen.driver,
    policy: chosen.record,
    now,
    name: `${scenario.title}, ${chosen.record.name}`,
    inline,
  });
  const imported = { format, notes, skipped, mode };
  if (!human) return { episode, imported };
  const report = await reportLog(episode, statesOf(episode), spec, human, chosen.driver, worlds);
  return { episode, report, imported };
}

export const answers: Answers<Omit<LabService, 'frames' | keyof RecordingService>> = {
  scenarios: throwing(() =>
    [...bundledScenarios().values()].map((s) => ({
      id: s.id,
      title: s.title,
      description: s.description ?? '',
      tags: s.tags ?? [],
      ...(s.stage && { stage: s.stage }),
      hash: scenarioHash(s),
    })),
  ),

  async drive({ scenario: id, seed, policy, now }) {
    const scenario = shipped(id);
    if (!scenario) throw new Error(`There is no scenario "${id}".`);
    const { driver, record } = await policies.choose(policy, id, seed);
    return driveEpisode({ worlds, spec: instantiate(scenario, seed), driver, policy: record, now });
  },

  think: (episode, decision) => openThought(episode, decision, { worlds, policies, spec: specOf(episode) }),

  async fork(parent, decision, index, word, now) {
    const to = wordId(word);
    if (to === undefined) throw new Error(`"${word}" is not a word of the vocabulary.`);
    const spec = specOf(parent);
    const { scenarioId, seed } = spec;
    const { driver, record } = await policies.of(parent.policy, scenarioId, seed, decision);
    const from = parent.decisions[decision]?.tokens.length ?? 0;
    if (index >= from) throw new Error(`The thought at decision ${decision + 1} has no token ${index + 1}.`);
    return driveEpisode({
      worlds,
      spec,
      driver,
      policy: record,
      now,
      name: `${parent.name} · ${word}`,
      inline: parent.scenario.inline,
      fork: { parent, decision, index, to },
    });
  },

  shareLink(episode, view) {
    if (episode.recording) throw new Error('A link carries controls of the lab’s own world, and a recording has none.');
    const fragment = encodeLink(episode, view, { worlds, scenario: shipped });
    return { fragment, length: fragment.length };
  },

  openLink(fragment, now) {
    const started = performance.now();
    const outOfTime = () => performance.now() - started > LINK_BUDGET_MS;
    return decodeLink(fragment, now, { worlds, scenario: shipped, outOfTime });
  },

  async openFile(name, bytes, policy, now, actors, { map, catalogues = [] } = {}) {
    const file = recognise(bytes);
    if (!file.log) {
      const episode = validateEpisode(file.json);
      statesOf(episode);
      return { episode };
    }
    const options = { actors, ...(map && { map: await readMap(map) }), catalogues: await readAll(catalogues) };
    return driveLog(file.import(name, options), policy, now);
  },

  driveRecording: (episode, { ego, actors, policy, now }) =>
    driveLog(recordingAsLog(episode, ego, actors), policy, now),

  exportEpisode: throwing((episode) => transferring(new TextEncoder().encode(episodeToJson(episode)))),

  measureEngines: throwing(async () => {
    const { measureHere } = await import('../engines/measure.ts');
    return measureHere(POLICY_CONFIG, policies.parameters(await policies.shipped()), ONE_DECISION);
  }),

  useEngine: (name) => policies.useEngine(name),

  audit(episode) {
    if (episode.recording) return auditRecording(episode);
    return auditDrive(episode, specOf(episode), worlds, resolveScenario(episode.scenario, shipped).human);
  },

  checkDraft: (text, seed) => checkDraft(text, seed, worlds),

  driveDraft: (text, seed, now) => driveDraft(text, seed, now, worlds, policies),

  loadCheckpoint: (bytes) => policies.load(bytes),
};
