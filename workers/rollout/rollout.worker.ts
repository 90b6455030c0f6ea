/** One core's worth of rollouts. */
import { throwing } from '../../core/base/service.ts';
import { LocalRollouts, type RolloutService } from '../../core/learn/worker.ts';
import { createEngine } from '../engines/engines.ts';
import { expose } from '../expose.ts';

expose<RolloutService>(throwing(new LocalRollouts(createEngine)));
