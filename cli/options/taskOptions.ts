import { Option } from 'commander';
import { optionInputs, type CliInput, type CliTask } from '../manifest';
import { kebabCase, placeholder, withValue } from './optionName';
import type { ParsedOption } from './readValues';

/** Which options help shows: with `isFull` also those that only repeat a default, and all of each text. */
export interface HelpDepth {
  readonly isFull: boolean;
}

/**
 * The options of all inputs of a task. Nothing is checked here, and no default is set: the inputs of the task itself do
 * that, so that one error lists all problems.
 */
export function taskOptions(task: Pick<CliTask, 'inputs'>, depth: HelpDepth): readonly Option[] {
  return optionInputs(task).flatMap((input) =>
    input.type === 'boolean' ? flags(input, depth) : [valueOption(input, depth)],
  );
}

function flags(input: CliInput, depth: HelpDepth): readonly Option[] {
  const name = kebabCase(input.name);
  const isOnByDefault = input.defaultValue?.toLowerCase() === 'true';
  const help = optionHelp(input, depth);
  const on = new Option(`--${name}`, help).hideHelp(isOnByDefault && !depth.isFull);
  const off = new Option(`--no-${name}`, isOnByDefault ? `Turns this off: ${help}` : `The default: not --${name}.`);
  return [on, off.hideHelp(!isOnByDefault && !depth.isFull)];
}

function valueOption(input: CliInput, depth: HelpDepth): Option {
  const option = new Option(`--${kebabCase(input.name)} <${placeholder(input)}>`, optionHelp(input, depth));
  if (input.choices) option.argChoices = [...input.choices];
  if (input.type === 'multiLine')
    option.argParser((value: string, before: unknown) => [
      ...(Array.isArray(before) ? (before as string[]) : []),
      value,
    ]);
  return option;
}

/** What was parsed for each input. */
export function parsedInputs(
  task: Pick<CliTask, 'inputs'>,
  parsed: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, ParsedOption> {
  return new Map(
    optionInputs(task).flatMap(({ name }) => {
      const value = parsed[name];
      return typeof value === 'string' || typeof value === 'boolean' || isTexts(value) ? [[name, value]] : [];
    }),
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function optionHelp(input: CliInput, { isFull }: HelpDepth): string {
  const { help, isRequired, defaultValue, when = {}, type, choices = [], isSecret } = input;
  const isListed = placeholder(input).includes('|') && type !== 'multiLine';
  const conditions = Object.entries(when).map(([name, value]) => conditionText(name, value));
  const notes = [
    ...(isRequired && defaultValue === undefined ? ['required'] : []),
    ...(conditions.length > 0 ? [`with ${conditions.join(' and ')}`] : []),
    ...(choices.length > 0 && !isListed ? [`one of ${choices.join(', ')}`] : []),
    ...(type !== 'boolean' && defaultValue !== undefined && defaultValue !== '' ? [`default: ${defaultValue}`] : []),
    ...(isSecret ? ['secret: @file, - or env:VARIABLE'] : []),
  ];
  const text = isFull ? help : firstSentence(help);
  return notes.length === 0 ? text : `${text} (${notes.join('; ')})`;
}

function conditionText(name: string, value: string): string {
  if (name !== 'connectionType')
    return withValue({ name, type: /^(true|false)$/.test(value) ? 'boolean' : 'string' }, value);
  return value === 'kubernetes' ? 'a kubeconfig' : '--azure';
}

/** The text to the end of its first sentence: a point that a space and a capital follow, not within `e.g.` and the like. */
export function firstSentence(text: string): string {
  const [sentence = text] = /^.*?[A-Za-z0-9)`'"*][.:](?=\s+[A-Z0-9`'"{]|$)/s.exec(text) ?? [];
  return sentence.replace(/[.:]$/, '');
}
