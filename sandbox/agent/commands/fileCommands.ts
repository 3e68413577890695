import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { safeName } from '../run/stepRecord';
import type { Command } from './parseCommand';
import { CommandError, type CommandContext } from './commandContext';

/** `task.addattachment`: kept with its type and name. */
export function addAttachment({ properties, data }: Command, { record }: CommandContext): void {
  const [type = '', name = ''] = [properties.get('type'), properties.get('name')];
  for (const [key, value] of [
    ['type', type],
    ['name', name],
  ] as const) {
    if (value === '') throw new CommandError(`'${key}' is missing`);
    if (/[\\/:*?"<>|\0]/.test(value))
      throw new CommandError(
        `'${value}' is not a valid '${key}': it contains characters that are not allowed in file names`,
      );
  }
  const [shownType, shownName] = [record.masker.mask(type), record.masker.mask(name)];
  const file = record.keep(checkFile(data), path.join('attachments', safeName(shownType)), shownName);
  record.attachments.push({ type: shownType, name: shownName, file });
}

/** `task.uploadsummary`: Markdown for the run's summary. */
export function uploadSummary({ data }: Command, { record }: CommandContext): void {
  record.summaries.push(record.keep(checkFile(data), 'summaries'));
}

/** `task.uploadfile` and `build.uploadlog`: a file for the archive of logs. */
export function uploadFile({ data }: Command, { record }: CommandContext): void {
  record.files.push(record.keep(checkFile(data), 'files'));
}

function checkFile(file: string): string {
  if (!path.isAbsolute(file)) throw new CommandError(`'${file}' is not an absolute path`);
  if (!existsSync(file) || !statSync(file).isFile()) throw new CommandError(`there is no file '${file}'`);
  return file;
}
