/** What a simulator at the other end of a call says it can do: taken for hostile until every size, number and name of it is checked. */
import { type Box, type EnvironmentOffer } from '../../generated/traceway/v1/environment_pb.ts';
import { ProxyError } from '../../feed/errors.ts';
import { type BoxSpace, type EnvironmentForm, spaceSize } from '../environment.ts';

const MAX_COUNT = 256;
const MAX_TEXT = 200;
const MAX_NUMBERS = 1 << 20;
const MAX_DIMENSIONS = 8;
const MAX_SLICES = 1024;
const MAX_SCENARIOS = 1024;
const NAME = /^[A-Za-z0-9_-]{1,40}$/;

export interface Offer {
  readonly name: string;
  readonly version: string;
  readonly form: EnvironmentForm;
  /** Most worlds of an environment. */
  readonly maxCount: number;
  readonly snapshots: boolean;
}

/** @throws ProxyError `bad-name`, `bad-request` */
export function readOffer(offer: EnvironmentOffer): Offer {
  const { name, version, stepSeconds, decisionSteps, scenarioIds, maxCount, snapshots } = offer;
  checkName(name, 'offer.name');
  checkText(version, 'offer.version');
  const observationSpace = readBox(offer.observationSpace, 'observation_space');
  const actionSpace = readBox(offer.actionSpace, 'action_space');
  if (!(stepSeconds > 0 && stepSeconds <= 3600)) throw bad('step_seconds', 'above 0 and at most 3600', stepSeconds);
  if (decisionSteps > 10_000) throw bad('decision_steps', 'at most 10000', decisionSteps);
  if (maxCount > MAX_COUNT) throw bad('max_count', `at most ${MAX_COUNT}`, maxCount);
  const most = Math.max(1, maxCount) * Math.max(spaceSize(observationSpace), spaceSize(actionSpace));
  if (most > MAX_NUMBERS) throw bad('max_count', `so small that all worlds have ${MAX_NUMBERS} numbers`, maxCount);
  if (scenarioIds.length > MAX_SCENARIOS) throw bad('scenario_ids', `at most ${MAX_SCENARIOS}`, scenarioIds.length);
  for (const id of scenarioIds) checkText(id, 'offer.scenario_ids');
  return {
    name,
    version,
    maxCount: Math.max(1, maxCount),
    snapshots,
    form: {
      observationSpace,
      actionSpace,
      stepSeconds,
      decisionSteps: Math.max(1, decisionSteps),
      observationSlices: readSlices(offer, spaceSize(observationSpace)),
      scenarioIds: [...scenarioIds],
    },
  };
}

/** Of a pushed source. @throws ProxyError `bad-name` */
export function checkName(name: string, field: string): void {
  if (NAME.test(name)) return;
  const expected = '1 to 40 letters, digits, "-" and "_"';
  throw new ProxyError('invalid', 'bad-name', `${field} must be ${expected}.`, field);
}

/** @throws ProxyError `bad-request` */
export function checkText(text: string, field: string): void {
  if (text.length <= MAX_TEXT) return;
  throw new ProxyError('invalid', 'bad-request', `${field} has more than ${MAX_TEXT} characters.`, field);
}

function readBox(box: Box | undefined, field: string): BoxSpace {
  if (!box) throw bad(field, 'a box', 'absent');
  const { shape, low, high } = box;
  if (shape.length > MAX_DIMENSIONS)
    throw bad(`${field}.shape`, `of at most ${MAX_DIMENSIONS} dimensions`, shape.length);
  const size = spaceSize(box);
  if (size < 1 || size > MAX_NUMBERS) throw bad(`${field}.shape`, `of 1 to ${MAX_NUMBERS} numbers`, size);
  for (const [name, bounds] of Object.entries({ low, high })) {
    const fits = bounds.length === 0 || bounds.length === size;
    if (!fits) throw bad(`${field}.${name}`, `empty or of ${size} numbers`, bounds.length);
    if (bounds.some(Number.isNaN)) throw bad(`${field}.${name}`, 'of numbers', Number.NaN);
  }
  const crossed = low.findIndex((least, i) => least > high[i]);
  if (crossed >= 0) throw bad(`${field}.low`, `at most ${high[crossed]} where high is`, low[crossed]);
  return { shape: [...shape], ...(low.length && { low: [...low] }), ...(high.length && { high: [...high] }) };
}

function readSlices({ observationSlices: slices }: EnvironmentOffer, size: number) {
  if (slices.length > MAX_SLICES) throw bad('observation_slices', `at most ${MAX_SLICES}`, slices.length);
  return slices.map(({ name, start, size: length }) => {
    checkText(name, 'offer.observation_slices');
    if (start + length > size) throw bad('observation_slices', `within ${size} numbers`, start + length);
    return { name, start, size: length };
  });
}

const bad = (field: string, expected: string, given: string | number) =>
  new ProxyError('invalid', 'bad-request', `offer.${field} must be ${expected}, not ${given}.`, `offer.${field}`);
