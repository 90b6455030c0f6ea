/** Keeps a panel's failure inside the panel: the others go on, and Retry draws it anew. */
import { Component, type ReactNode } from 'react';
import type { Failure } from '../../workers/contracts/protocol.ts';
import { failureOf } from '../stores/notices.ts';
import { FailureBox } from './Failure.tsx';

interface Props {
  readonly name: string;
  readonly children: ReactNode;
}

export class Boundary extends Component<Props, { readonly failure: Failure | null }> {
  override state = { failure: null };

  static getDerivedStateFromError(error: unknown): { failure: Failure } {
    return { failure: failureOf(error) };
  }

  override render(): ReactNode {
    const { failure } = this.state as { failure: Failure | null };
    if (!failure) return this.props.children;
    return (
      <section className="panel" aria-label={this.props.name}>
        <FailureBox
          failure={{ ...failure, where: this.props.name.toLowerCase() }}
          kept="The drive and the other panels go on; nothing was lost."
          retry={() => this.setState({ failure: null })}
        />
      </section>
    );
  }
}
