import type { Report } from '../../../shared/variables/origin';
import { resolveVariables } from '../../../shared/variables/resolveVariables';
import { readVariableSchema } from '../../../shared/variables/schema/variableSchema';
import { readVariableFile } from '../../../shared/variables/variableFile';
import { placed, sizeProblems, type TextProblem } from '../../file/textProblems';
import { isForPipelines, type Problem, type SharedVariables } from '../../variables/checkModel';
import { pagePatterns } from '../../variables/pagePatterns';
import type { SharedTextId } from './sharedDraft';

const source = 'this text';

/** What prevents the base variables or the schema from being saved; the sentences are those of the reader. */
export function sharedTextProblems(id: SharedTextId, text: string, shared: SharedVariables): readonly TextProblem[] {
  const found = new Map<string, Problem>();
  const report: Report = (origin, message, kind) =>
    void found.set(`${origin.line ?? 0} ${message}`, { origin, message, kind });
  if (id === 'schema') readVariableSchema(text, source, report);
  else checkBase(text, shared, report);
  return [...sizeProblems(id, text), ...[...found.values()].map((problem) => placed(problem, source, 'error'))];
}

/** What a model or the files of a repository can add is not a problem of the base variables. */
function checkBase(text: string, { schema }: SharedVariables, report: Report): void {
  const hubBase = readVariableFile(text, source, report);
  if (!hubBase) return;
  const reportOwn: Report = (origin, message, kind) => {
    if (!isForPipelines(kind)) report(origin, message, kind);
  };
  const names = [undefined, ...hubBase.environments.keys()];
  for (const name of names)
    resolveVariables(
      {
        hubBase,
        schema,
        patterns: pagePatterns,
        ...(name !== undefined && { environment: { name, origin: { source: 'the environment' } } }),
      },
      reportOwn,
    );
}
