import type { IHeaderCommandBarItem } from 'azure-devops-ui/HeaderCommandBar';
import { Header, TitleSize } from 'azure-devops-ui/Header';
import { Page } from 'azure-devops-ui/Page';
import { Surface, SurfaceBackground } from 'azure-devops-ui/Surface';
import { useContext, useEffect, type ReactNode } from 'react';
import { ProblemCard, StaleCard } from './faults/ProblemCard';
import { HubContext, useHost } from './hubContext';
import { kitMessages } from './messages';

export interface PageFrameProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** The title of the document in the browser; the title of the page by default. */
  readonly documentTitle?: string;
  /** The commands at the right of the header; the primary one is `isPrimary`. Destructive ones are not `important`. */
  readonly commands?: readonly IHeaderCommandBarItem[];
  /** Shows a button with an arrow before the title. */
  readonly onBack?: { readonly label: string; readonly action: () => void };
  /** Between the header and the content, such as tabs. */
  readonly bar?: ReactNode;
  readonly children: ReactNode;
}

/** A screen: its header and its content, within the one `main` of the page. */
export function PageFrame({ title, description, documentTitle, commands, onBack, bar, children }: PageFrameProps) {
  const { navigation } = useHost();
  useEffect(() => navigation.setTitle(documentTitle ?? title), [navigation, documentTitle, title]);
  return (
    <Surface background={SurfaceBackground.neutral}>
      <Page className="flex-grow hub-page">
        <main className="flex-column flex-grow hub-main">
          <Header
            title={title}
            titleAriaLevel={1}
            titleSize={TitleSize.Large}
            description={description}
            {...(commands && { commandBarItems: [...commands] })}
            {...(onBack && {
              backButtonProps: {
                ariaLabel: onBack.label,
                tooltipProps: { text: onBack.label },
                onClick: onBack.action,
              },
            })}
          />
          {bar}
          <div className="page-content page-content-top flex-column flex-grow hub-content">
            <RefusalCard />
            <ContentsCard />
            {children}
          </div>
        </main>
      </Page>
    </Surface>
  );
}

/** Says why the page is read-only, on every screen. */
function RefusalCard() {
  const refusal = useContext(HubContext)?.refusal;
  if (!refusal) return null;
  return (
    <ProblemCard severity="warning" action={{ text: kitMessages.editAgain, onClick: refusal.lift }}>
      {refusal.reason}
      <div className="hub-detail">{kitMessages.details(refusal.detail)}</div>
    </ProblemCard>
  );
}

/** Says that the list of models is older than the last request, on every screen. */
function ContentsCard() {
  const hub = useContext(HubContext);
  if (!hub) return null;
  return (
    <StaleCard failure={hub.failure} sentence={kitMessages.contentsNotReadAgain} onRetry={() => void hub.reload()} />
  );
}
