import { readDocument, type Located } from '../../../shared/variables/document/readDocument';
import { originText } from '../../../shared/variables/origin';

/** A parameter of a pipeline that a person fills in when a run is started. */
export interface PipelineParameter {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'number' | 'boolean';
  /** What the run uses where nothing is entered; undefined where something must be. */
  readonly defaultValue: string | undefined;
  /** The only values that are allowed; empty where all are. */
  readonly values: readonly string[];
}

export type PipelineForm =
  | { readonly kind: 'form'; readonly parameters: readonly PipelineParameter[] }
  | { readonly kind: 'unreadable'; readonly problem: string };

const types: Readonly<Record<string, PipelineParameter['type']>> = {
  string: 'text',
  number: 'number',
  boolean: 'boolean',
};

/**
 * The parameters that the YAML of a pipeline declares. Those of other types, such as objects, keep their defaults.
 * Source: https://learn.microsoft.com/azure/devops/pipelines/process/runtime-parameters
 */
export function readPipelineParameters(yaml: string, path: string): PipelineForm {
  const problems: string[] = [];
  const root = readDocument(yaml, path, (origin, message) => void problems.push(`${originText(origin)} ${message}`));
  const list = root && 'entries' in root ? root.entries.get('parameters') : undefined;
  if (!root || !('entries' in root))
    return { kind: 'unreadable', problem: problems[0] ?? `${path} is not the YAML of a pipeline.` };
  if (!list || !('items' in list)) return { kind: 'form', parameters: [] };
  return { kind: 'form', parameters: list.items.flatMap(parameterOf) };
}

function parameterOf(item: Located): readonly PipelineParameter[] {
  const fields = 'entries' in item ? item.entries : new Map<string, Located>();
  const name = textOf(fields.get('name'));
  const type = types[(textOf(fields.get('type')) ?? 'string').toLowerCase()];
  if (name === undefined || type === undefined) return [];
  const values = fields.get('values');
  return [
    {
      name,
      label: textOf(fields.get('displayName')) ?? name,
      type,
      defaultValue: textOf(fields.get('default')),
      values: values && 'items' in values ? values.items.flatMap((value) => textOf(value) ?? []) : [],
    },
  ];
}

function textOf(located: Located | undefined): string | undefined {
  return located && 'text' in located ? located.text : undefined;
}
