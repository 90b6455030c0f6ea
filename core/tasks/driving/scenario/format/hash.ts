/**
 * The hash that names a scenario: SHA-256 over its canonical JSON. Apart from scenario.ts so that replaying a shipped drive needs
 * no YAML parser.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Scenario } from './schema.ts';

const hashes = new WeakMap<Scenario, string>();

/** SHA-256 (64 hex digits) of the scenario as canonical JSON (keys sorted, no spaces): layout and comments don't count. */
export function scenarioHash(scenario: Scenario): string {
  let hash = hashes.get(scenario);
  if (!hash) {
    hash = bytesToHex(sha256(utf8ToBytes(canonicalJson(scenario))));
    hashes.set(scenario, hash);
  }
  return hash;
}

/** JSON with sorted keys; `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
