/** The shape of the lab's own driving policy: the vocabulary and observation of today, the size of DESIGN's first model. */
import { VOCABULARY_SIZE } from '../words/vocabulary.ts';
import { OBS_DIM } from '../../../abi/layout.ts';
import { drivingConfig, type PolicyConfig } from '../../../models/config.ts';

export const POLICY_CONFIG: PolicyConfig = drivingConfig(VOCABULARY_SIZE, OBS_DIM);
