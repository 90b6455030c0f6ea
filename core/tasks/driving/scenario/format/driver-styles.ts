/**
 * How others drive: parameters of the Intelligent Driver Model (Treiber 2000) and of MOBIL (Kesting 2007) by style.
 * `normal` has IDM's published values for towns; the other styles stay within the ranges measured on real drivers.
 */
import type { TrafficSpec } from '../../world/spec/spec.ts';

export const STYLES = ['calm', 'normal', 'aggressive', 'timid'] as const;
export type Style = (typeof STYLES)[number];

/** What a style says of a driver. */
export type StyleSpec = Pick<
  TrafficSpec,
  'accelMps2' | 'brakeMps2' | 'headwayS' | 'gapM' | 'politeness' | 'advantageMps2' | 'safeBrakeMps2' | 'acceptedGapS'
> & {
  /** Desired speed as a share of the limit, where the scenario gives no speed. */
  readonly limitShare: number;
};

export const STYLE_SPECS: Readonly<Record<Style, StyleSpec>> = {
  normal: {
    accelMps2: 1.5,
    brakeMps2: 2.5,
    headwayS: 1.5,
    gapM: 2,
    politeness: 0.3,
    advantageMps2: 0.2,
    safeBrakeMps2: 2,
    acceptedGapS: 1.5,
    limitShare: 0.95,
  },
  calm: {
    accelMps2: 1.2,
    brakeMps2: 2,
    headwayS: 1.8,
    gapM: 2.5,
    politeness: 0.5,
    advantageMps2: 0.3,
    safeBrakeMps2: 1.5,
    acceptedGapS: 2,
    limitShare: 0.85,
  },
  aggressive: {
    accelMps2: 2.2,
    brakeMps2: 3.5,
    headwayS: 0.9,
    gapM: 1.5,
    politeness: 0,
    advantageMps2: 0.1,
    safeBrakeMps2: 3,
    acceptedGapS: 1,
    limitShare: 1.1,
  },
  timid: {
    accelMps2: 1,
    brakeMps2: 2,
    headwayS: 2.2,
    gapM: 3,
    politeness: 0.8,
    advantageMps2: 0.5,
    safeBrakeMps2: 1,
    acceptedGapS: 3,
    limitShare: 0.75,
  },
};
