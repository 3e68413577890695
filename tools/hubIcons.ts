import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The file in @fluentui/svg-icons of each icon that the kit or the pages name, without its size and style. */
export const iconFiles: Readonly<Record<string, string>> = {
  Add: 'add',
  Archive: 'archive',
  Back: 'arrow_left',
  BranchPullRequest: 'branch_request',
  Cancel: 'dismiss',
  CheckMark: 'checkmark',
  ChevronDown: 'chevron_down',
  ChevronDownMed: 'chevron_down',
  ChevronLeft: 'chevron_left',
  ChevronLeftMed: 'chevron_left',
  ChevronRight: 'chevron_right',
  ChevronRightMed: 'chevron_right',
  ChevronUp: 'chevron_up',
  ChromeClose: 'dismiss',
  Clear: 'dismiss',
  Completed: 'checkmark_circle',
  Copy: 'copy',
  Delete: 'delete',
  Download: 'arrow_download',
  Edit: 'edit',
  Error: 'error_circle',
  ErrorBadge: 'dismiss_circle',
  Filter: 'filter',
  GripperBarVertical: 're_order_dots_vertical',
  History: 'history',
  Home: 'home',
  Import: 'arrow_import',
  Info: 'info',
  Link: 'link',
  Lock: 'lock_closed',
  More: 'more_horizontal',
  MoreVertical: 'more_vertical',
  OpenInNewWindow: 'open',
  Refresh: 'arrow_clockwise',
  Repo: 'folder',
  Save: 'save',
  Search: 'search',
  Settings: 'settings',
  SortDown: 'arrow_sort_down',
  SortUp: 'arrow_sort_up',
  Switch: 'arrow_swap',
  Table: 'table',
  Undo: 'arrow_undo',
  Unknown: 'question_circle',
  Upload: 'arrow_upload',
  Variable: 'math_formula',
  Warning: 'warning',
};

/**
 * The style sheet that replaces the icon fonts of the kit, whose licence is not open: each icon is an SVG of
 * @fluentui/svg-icons that masks the colour of the text. Without the rule for forced colours, icons would be invisible there.
 */
export async function iconStyles(root: string): Promise<string> {
  const rules = await Promise.all(
    Object.entries(iconFiles).map(async ([name, file]) => {
      const source = path.join(root, 'node_modules/@fluentui/svg-icons/icons', `${file}_16_regular.svg`);
      const svg = (await readFile(source, 'utf8')).trim();
      return `.ms-Icon--${name}{--icon:url("data:image/svg+xml,${dataUrlText(svg)}")}`;
    }),
  );
  return `
.fluent-icons-enabled{display:inline-flex}
.fabric-icon{display:inline-flex;align-self:center}
.fabric-icon.small{font-size:.75rem;line-height:.75rem}
.fabric-icon.medium{font-size:1rem;line-height:1rem}
.fabric-icon.large{font-size:1.5rem;line-height:1.5rem}
.fabric-icon::before{content:"";width:1em;height:1em;background:currentColor;mask:var(--icon) center/contain no-repeat;forced-color-adjust:none}
@media (forced-colors:active){.fabric-icon::before{background:CanvasText}.bolt-button:disabled .fabric-icon::before{background:GrayText}}
${rules.join('\n')}
`;
}

function dataUrlText(svg: string): string {
  return svg
    .replaceAll('"', "'")
    .replaceAll(/[%#<>{}]/g, (character) => encodeURIComponent(character))
    .replaceAll(/\s+/g, ' ');
}
