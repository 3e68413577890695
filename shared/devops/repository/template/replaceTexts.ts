import { literalPattern } from '../../../literalPattern';

/** Replaces texts by others in one pass: of texts that begin at the same place the longest one. */
export function replaceTexts(text: string, replacements: ReadonlyMap<string, string>): string {
  const texts = [...replacements.keys()].filter((each) => each !== '').sort((a, b) => b.length - a.length);
  if (texts.length === 0) return text;
  const any = new RegExp(texts.map(literalPattern).join('|'), 'g');
  return text.replace(any, (found) => replacements.get(found) ?? found);
}
