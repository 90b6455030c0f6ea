/** The recorded driver of a log, as an episode carries it. */

/** One row a step of the recorded drive: x, y, heading, speed. */
export type HumanTrack = readonly (readonly [x: number, y: number, headingRad: number, speedMps: number])[];
