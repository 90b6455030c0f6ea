// Writes what is written of tables: the constants of core/abi that the kernels and the code around them share, and docs/observation.md.
// Run under tsx, because the tables are TypeScript; kernels.mjs does so before it compiles. A file that is as it should be is left alone.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { observationConstants, observationMarkdown } from '../core/tasks/driving/observe/written.ts';

const MARK = /(\/\* Written by `npm run kernels` from [^*]*\*\/\n)[\s\S]*?(\/\* End of what is written\. \*\/)/;

/** What each file should be, by its path from the root. */
export function writtenFiles() {
  const part = (path, text) => readFileSync(path, 'utf8').replace(MARK, (_, head, end) => `${head}${text}\n${end}`);
  return {
    'core/abi/layout.ts': part('core/abi/layout.ts', observationConstants()),
    'docs/observation.md': observationMarkdown(),
  };
}

function readOr(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const [path, text] of Object.entries(writtenFiles())) if (readOr(path) !== text) writeFileSync(path, text);
