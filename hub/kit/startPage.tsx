import 'azure-devops-ui/Core/override.css';
import './kit.css';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { notifyFailed, notifyLoaded } from '../host/connectHost';
import type { Host } from '../host/host';
import { escapeFromButtons } from './focus/escapeFromButtons';
import { keepFocus } from './focus/keepFocus';
import { describeFault } from './faults/describeFault';
import { ErrorBoundary } from './faults/ErrorBoundary';
import { HostContext } from './hubContext';
import { FaultCard } from './faults/ProblemCard';

/**
 * Renders a page when it is connected with its host; where that fails, shows why and a button that loads the page again.
 * @param content what to render; the host goes on showing that the page loads until it is there
 */
export async function startPage(
  connection: Promise<Host>,
  content: (host: Host) => ReactNode | Promise<ReactNode>,
): Promise<void> {
  const element = document.getElementById('root');
  if (!element) throw new Error('The page has no element with the id root.');
  escapeFromButtons(document);
  keepFocus(document);
  const root = createRoot(element);
  try {
    const host = await connection;
    const shown = await content(host);
    root.render(
      <StrictMode>
        <HostContext.Provider value={host}>
          <ErrorBoundary resetKey="">{shown}</ErrorBoundary>
        </HostContext.Provider>
      </StrictMode>,
    );
    notifyLoaded();
  } catch (error) {
    notifyFailed(describeFault(error).sentence);
    root.render(<FaultCard error={error} onRetry={() => location.reload()} />);
  }
}
