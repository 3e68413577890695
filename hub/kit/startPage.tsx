import 'azure-devops-ui/Core/override.css';
import './kit.css';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectHost, notifyFailed, notifyLoaded } from '../host/connectHost';
import { escapeFromButtons } from './focus/escapeFromButtons';
import { describeFault } from './faults/describeFault';
import { ErrorBoundary } from './faults/ErrorBoundary';
import { HostContext } from './hubContext';
import { FaultCard } from './faults/ProblemCard';

/** Connects the page with its host and renders it; where that fails, shows why and a button that loads the page again. */
export async function startPage(content: ReactNode): Promise<void> {
  const element = document.getElementById('root');
  if (!element) throw new Error('The page has no element with the id root.');
  escapeFromButtons(document);
  const root = createRoot(element);
  try {
    const host = await connectHost();
    root.render(
      <StrictMode>
        <HostContext.Provider value={host}>
          <ErrorBoundary resetKey="">{content}</ErrorBoundary>
        </HostContext.Provider>
      </StrictMode>,
    );
    notifyLoaded();
  } catch (error) {
    notifyFailed(describeFault(error).sentence);
    root.render(<FaultCard error={error} onRetry={() => location.reload()} />);
  }
}
