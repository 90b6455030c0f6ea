/** The left column: the pipeline and its form, the runs kept, the episodes kept. */
import { Episodes } from './Episodes.tsx';
import { Pipeline } from './Pipeline.tsx';
import { Runs } from './Runs.tsx';

export function Left() {
  return (
    <div className="panel left">
      <Pipeline />
      <Runs />
      <Episodes />
    </div>
  );
}
