/** The shape of the lab's own driving policy: the vocabulary and observation of today, the size of DESIGN's first model. */
import { VOCABULARY_SIZE } from '../trace/vocabulary.ts';
import { OBS_DIM } from '../world/layout.ts';
import { drivingConfig, type PolicyConfig } from './config.ts';

export const POLICY_CONFIG: PolicyConfig = drivingConfig(VOCABULARY_SIZE, OBS_DIM);
