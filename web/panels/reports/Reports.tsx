/**
 * The Reports page: a matrix of scenarios × policies on held-out seeds; beside it the drives of a chosen cell, opened down to the steps
 * that cost points, two policies compared drive by drive, or a run's checkpoints offline against closed loop.
 */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { openReports, reportsStore } from '../../stores/reports.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { CorrelationReport } from './Correlation.tsx';
import { Drives } from './Drives.tsx';
import { Matrix } from './Matrix.tsx';
import { Pair } from './Pair.tsx';
import { Toolbar } from './Toolbar.tsx';
import '../compare/compare.css';
import './reports.css';

export default function Reports() {
  const failure = useStore(reportsStore, (state) => state.failure);
  const side = useStore(reportsStore, (state) => state.side);
  useEffect(() => {
    void openReports();
  }, []);
  return (
    <div className="reports">
      <Toolbar />
      {failure && <FailureBox failure={failure} kept="Cells that were finished are kept." />}
      <div className="reportbody">
        <Matrix />
        <aside className="panel reportside" aria-label="Opened up">
          <div className="head">
            <Segments
              label="Opened up"
              options={[
                { value: 'drives', text: 'Drives' },
                { value: 'compare', text: 'Compare policies' },
                { value: 'correlation', text: 'Correlation' },
              ]}
              value={side}
              onChange={(value) => reportsStore.setState({ side: value })}
            />
          </div>
          {side === 'drives' ? <Drives /> : side === 'compare' ? <Pair /> : <CorrelationReport />}
        </aside>
      </div>
    </div>
  );
}
