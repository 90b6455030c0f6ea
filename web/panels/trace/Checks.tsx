/** The checks of the decision's trace: passed, failed, or not applicable; each opens to the sentence that says why. */
import { useState } from 'react';
import type { ThoughtCheck } from '../../../workers/contracts/protocol.ts';

type Name = ThoughtCheck['name'];
const NAMES: readonly Name[] = ['grounded', 'consistent', 'necessary', 'sufficient'];

export function Checks({ checks }: { readonly checks: readonly ThoughtCheck[] }) {
  const [open, setOpen] = useState<Name | null>(null);
  const format = checks.find(({ name }) => name === 'format');
  const names = format?.passed === false ? [...NAMES, 'format' as const] : NAMES;
  const textOf = (name: Name) => checks.find((check) => check.name === name)?.text ?? 'Not checked yet.';
  return (
    <>
      {open && (
        <p className="check-text" role="status">
          <b>{open}</b>: {textOf(open)}
        </p>
      )}
      <ul className="checks" aria-label="Checks of this trace">
        {names.map((name) => {
          const passed = checks.find((check) => check.name === name)?.passed;
          const [mark, tone, word] =
            passed === true ? ['✓', 'ok', 'passed'] : passed === false ? ['✕', 'bad', 'failed'] : ['–', 'dim', 'open'];
          return (
            <li key={name}>
              <button
                type="button"
                aria-expanded={open === name}
                aria-label={`${name}: ${word}`}
                title={textOf(name)}
                onClick={() => setOpen(open === name ? null : name)}
              >
                <b className={tone}>{mark}</b>
                {name}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
