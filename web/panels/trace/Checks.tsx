/** The checks of the decision's trace: passed, failed, or not applicable, each with the sentence that says why. */
import type { ThoughtCheck } from '../../../workers/protocol.ts';

const NAMES: readonly ThoughtCheck['name'][] = ['grounded', 'consistent', 'necessary', 'sufficient'];

export function Checks({ checks }: { readonly checks: readonly ThoughtCheck[] }) {
  const format = checks.find(({ name }) => name === 'format');
  const names = format && format.passed === false ? [...NAMES, 'format' as const] : NAMES;
  return (
    <ul className="checks" aria-label="Checks of this trace">
      {names.map((name) => {
        const check = checks.find((candidate) => candidate.name === name);
        const [mark, tone] =
          check?.passed === true ? ['✓', 'ok'] : check?.passed === false ? ['✕', 'bad'] : ['–', 'dim'];
        const text = check?.text ?? 'Not checked yet.';
        return (
          <li key={name} title={text}>
            <b className={tone}>{mark}</b>
            {name}
            <span className="hidden">: {text}</span>
          </li>
        );
      })}
    </ul>
  );
}
