/** The left column: the pipeline and its form, the runs kept, the episodes kept. */
import { Episodes } from './Episodes.tsx';
import { Pipeline } from './Pipeline.tsx';
import { Runs } from './Runs.tsx';

export function Left() {
  return (
    <aside className="panel left" aria-label="Pipeline and episodes">
      <Pipeline />
      <Runs />
      <Episodes />
    </aside>
  );
}
