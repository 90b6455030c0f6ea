/** What the services of the proxy share. */
import type { HostOptions } from './host.ts';
import type { Metrics } from './metrics.ts';
import type { Registry } from './registry.ts';

export interface ServiceContext {
  readonly registry: Registry;
  readonly metrics: Metrics;
  readonly hostOptions: HostOptions;
  readonly version: string;
  /** How long an environment lives without a call, and how long a simulator may take to answer. */
  readonly idleMs?: number;
  readonly answerMs?: number;
}
