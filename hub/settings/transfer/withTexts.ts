import type { RegistryContents } from '../../../shared/variables/registry/modelRegistry';
import type { RegistryModel } from '../../../shared/variables/registry/revision';

/** The contents with other shared texts, as if they were saved. */
export function withTexts(
  contents: RegistryContents,
  texts: { readonly base?: string | undefined; readonly schema?: string | undefined },
): RegistryContents {
  const replaced = (id: 'base' | 'schema', text: string | undefined): RegistryModel | undefined => {
    const current = contents[id];
    if (text === undefined) return current;
    return current ? { ...current, text } : { ...emptyDocument, id, text };
  };
  return { ...contents, base: replaced('base', texts.base), schema: replaced('schema', texts.schema) };
}

const emptyDocument: Omit<RegistryModel, 'id' | 'text'> = {
  rev: 1,
  status: 'active',
  version: undefined,
  environments: [],
  repository: undefined,
  updatedBy: { id: '', name: '' },
  updatedOn: new Date(0).toISOString(),
  comment: '',
  hash: '',
  previousHash: '',
  isIntact: true,
  problem: undefined,
  etag: undefined,
  otherFields: {},
};
