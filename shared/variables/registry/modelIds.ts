/** The documents that all models share: base variables, schema and settings. */
export const sharedIds = ['base', 'schema', 'settings'] as const;
export type SharedId = (typeof sharedIds)[number];

/** With a project's id and `model-revs-`, a collection's name stays below 100 characters, the most that the service allows. */
const longestId = 50;

/** Why a text cannot be the id of a model, as the words that follow it; undefined if it can. */
export function modelIdProblem(id: string): string | undefined {
  if (isSharedId(id)) return 'is reserved for what all models share.';
  if (id.length > longestId) return `is longer than ${longestId} characters.`;
  if (/^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/.test(id)) return undefined;
  return 'is not a valid id: use lower-case letters, digits, - and _, and begin and end with a letter or a digit.';
}

/** The id for a model of a name, such as `churn-eu` for `Churn (EU)`; empty where nothing of the name can be in an id. */
export function modelIdFor(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .slice(0, longestId)
    .replaceAll(/^[-_]+|[-_]+$/g, '');
}

export function isSharedId(id: string): id is SharedId {
  return (sharedIds as readonly string[]).includes(id);
}
