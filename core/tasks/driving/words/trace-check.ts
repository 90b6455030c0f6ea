/** What a check of a trace answers; the checks themselves: checks.ts. */
export type TraceCheckName = 'grounded' | 'consistent' | 'necessary' | 'sufficient' | 'format';

export interface TraceCheck {
  readonly name: TraceCheckName;
  /** null where the question does not arise. */
  readonly passed: boolean | null;
  /** One sentence. */
  readonly text: string;
}

/** What every check but `format` answers for tokens that are no trace. */
export function unreadable(name: TraceCheckName): TraceCheck {
  return { name, passed: null, text: 'Cannot be checked: the trace is not well formed.' };
}
