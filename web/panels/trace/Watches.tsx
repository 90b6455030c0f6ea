/** Numbers watched at the cursor: ego state from the frames, value and residual from the thought, any observation entry. */
import { useState } from 'react';
import { OBSERVATION_SLICES } from '../../../core/tasks/driving/observe/observation.ts';
import { debuggerStore, WATCHABLE, watchText } from '../../stores/debugger.ts';
import { useDebugger, useDrive } from '../../stores/hooks.ts';
import { Icon } from '../../ui/Icon.tsx';

const KNOWN = /^(ego\.(speed|accel|steer|s|lateral|ttc|reward)|value|residual\[[0-3]\]|obs\[\d{1,2}\])$/;
const OBSERVED = OBSERVATION_SLICES.flatMap(({ name, start, size }) =>
  Array.from({ length: size }, (_, i) => ({ value: `obs[${start + i}]`, label: `${name} ${i}` })),
);

export function Watches() {
  const watches = useDebugger((state) => state.watches);
  const frames = useDrive((state) => state.frames);
  const step = useDrive((state) => state.step);
  const thought = useDrive((state) => state.thoughts.get(state.decision));
  const [text, setText] = useState('');
  const wrong = text !== '' && !KNOWN.test(text.trim());
  return (
    <>
      <ul className="watches mono" aria-label="Watches">
        {watches.map((name) => (
          <li key={name}>
            <span className="grow clip">{name}</span>
            <b>{watchText(name, frames, step, thought)}</b>
            <button
              type="button"
              className="icon"
              aria-label={`Stop watching ${name}`}
              onClick={() => debuggerStore.setState({ watches: watches.filter((watch) => watch !== name) })}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <form
        className="addrow"
        onSubmit={(event) => {
          event.preventDefault();
          const name = text.trim();
          if (!KNOWN.test(name) || watches.includes(name)) return;
          debuggerStore.setState({ watches: [...watches, name] });
          setText('');
        }}
      >
        <input
          className="field mono"
          list="watchable"
          aria-label="Watch"
          aria-invalid={wrong}
          placeholder="ego.accel, value, obs[34] …"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <datalist id="watchable">
          {WATCHABLE.map((name) => (
            <option key={name} value={name} />
          ))}
          {OBSERVED.map(({ value, label }) => (
            <option key={value} value={value} label={label} />
          ))}
        </datalist>
        <button type="submit" className="btn small" disabled={wrong || text === ''}>
          Add
        </button>
      </form>
    </>
  );
}
