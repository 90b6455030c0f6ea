/**
 * Hyperparameters as data: each has a value, a range, a step and one line of documentation. The algorithm reads the values,
 * the page makes its form of the records, and the command line checks flags against the ranges: one place for each fact.
 */
export interface Hyperparameter {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly doc: string;
}
export type Hyperparameters = Readonly<Record<string, Hyperparameter>>;
/** The plain numbers of a record. */
export type Values<H extends Hyperparameters> = { readonly [K in keyof H]: number };

export class HyperparameterError extends Error {
  readonly parameter: string;
  readonly given: unknown;
  constructor(parameter: string, given: unknown, message: string) {
    super(message);
    this.name = 'HyperparameterError';
    this.parameter = parameter;
    this.given = given;
  }
}

/** Defaults of `record` with `overrides` put over them. Throws HyperparameterError on an unknown name or a value out of range. */
export function resolveHyperparameters<H extends Hyperparameters>(
  record: H,
  overrides: Readonly<Record<string, number>> = {},
): Values<H> {
  const values: Record<string, number> = {};
  for (const [name, parameter] of Object.entries(record)) values[name] = parameter.value;
  for (const [name, given] of Object.entries(overrides)) {
    const parameter = Object.hasOwn(record, name) ? record[name] : undefined;
    if (!parameter) {
      throw new HyperparameterError(
        name,
        given,
        `There is no hyperparameter "${name}"; there are ${Object.keys(record).join(', ')}.`,
      );
    }
    if (!Number.isFinite(given) || given < parameter.min || given > parameter.max) {
      throw new HyperparameterError(
        name,
        given,
        `${name} must lie between ${parameter.min} and ${parameter.max}, not ${given}.`,
      );
    }
    values[name] = given;
  }
  return values as Values<H>;
}
