/**
 * The form of a run, made from the hyperparameter records of core/learn: each has a value, a range, a step and one line of
 * documentation, and this file knows none of them by name. Changed values are marked and can be put back one by one.
 */
import { useState } from 'react';
import { HYPERPARAMETERS } from '../../../core/learn/runner.ts';
import type { Hyperparameter } from '../../../core/learn/run/hyperparameters.ts';
import type { StageName } from '../../../workers/contracts/protocol.ts';
import { useTraining } from '../../stores/hooks.ts';
import { override, STAGE_ORDER, STAGE_TITLES, trainingStore } from '../../stores/training.ts';

export default function RunForm() {
  const seed = useTraining((state) => state.seed);
  const active = useTraining((state) => state.active);
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
      {STAGE_ORDER.map((stage) => (
        <fieldset key={stage}>
          <legend>{STAGE_TITLES[stage]}</legend>
          {Object.entries<Hyperparameter>(HYPERPARAMETERS[stage]).map(([name, parameter]) => (
            <Param key={name} stage={stage} name={name} parameter={parameter} />
          ))}
        </fieldset>
      ))}
    </form>
  );
}

interface ParamProps {
  readonly stage: StageName;
  readonly name: string;
  readonly parameter: Hyperparameter;
}

function Param({ stage, name, parameter }: ParamProps) {
  const given = useTraining((state) => state.overrides[stage][name]);
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
