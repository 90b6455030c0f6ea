/**
 * CARLA versions: what each one's protocol has that the others have not. The version text comes from the server (`0.9.15`,
 * `0.9.16-12-g0123abc`); the dialect is checked against what the server then sends, and what does not match is said.
 *
 * Read in the sources of each version or seen on the wire, except what `inferred` lists.
 */
import { CarlaError } from './errors.ts';

export type CarlaVersion = '0.9.13' | '0.9.14' | '0.9.15' | '0.9.16' | '0.10';
export const SUPPORTED_VERSIONS: readonly CarlaVersion[] = ['0.9.13', '0.9.14', '0.9.15', '0.9.16', '0.10'];

export interface Dialect {
  readonly version: CarlaVersion;
  readonly settingsFields: 10 | 11;
  readonly weatherFields: 13 | 14;
  /** `get_sensor_token` exists, and must be called before a stream is opened; else the actor's own token serves. */
  readonly sensorToken: boolean;
  /** Ackermann control exists, and stands at index 3 of the batch commands. */
  readonly ackermann: boolean;
  /** Console command and traffic light state exist among the batch commands. */
  readonly lateCommands: boolean;
  readonly boxFields: 3 | 4;
  /** `spawn_actor_with_parent` takes a socket name, and so does the spawn command (with an attachment type). */
  readonly socketName: boolean;
  /** Integer of the attribute type Bool; Int, Float, String and RGBColor follow. */
  readonly attributeTypeBase: 0 | 1;
  /** Registry index of the world observer in a stream message's header. */
  readonly worldObserverType: number;
  /** Fields of this record that no source or wire has confirmed. */
  readonly inferred: readonly string[];
}

const CARLA_0_9_15: Dialect = {
  version: '0.9.15',
  settingsFields: 11,
  weatherFields: 14,
  sensorToken: true,
  ackermann: true,
  lateCommands: true,
  boxFields: 3,
  socketName: false,
  attributeTypeBase: 0,
  worldObserverType: 16,
  inferred: [],
};
const DIALECTS: Readonly<Record<CarlaVersion, Dialect>> = {
  '0.9.13': {
    ...CARLA_0_9_15,
    version: '0.9.13',
    settingsFields: 10,
    weatherFields: 13,
    sensorToken: false,
    ackermann: false,
    lateCommands: false,
    worldObserverType: 15,
  },
  '0.9.14': { ...CARLA_0_9_15, version: '0.9.14', settingsFields: 10 },
  '0.9.15': CARLA_0_9_15,
  '0.9.16': {
    ...CARLA_0_9_15,
    version: '0.9.16',
    boxFields: 4,
    socketName: true,
    attributeTypeBase: 1,
    worldObserverType: 17,
    inferred: ['worldObserverType'],
  },
  '0.10': { ...CARLA_0_9_15, version: '0.10' },
};

/** The dialect of a version text. @throws CarlaError `unsupported`, saying what differs. */
export function dialectOf(text: string): Dialect {
  const match = /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  const [major, minor, patch] = match ? match.slice(1).map((part) => Number(part ?? 0)) : [];
  if (major === 0 && minor === 10) return DIALECTS['0.10'];
  const exact = DIALECTS[`${major}.${minor}.${patch}` as CarlaVersion];
  if (exact) return exact;
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  throw new CarlaError('unsupported', `This server says it is CARLA "${shown}"; ${whatDiffers(major, minor, patch)}`);
}

function whatDiffers(major?: number, minor?: number, patch?: number): string {
  const spoken = `this client speaks ${SUPPORTED_VERSIONS.join(', ')}.`;
  if (major === undefined || minor === undefined || patch === undefined) return `that is no version number; ${spoken}`;
  if (major === 0 && minor === 9 && patch < 13) {
    return (
      'before 0.9.13 the episode settings, the sensor registry and the batch commands are laid out otherwise, ' +
      `so its frames would be misread; ${spoken}`
    );
  }
  if (major === 0 && minor === 9) {
    return (
      'after 0.9.16 stream headers have 88 bytes instead of 48 and actor states 135 instead of 119, ' +
      `so its frames would be misread; ${spoken}`
    );
  }
  return `its protocol is not known; ${spoken}`;
}
