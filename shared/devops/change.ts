import { plainMarkdown } from '../markdown';
import { TaskError } from '../errors';

/**
 * `blocked`: something that others must do first, such as a permission that is missing. `conflict`: there is another
 * object of that name, which must not be changed.
 */
export type ChangeKind = 'create' | 'update' | 'delete' | 'unchanged' | 'blocked' | 'conflict';

/** What one object of the organization needs to be as it is wanted. */
export interface Change {
  readonly kind: ChangeKind;
  /** The object, in the words with which a line begins: `Repository 'churn' in project 'models'`. */
  readonly what: string;
  /** Where it differs, a line each. They hold no secrets. */
  readonly differences: readonly string[];
  /** What else to know: why it is blocked or a conflict, or what it will mean for people. Sentences. */
  readonly notes?: readonly string[];
}

/** A change, and how it is applied. */
export interface PlannedChange<Result = void> extends Change {
  /**
   * Makes the change, and resolves when the object reads as wanted. It sends nothing that writes where the object is
   * unchanged, and can be called again after it failed. Throws a StuckError if the change is blocked or a conflict.
   */
  apply(): Promise<Result>;
}

/** Changes that cannot be made. Nothing was changed on their behalf. */
export class StuckError extends TaskError {
  override readonly name = 'StuckError';

  constructor(readonly changes: readonly Change[]) {
    const [only, ...more] = changes;
    super(
      only && more.length === 0
        ? stuckLine(only)
        : `${changes.length} changes cannot be made:\n${changes.map((change) => `  - ${stuckLine(change)}`).join('\n')}`,
    );
  }
}

/** Throws a StuckError that lists all changes that are blocked or conflicts. */
export function throwIfStuck(changes: readonly Change[]): void {
  const stuck = changes.filter(({ kind }) => kind === 'blocked' || kind === 'conflict');
  if (stuck.length > 0) throw new StuckError(stuck);
}

/** Whether a change writes anything. */
export function isWrite({ kind }: Change): boolean {
  return kind === 'create' || kind === 'update' || kind === 'delete';
}

const words: Readonly<Record<ChangeKind, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  unchanged: 'unchanged',
  blocked: 'blocked',
  conflict: 'conflict',
};

/** The word for what was done: `created`. */
export function changeWord(kind: ChangeKind): string {
  return words[kind];
}

/** A change as it is logged: a line, and a further one for each difference and note. */
export function changeText({ kind, what, differences, notes = [] }: Change): string {
  return [`${signs[kind]} ${what}: ${kind}`, ...[...differences, ...notes].map((line) => `    ${line}`)].join('\n');
}

const signs: Readonly<Record<ChangeKind, string>> = {
  create: '+',
  update: '~',
  delete: '-',
  unchanged: '=',
  blocked: '!',
  conflict: '!',
};

/** Changes as a table in Markdown. */
export function changeTable(changes: readonly Change[], isPlan: boolean): string {
  const rows = changes.map(({ kind, what, differences, notes = [] }) => {
    const details = [...differences, ...notes].map(plainMarkdown).join('<br>');
    return `| ${plainMarkdown(what)} | ${isPlan ? kind : changeWord(kind)} | ${details} |`;
  });
  return [`| What | ${isPlan ? 'Planned change' : 'Change'} | Details |`, '| --- | --- | --- |', ...rows].join('\n');
}

function stuckLine({ what, notes = [] }: Change): string {
  return `${what}: ${notes.join(' ')}`;
}
