import { Button } from 'azure-devops-ui/Button';
import { Icon, IconSize } from 'azure-devops-ui/Icon';
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly icon: string;
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: readonly { readonly text: string; readonly isPrimary?: boolean; readonly onClick: () => void }[];
}

/** Shown instead of a list or a text that is empty: why, and how to begin. */
export function EmptyState({ icon, title, children, actions = [] }: EmptyStateProps) {
  return (
    <div className="hub-empty flex-column flex-center">
      <Icon className="hub-empty-icon" iconName={icon} size={IconSize.large} />
      <h2 className="title-m">{title}</h2>
      <div className="hub-empty-text">{children}</div>
      {actions.length > 0 && (
        <div className="hub-actions">
          {actions.map(({ text, isPrimary, onClick }) => (
            <Button key={text} text={text} primary={isPrimary ?? false} onClick={onClick} />
          ))}
        </div>
      )}
    </div>
  );
}
