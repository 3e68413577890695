import { CaseInsensitiveMap } from '../../../sandbox/agent/caseInsensitiveMap';
import { expandPipeline } from '../../../sandbox/agent/templates/expandPipeline';
import { TemplateFiles } from '../../../sandbox/agent/templates/templateFiles';
import type { Node } from '../../../sandbox/agent/yaml/node';
import { nodeOfJson, type Json } from '../../../sandbox/agent/yaml/nodeOfJson';
import type { PipelineFixture } from './pipelineFixture';

type Files = Readonly<Record<string, string>>;

/** Expands the file `pipelines/main.yml` of a repository with these other files; gives plain objects, every scalar a text. */
export function expandPipelineOf(fixture: () => PipelineFixture) {
  return (yaml: string, files: Files = {}, parameters: Readonly<Record<string, Json>> = {}): unknown => {
    fixture().write({ 'pipelines/main.yml': yaml, ...files });
    const given = Object.entries(parameters).map(([name, value]) => {
      const node = nodeOfJson(value, { file: 'given parameters', line: 1, column: 1 });
      return [name, { node: () => node }] as const;
    });
    return plain(
      expandPipeline({
        files: new TemplateFiles(fixture().repository),
        file: 'pipelines/main.yml',
        parameters: new CaseInsensitiveMap(given),
        predefined: [['Build.SourceBranchName', 'main']],
        startTime: new Date(0),
      }),
    );
  };
}

function plain(node: Node): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'sequence') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plain(value)]));
}
