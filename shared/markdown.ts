/** A text for one line of Markdown, also in a table: nothing in it is markup. */
export function plainMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]()#|<>~]/g, '\\$&');
}
