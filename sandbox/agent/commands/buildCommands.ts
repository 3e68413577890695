import { existsSync } from 'node:fs';
import path from 'node:path';
import { publishArtifact } from '../steps/artifacts';
import { violatedRules } from '../variables/buildNumber';
import { uploadFile } from './fileCommands';
import type { Command } from './parseCommand';
import { CommandError, type CommandContext } from './commandContext';

type Handlers = Readonly<Record<string, (command: Command, context: CommandContext) => void>>;

export const buildCommands: Handlers = {
  uploadlog: uploadFile,
  addbuildtag({ data }, { job }) {
    if (data.trim() === '') throw new CommandError('the tag is missing');
    job.run.buildTags.add(data.trim());
  },
  updatebuildnumber({ data }, { job }) {
    if (data.trim() === '') throw new CommandError('the number is missing');
    const rules = violatedRules(data.trim());
    if (rules !== undefined) throw new CommandError(`The build number format ${data.trim()} ${rules}`);
    job.run.buildNumber = data.trim();
    job.variables.set('Build.BuildNumber', { value: data.trim(), isReadonly: true });
  },
};

export const artifactCommands: Handlers = {
  upload({ properties, data }, { job }) {
    const name = properties.get('artifactname') ?? properties.get('containerfolder') ?? '';
    if (name === '') throw new CommandError("'artifactname' is missing");
    if (!path.isAbsolute(data)) throw new CommandError(`'${data}' is not an absolute path`);
    if (!existsSync(data)) throw new CommandError(`there is no file or folder '${data}'`);
    publishArtifact(job.run, name, data);
  },
  associate({ properties, data }, { record }) {
    record.note(`Artifact '${properties.get('artifactname') ?? ''}' is at ${data}.`);
  },
};
