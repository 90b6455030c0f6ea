/**
 * The form of a run, made from the hyperparameter records of core/learn: each has a value, a range, a step and one line of
 * documentation, and this file knows none of them by name. Changed values are marked and can be put back one by one.
 */
import { use, useState } from 'react';
import type { Hyperparameter } from '../../../core/learn/run/hyperparameters.ts';
import { useTraining } from '../../stores/hooks.ts';
import { ALGORITHMS, pipelineOf, STAGES } from '../../../core/learn/stages.ts';
import { chooseAlgorithm, override, trainingStore } from '../../stores/training.ts';

/** Every stage's record, loaded with this form. */
const LOADED = Promise.all(STAGES.map(async ({ id, load }) => [id, (await load()).hyperparameters] as const)).then(
  (all) => new Map(all),
);

export default function RunForm() {
  const seed = useTraining((state) => state.seed);
  const active = useTraining((state) => state.active);
  const algorithm = useTraining((state) => state.algorithm);
  const records = use(LOADED);
  return (
    <form className="runform" onSubmit={(event) => event.preventDefault()} aria-label="Configuration of the next run">
      {active && <p className="empty">Changes count for the next run.</p>}
      <label className="param">
        <span>seed</span>
        <input
          className="field mono"
          type="number"
          min={0}
          max={4294967295}
          step={1}
          value={seed}
          onChange={(event) =>
            trainingStore.setState({ seed: Math.max(0, Math.trunc(event.target.valueAsNumber || 0)) })
          }
        />
      </label>
      {ALGORITHMS.length > 1 && (
        <label className="param">
          <span>algorithm</span>
          <select className="field" value={algorithm} onChange={(event) => chooseAlgorithm(event.target.value)}>
            {STAGES.flatMap((stage) => stage.algorithm ?? []).map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {pipelineOf(algorithm).map(({ id: stage, title }) => (
        <fieldset key={stage}>
          <legend>{title}</legend>
          {Object.entries<Hyperparameter>(records.get(stage) ?? {}).map(([name, parameter]) => (
            <Param key={name} stage={stage} name={name} parameter={parameter} />
          ))}
        </fieldset>
      ))}
    </form>
  );
}

interface ParamProps {
  readonly stage: string;
  readonly name: string;
  readonly parameter: Hyperparameter;
}

function Param({ stage, name, parameter }: ParamProps) {
  const given = useTraining((state) => state.overrides[stage]?.[name]);
  const [text, setText] = useState(String(given ?? parameter.value));
  const id = `${stage}-${name}`;
  const value = Number(text);
  const wrong = text.trim() === '' || !Number.isFinite(value) || value < parameter.min || value > parameter.max;
  const change = (next: string) => {
    setText(next);
    const number = Number(next);
    const fits = next.trim() !== '' && number >= parameter.min && number <= parameter.max;
    override(stage, name, fits && number !== parameter.value ? number : null);
  };
  return (
    <div className="param" title={`${parameter.doc} From ${parameter.min} to ${parameter.max}.`}>
      <label htmlFor={`${id}-value`} className={given === undefined ? '' : 'changed'}>
        {words(name)}
      </label>
      {given !== undefined && (
        <button
          type="button"
          className="link"
          aria-label={`Put ${words(name)} back`}
          onClick={() => change(String(parameter.value))}
        >
          reset
        </button>
      )}
      <input
        id={`${id}-value`}
        className="field mono"
        inputMode="decimal"
        value={text}
        aria-invalid={wrong}
        aria-describedby={id}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!by || wrong) return;
          event.preventDefault();
          const next = Math.min(parameter.max, Math.max(parameter.min, value + by * parameter.step));
          change(String(Number(next.toPrecision(12))));
        }}
      />
      <small id={id}>
        {wrong ? (
          <span className="bad">
            ✕ between {parameter.min} and {parameter.max}
          </span>
        ) : (
          parameter.doc
        )}
      </small>
    </div>
  );
}

/** learningRate → learning rate. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
