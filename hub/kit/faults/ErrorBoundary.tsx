import { Component, type ReactNode } from 'react';
import { FaultCard } from './ProblemCard';

interface ErrorBoundaryProps {
  /** The boundary shows its children again when this changes. */
  readonly resetKey: string;
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: unknown;
  readonly hasError: boolean;
  readonly resetKey: string;
}

/** Shows a message where a part of the page fails while it renders or loads; the rest of the page works on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override readonly state: ErrorBoundaryState = { error: undefined, hasError: false, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<ErrorBoundaryState> {
    return { error, hasError: true };
  }

  static getDerivedStateFromProps(
    { resetKey }: ErrorBoundaryProps,
    state: ErrorBoundaryState,
  ): ErrorBoundaryState | null {
    return resetKey === state.resetKey ? null : { error: undefined, hasError: false, resetKey };
  }

  override render(): ReactNode {
    if (!this.state.hasError) return this.props.children;
    return <FaultCard error={this.state.error} onRetry={() => this.setState({ error: undefined, hasError: false })} />;
  }
}
