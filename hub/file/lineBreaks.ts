/** How an editor separates lines so that the text that it returns is the text that it was given, byte for byte. */
export type LineBreak = '\n' | '\r\n';

/** `\r\n` where every line ends so. Otherwise `\n`: a `\r` then is a character of its line, and stays where it is. */
export function lineBreakOf(text: string): LineBreak {
  return text.includes('\n') && !/(^|[^\r])\n|\r(?!\n)/.test(text) ? '\r\n' : '\n';
}

/** A text from elsewhere, such as the clipboard, with the line breaks of the file that it is inserted into. */
export function withLineBreaks(text: string, lineBreak: LineBreak): string {
  return text.replaceAll(/\r\n?|\n/g, lineBreak);
}
