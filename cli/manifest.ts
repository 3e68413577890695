/** What the command line has to know of the tasks without loading them: made from their task.json by tools/cliBundle.ts. */
export interface CliManifest {
  readonly version: string;
  readonly tasks: readonly CliTask[];
}

export interface CliTask {
  readonly name: string;
  readonly majorVersion: number;
  readonly title: string;
  readonly description: string;
  readonly inputs: readonly CliInput[];
  readonly outputs: readonly { readonly name: string; readonly description: string }[];
}

export interface CliInput {
  readonly name: string;
  /** As in task.json: `string`, `multiLine`, `boolean`, `pickList`, `filePath`, or `connectedService:` with a type. */
  readonly type: string;
  readonly help: string;
  readonly isRequired: boolean;
  readonly defaultValue?: string;
  /** The values that it can have; undefined where any text can be given. */
  readonly choices?: readonly string[];
  /** The values that other inputs must have for this one to apply. */
  readonly when?: Readonly<Record<string, string>>;
  /** Whether nobody may see its text, so that it cannot be on the command line itself. */
  readonly isSecret?: true;
}

/** Whether the input names a service connection, which a terminal does not have: the sign-in chooses it. */
export function isConnection({ name, type }: Pick<CliInput, 'name' | 'type'>): boolean {
  return type.startsWith('connectedService:') || name === 'connectionType';
}

/** The inputs that are options of the command. */
export function optionInputs({ inputs }: Pick<CliTask, 'inputs'>): readonly CliInput[] {
  return inputs.filter((input) => !isConnection(input));
}
