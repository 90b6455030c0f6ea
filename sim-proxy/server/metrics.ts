/** Counters and gauges in Prometheus' text format (version 0.0.4). Label values are few: methods, refusals, sources by name. */
import { SourceKind } from '../generated/traceway/v1/source_pb.ts';
import type { SourceHost } from './host.ts';

type Labels = Readonly<Record<string, string>>;

const HELP: Readonly<Record<string, readonly ['counter' | 'gauge', string]>> = {
  traceway_calls_total: ['counter', 'Calls by method and status.'],
  traceway_call_seconds_total: ['counter', 'Time spent in calls by method.'],
  traceway_refused_total: ['counter', 'Requests refused before a call, by name.'],
  traceway_frames_sent_total: ['counter', 'Frames sent to watchers.'],
  traceway_messages_sent_total: ['counter', 'Messages of frames sent to watchers.'],
  traceway_frames_skipped_total: ['counter', 'Frames that slow watchers were not sent.'],
  traceway_watch_seconds_total: ['counter', 'Time watched.'],
  traceway_connections: ['gauge', 'Open connections.'],
  traceway_environments: ['gauge', 'Open environments.'],
  traceway_resident_bytes: ['gauge', 'Resident memory of the process.'],
  traceway_source_watchers: ['gauge', 'Watchers of a source.'],
  traceway_source_frames_total: ['counter', 'Frames a source has given.'],
  traceway_source_frames_per_second: ['gauge', 'Frames a second of a source.'],
  traceway_source_state: ['gauge', 'SourceState of traceway.v1.'],
  traceway_source_buffer_bytes: ['gauge', 'Bytes of frames kept for a source.'],
  traceway_source_missed_frames_total: ['counter', 'Frames that the simulator made and the proxy never got.'],
  traceway_source_reconnects_total: ['counter', 'Times a simulator was found again or a source begun anew.'],
};

const labelled = (labels: Labels) =>
  Object.keys(labels).length === 0
    ? ''
    : `{${Object.entries(labels)
        .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, '_')}"`)
        .join(',')}}`;

export class Metrics {
  readonly #values = new Map<string, Map<string, number>>();

  add(name: string, labels: Labels = {}, by = 1): void {
    const series = this.#series(name);
    const key = labelled(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  }
  set(name: string, value: number, labels: Labels = {}): void {
    this.#series(name).set(labelled(labels), value);
  }

  /** Reads the sources as they stand; environments to watch, whose ids are all different, are no series of their own. */
  observe(hosts: Iterable<SourceHost>): void {
    for (const name of Object.keys(HELP)) if (name.startsWith('traceway_source_')) this.#values.delete(name);
    for (const host of hosts) {
      if (host.source.kind === SourceKind.ENVIRONMENT) continue;
      const source = { source: host.id };
      const { status } = host.source;
      this.set('traceway_source_watchers', host.feed.readers, source);
      this.set('traceway_source_frames_total', host.feed.latest, source);
      this.set('traceway_source_frames_per_second', host.framesPerSecond(), source);
      this.set('traceway_source_state', host.state, source);
      this.set('traceway_source_buffer_bytes', host.feed.bytes, source);
      this.set('traceway_source_missed_frames_total', status.missedFrames, source);
      this.set('traceway_source_reconnects_total', status.reconnects + host.restarts, source);
    }
    this.set('traceway_resident_bytes', process.memoryUsage.rss());
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, series] of this.#values) {
      const [type, help] = HELP[name] ?? ['gauge', name];
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [key, value] of series) lines.push(`${name}${key} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #series(name: string): Map<string, number> {
    let series = this.#values.get(name);
    if (!series) this.#values.set(name, (series = new Map()));
    return series;
  }
}
