/** Notices in the corner: plain ones go by themselves, failures stay with their ways out. */
import { useNotices } from '../../stores/hooks.ts';
import { dismiss } from '../../stores/notices.ts';
import { FailureActs } from '../../ui/Failure.tsx';
import { Icon } from '../../ui/Icon.tsx';

export function Notices() {
  const notices = useNotices();
  return (
    <section className="notices" aria-label="Notices">
      {notices.map(({ id, tone, text, kept, failure, retry }) => (
        <div key={id} className={`notice ${tone}`} role={tone === 'error' ? 'alert' : 'status'}>
          <div className="grow">
            {tone === 'error' && <b className="bad">✕ </b>}
            {text}
            {kept && <div className="dim">{kept}</div>}
            {failure && (
              <FailureActs
                failure={failure}
                retry={
                  retry &&
                  (() => {
                    dismiss(id);
                    retry();
                  })
                }
              />
            )}
          </div>
          <button type="button" className="icon" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
