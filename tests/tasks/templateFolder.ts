import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with the files of a template: a text, a program and an image. */
export class TemplateFolder {
  private constructor(readonly path: string) {}

  static async create(): Promise<TemplateFolder> {
    const folder = new TemplateFolder(await mkdtemp(join(await realpath(tmpdir()), 'template-')));
    await folder.write('{{model}}/train.py', 'name = "{{model}}"\r\n');
    await folder.write('run.sh', '#!/bin/sh\n', 0o755);
    await folder.write('logo.png', Buffer.from([0x89, 0x50, 0, 0x0d, 0x0a, 0xff]));
    return folder;
  }

  async write(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const file = join(this.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
  }

  /** The inputs of a step that creates a repository from it. */
  inputs(): Readonly<Record<string, string>> {
    return { repositoryName: 'churn', templateFolder: this.path, variables: 'model=churn' };
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }
}
