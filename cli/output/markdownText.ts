/** The Markdown of a summary as text for a terminal: tables in columns, without marks and escapes. */
export function markdownText(markdown: string): string {
  const lines: string[] = [];
  let table: string[][] = [];
  const endTable = (): void => {
    lines.push(...columns(table));
    table = [];
  };
  for (const line of markdown.split(/\r?\n/)) {
    if (/^\s*\|/.test(line)) {
      if (!/^\s*\|[\s:|-]*$/.test(line)) table.push(cellsOf(line).map(plain));
      continue;
    }
    endTable();
    lines.push(plain(line.replace(/^#{1,6} /, '')));
  }
  endTable();
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function cellsOf(row: string): readonly string[] {
  const inner = row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function columns(table: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of table)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, Array.from(cell).length);
  return table.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(Math.max((widths[index] ?? 0) - Array.from(cell).length, 0)))
      .join('  ')
      .trimEnd(),
  );
}

function plain(text: string): string {
  return text
    .replaceAll(/!?\[((?:\\.|[^\]\\])*)\]\(([^)\s]*)\)/g, (_link, title: string, url: string) =>
      title === url || url === '' ? title : `${title} (${url})`,
    )
    .replaceAll(/(?<!\\)(?:\*\*|`)/g, '')
    .replaceAll(/<br ?\/?>/g, '; ')
    .replaceAll(/<\/?(?:details|summary|code|b|i|sub|sup|p)>/g, '')
    .replaceAll(/&(lt|gt|quot|amp|nbsp|#39);/g, (entity, name: string) => entities[name] ?? entity)
    .replaceAll(/\\([\\`*_{}[\]()#|<>~!+.-])/g, '$1');
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', nbsp: ' ', '#39': "'" };
