import { element, elementOf } from './element';
import type { HostSession } from '../session';
import { type ThemeName, themes } from './themes';

/** The query of the page. */
export interface PageQuery {
  readonly page: 'models' | 'run' | 'runs';
  readonly theme: ThemeName;
  readonly user: string | undefined;
  readonly build: string | undefined;
  /** Of the extension at its start, without `#`; that of the URL by default. */
  readonly hash: string | undefined;
}

export function readQuery(search: string): PageQuery {
  const query = new URLSearchParams(search);
  const page = query.get('page');
  return {
    page: page === 'run' || page === 'runs' ? page : 'models',
    theme: query.get('theme') === 'dark' ? 'dark' : 'light',
    user: query.get('user') ?? undefined,
    build: query.get('build') ?? undefined,
    hash: query.get('hash') ?? undefined,
  };
}

/** The address of another page of the stand-in, for the same person in the same theme. */
export function linkTo(changes: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(location.search);
  for (const name of ['page', 'build', 'hash']) query.delete(name);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `host.html?${query.toString()}`;
}

/** Writes the colors of a theme where the extension has them too: as variables of the document. */
export function applyTheme(name: ThemeName): void {
  document.documentElement.dataset['theme'] = name;
  for (const [variable, value] of Object.entries(themes[name]))
    document.documentElement.style.setProperty(`--${variable}`, value);
}

/** The header and the navigation of Azure DevOps, as far as the extension has something to do with them. */
export function showChrome({ organization, project, people, user }: HostSession, page: PageQuery['page']): void {
  const crumbs = [organization.name, project.name, 'Pipelines', page === 'models' ? 'Models' : 'Runs'];
  elementOf('crumbs', 'ol').replaceChildren(...crumbs.map((crumb) => element('li', {}, crumb)));
  const links = (['models', 'runs'] as const).map((name) => {
    const isCurrent = name === page || (name === 'runs' && page === 'run');
    const text = name === 'models' ? 'Models' : 'Runs';
    return element('li', {}, element('a', { href: linkTo({ page: name }), ...(isCurrent && current) }, text));
  });
  elementOf('links', 'ul').replaceChildren(...links);
  const choice = elementOf('person', 'select');
  choice.replaceChildren(...people.map(({ name, displayName }) => element('option', { value: name }, displayName)));
  choice.value = user.name;
  choice.addEventListener('change', () => {
    const query = new URLSearchParams(location.search);
    query.set('user', choice.value);
    location.search = query.toString();
  });
  const theme = elementOf('theme', 'button');
  theme.addEventListener('click', () => dispatchEvent(new Event('themeasked')));
}

const current = { 'aria-current': 'page' };
