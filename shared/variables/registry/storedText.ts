import { readDocument } from '../document/readDocument';
import { originText, type Report } from '../origin';
import { readVariableSchema } from '../schema/variableSchema';
import { textOf, treeAt, isBranch } from '../tree';
import { readVariableFile } from '../variableFile';
import { RegistryRefusal } from './refusal';
import { isSharedId } from './modelIds';
import type { Revision } from './revision';

/** In UTF-8. A revision stays far below the 5,244,928 bytes that the service allows for a document. */
export const largestTextBytes = 64 * 1024;
const longestComment = 2000;

/** What the list of models shows of a text. */
type TextFacts = Pick<Revision, 'version' | 'environments'>;

/**
 * Reads a text that is to be saved as a document.
 *
 * @throws RegistryRefusal where it is too large, or nothing in it can be read; the sentences are those of the reader
 */
export function readStoredText(id: string, text: string): TextFacts {
  const problems: string[] = [];
  const report: Report = (origin, message) => void problems.push(`${originText(origin)}: ${message}`);
  if (new TextEncoder().encode(text).length > largestTextBytes)
    throw new RegistryRefusal(`${id}: is longer than ${largestTextBytes} bytes.`);
  if (isSharedId(id) && id !== 'base') {
    const read = id === 'schema' ? readVariableSchema(text, id, report) : readDocument(text, id, report);
    if (!read) throw new RegistryRefusal(problems.join('\n'));
    return { version: undefined, environments: [] };
  }
  const file = readVariableFile(text, id, report);
  if (!file) throw new RegistryRefusal(problems.join('\n'));
  const version = treeAt(file.variables.tree, ['modelVersion']);
  const hasVersion = version && !isBranch(version) && version.value !== null;
  return { version: hasVersion ? textOf(version) : undefined, environments: [...file.environments.keys()] };
}

/** A comment as it can be stored: half of a character would be replaced on its way, and the hash would not fit. */
export function storedComment(comment: string): string {
  const trimmed = comment.trim();
  if (trimmed.length > longestComment)
    throw new RegistryRefusal(`The comment is longer than ${longestComment} characters.`);
  return wellFormed(trimmed);
}

export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\uFFFD');
}
