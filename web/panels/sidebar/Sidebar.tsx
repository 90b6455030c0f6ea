/** The left column: the pipeline and its form, the runs kept, sources to watch, the episodes kept. */
import { Sources } from '../sources/Sources.tsx';
import { Episodes } from './Episodes.tsx';
import { Pipeline } from './Pipeline.tsx';
import { Runs } from './Runs.tsx';

export function Left() {
  return (
    <div className="panel left">
      <Pipeline />
      <Runs />
      <Sources />
      <Episodes />
    </div>
  );
}
