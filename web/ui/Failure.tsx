/** What failed, what is kept, and the ways out: the same small box in every panel. */
import type { Failure } from '../../workers/contracts/protocol.ts';

interface Props {
  readonly failure: Failure;
  readonly kept?: string;
  readonly retry?: () => void;
}

/** Everything a maintainer needs to see, as text. */
function diagnostics(failure: Failure): string {
  return [
    failure.message,
    failure.where && `where: ${failure.where}`,
    failure.detail && `detail: ${failure.detail}`,
    `page: ${location.origin}${location.pathname}`,
    `browser: ${navigator.userAgent}`,
    `time: ${new Date().toISOString()}`,
  ]
    .filter(Boolean)
    .join('\n');
}

export function FailureBox({ failure, kept, retry }: Props) {
  return (
    <div className="trouble" role="alert">
      <div>
        <b className="bad">✕ </b>
        {failure.message}
        {failure.where && !failure.message.includes(failure.where) && <span className="dim"> ({failure.where})</span>}
      </div>
      {kept && <div className="dim">{kept}</div>}
      <FailureActs failure={failure} retry={retry} />
    </div>
  );
}

/** Retry, where it makes sense, and a copy of everything a maintainer needs. */
export function FailureActs({ failure, retry }: Pick<Props, 'failure' | 'retry'>) {
  return (
    <div className="acts">
      {retry && (
        <button type="button" className="btn small" onClick={retry}>
          Retry
        </button>
      )}
      <button
        type="button"
        className="btn small"
        onClick={() => void navigator.clipboard?.writeText(diagnostics(failure))}
      >
        Copy diagnostics
      </button>
    </div>
  );
}
