/** The left column: the pipeline and its form, the runs kept, sources to watch, the episodes kept. */
import { Sources } from '../sources/index.tsx';
import { Episodes } from './Episodes.tsx';
import { PipelinePanel } from './Pipeline.tsx';
import { Runs } from './Runs.tsx';

export function Sidebar() {
  return (
    <div className="panel left">
      <PipelinePanel />
      <Runs />
      <Sources />
      <Episodes />
    </div>
  );
}
