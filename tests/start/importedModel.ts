import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { WorkspaceSource } from '../../sandbox/databricks/notebooks/notebookRunner';
import { projectRoot } from '../../tools/commandLine';

export const workspaceFolder = '/Shared/models/demo_model';

/** The model folder as an import creates it in the workspace. */
export async function importedModel(): Promise<Map<string, WorkspaceSource>> {
  const root = join(projectRoot, 'template', 'demo_model');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'));
  const sources = files.map(async (entry): Promise<[string, WorkspaceSource]> => {
    const file = join(entry.parentPath, entry.name);
    const path = `${workspaceFolder}/${relative(root, file).split(sep).join('/')}`;
    const content = await readFile(file, 'utf8');
    return content.startsWith('# Databricks notebook source\n')
      ? [path.replace(/\.py$/, ''), { kind: 'notebook', language: 'PYTHON', content }]
      : [path, { kind: 'file', content }];
  });
  return new Map(await Promise.all(sources));
}
