/** A rollout worker on a Node worker thread. */
import { throwing } from '../../core/base/service.ts';
import { LocalRollouts, type RolloutService } from '../../core/learn/worker.ts';
import { createNodeEngine } from './engines.ts';
import { exposeThread } from './expose.ts';

exposeThread<RolloutService>(throwing(new LocalRollouts(createNodeEngine)));
