// Vitest's reporter of durations, see slowest.mjs.
import { relative } from 'node:path';
import { tookSeconds } from './slowest.mjs';

export default class {
  onTestRunEnd(modules) {
    const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => [module, test]));
    tookSeconds(
      tests.map(([module, test]) => ({
        name: `${relative('.', module.moduleId)}: ${test.fullName}`,
        seconds: (test.diagnostic()?.duration ?? 0) / 1000,
      })),
    );
  }
}
