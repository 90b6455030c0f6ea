// Playwright's reporter of durations, see slowest.mjs.
import { relative } from 'node:path';
import { tookSeconds } from './slowest.mjs';

export default class {
  onTestEnd(test, { duration }) {
    const title = test.titlePath().slice(3).join(' ');
    tookSeconds([{ name: `${relative('.', test.location.file)}: ${title}`, seconds: duration / 1000 }]);
  }
  printsToStdio() {
    return false;
  }
}
