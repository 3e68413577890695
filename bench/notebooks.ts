import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes `count` notebooks of `bytes` bytes each into `folderCount` folders below `folder`. */
export async function writeNotebooks(folder: string, count: number, folderCount: number, bytes: number): Promise<void> {
  for (let index = 0; index < folderCount; index++) await mkdir(join(folder, `folder${index}`), { recursive: true });
  for (let index = 0; index < count; index++)
    await writeFile(join(folder, `folder${index % folderCount}`, `notebook${index}.py`), notebook(index, bytes));
}

export function notebook(index: number, bytes: number): string {
  return `# Databricks notebook source\nprint(${index})\n`.padEnd(bytes, '# padding\n');
}
