import { Button } from 'azure-devops-ui/Button';
import type { IHeaderCommandBarItem } from 'azure-devops-ui/HeaderCommandBar';
import { MenuButton } from './MenuButton';
import { kitMessages } from '../messages';

/**
 * The commands of a header: the important ones as buttons, the others in a menu. The build uses it instead of the
 * command bar of the kit, which needs the kit's menus and lists: a tenth of the page.
 */
export function HeaderCommandBar({ items }: { readonly items: readonly IHeaderCommandBarItem[] }) {
  const shown = items.filter(({ important, hidden }) => important !== false && hidden !== true);
  const others = items.filter(({ important, hidden }) => important === false && hidden !== true);
  return (
    <div className="bolt-header-commandbar hub-commands">
      {shown.map((item) => (
        <Button
          key={item.id}
          {...(item.text !== undefined && { text: item.text })}
          {...(item.iconProps && { iconProps: item.iconProps })}
          {...(item.ariaLabel !== undefined && { ariaLabel: item.ariaLabel })}
          {...(item.tooltipProps && { tooltipProps: item.tooltipProps })}
          {...(item.href !== undefined && { href: item.href, target: item.target ?? '_top' })}
          primary={item.isPrimary ?? false}
          subtle={item.subtle ?? false}
          disabled={item.disabled ?? false}
          onClick={(event: React.MouseEvent<HTMLElement> | React.KeyboardEvent<HTMLElement>) =>
            item.onActivate?.(item, event)
          }
        />
      ))}
      {others.length > 0 && (
        <MenuButton
          label={kitMessages.moreActions}
          icon="MoreVertical"
          entries={others.map((item) => ({
            id: item.id,
            text: item.text ?? item.id,
            ...(item.iconProps?.iconName !== undefined && { icon: item.iconProps.iconName }),
            isDisabled: item.disabled ?? false,
            onSelect: () => item.onActivate?.(item),
          }))}
        />
      )}
    </div>
  );
}
