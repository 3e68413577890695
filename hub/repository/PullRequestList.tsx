import { Icon } from 'azure-devops-ui/Icon';
import { TimeAgo } from '../kit/time/TimeAgo';
import { ExternalLink } from './ExternalLink';
import type { PullRequest } from './git/pullRequest';
import { repositoryMessages as messages } from './messages';

const mostShown = 5;

const icons = { active: 'BranchPullRequest', completed: 'Completed', abandoned: 'Cancel' } as const;

/** The pull requests that were opened for the model. */
export function PullRequestList({ pullRequests }: { readonly pullRequests: readonly PullRequest[] }) {
  if (pullRequests.length === 0) return null;
  return (
    <section className="hub-card hub-linked depth-8" aria-label={messages.pullRequests}>
      <h2 className="title-s">{messages.pullRequests}</h2>
      <ul className="hub-pull-requests">
        {pullRequests.slice(0, mostShown).map(({ number, title, status, createdBy, createdOn, url }) => (
          <li key={number}>
            <Icon iconName={icons[status]} />
            <div className="hub-two-lines">
              <ExternalLink url={url}>{messages.pullRequest(number, title)}</ExternalLink>
              <span className="secondary-text">
                {messages.openedBy(messages.statuses[status], createdBy)} <TimeAgo at={createdOn} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
