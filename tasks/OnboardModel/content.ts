import { resolve } from 'node:path';
import type { Context } from '../../shared/agent/context';
import type { TemplateEntry } from '../../shared/devops/onboarding/document';
import { readTemplate, TemplateError } from '../../shared/devops/repository/template/readTemplate';
import type { WantedContent } from '../../shared/devops/repository/wanted';
import { InputError } from '../../shared/errors';
import { FileError, shownPath } from '../../shared/files/fileError';
import { matcher } from '../../shared/files/findFiles';
import { SourceFolders } from '../../shared/files/sourceFolders';
import type { DocumentPath } from '../../shared/finding';
import type { Specification } from './specification';

/** What the repository begins with; the files of a template are read and rendered. */
export async function contentOf(specification: Specification, context: Context): Promise<WantedContent> {
  const { template, import: source } = specification.document.repository;
  if (source) return { kind: 'import', url: source.url };
  if (!template) throw new Error('A specification has a template or an import.');
  const { agent } = context;
  requireNoSecrets(specification, context);
  const base = specification.folder ?? agent.workingFolder;
  const folder = resolve(base, template.folder);
  const { repository, commit } = agent.run;
  const variables = Object.fromEntries(specification.variables);
  try {
    const { files } = await readTemplate(
      // The specification is a file of the repository: unlike an input, it names no folder elsewhere.
      new SourceFolders(agent.readableFolders).including(base).resolveFolder(folder),
      specification.variables,
      context,
      optionsOf(template),
    );
    return { kind: 'template', files, origin: { repository, commit, variables } };
  } catch (error) {
    const problem =
      error instanceof TemplateError ? error.problem : error instanceof FileError ? problemOf(error) : undefined;
    if (problem === undefined) throw error;
    const path: DocumentPath = ['repository', 'template', 'folder'];
    throw specification.explain([{ path, message: `repository.template.folder ${problem}`, severity: 'error' }]);
  }
}

function problemOf({ file, problem, isMissing }: FileError): string {
  const shown = shownPath(file);
  return isMissing ? `names a folder that does not exist: ${shown}` : `names ${shown}, which ${problem}`;
}

function optionsOf({ exclude = [], replace }: TemplateEntry) {
  return { isExcluded: matcher(exclude), replace: replace && new Map(Object.entries(replace)) };
}

/** The variables are recorded in the repository. */
function requireNoSecrets({ variables }: Specification, { agent }: Context): void {
  const secret = [...variables].filter(([, value]) => agent.holdsSecret(value)).map(([name]) => name);
  if (secret.length > 0)
    throw new InputError([
      {
        input: 'variables',
        problem: `contains a secret of the job in ${secret.join(', ')}. Everybody who can read the repository could read it: remove it.`,
      },
    ]);
}
