/** A row of a pasted table, with its line in the pasted text, counted from 1. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The rows of a table in Markdown, in the markup of Confluence, or with tabs. Lines around the table are
 * left out, and so are rules such as `|---|---|`.
 */
export function tableRows(pasted: string): readonly TableRow[] {
  const lines = pasted
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .map((text, index) => ({ text, line: index + 1 }));
  const hasPipes =
    lines.filter(({ text }) => text.includes('|')).length >= 2 || lines.some(({ text }) => /^\s*\|/.test(text));
  return lines.flatMap(({ text, line }) => {
    if (!(hasPipes ? text.includes('|') : text.includes('\t'))) return [];
    const cells = (hasPipes ? pipedCells(text) : text.split('\t')).map(plainText);
    const isRule = hasPipes && cells.every((cell) => /^:?-+:?$/.test(cell));
    return isRule ? [] : [{ line, cells }];
  });
}

function pipedCells(text: string): readonly string[] {
  const inner = text
    .trim()
    .replace(/^\|\|?/, '')
    .replace(/(?<!\\)\|\|?$/, '');
  const isHeaderOfConfluence = text.trim().startsWith('||');
  const cells: string[] = [];
  let cell = '';
  let isCode = false;
  for (let at = 0; at < inner.length; at += 1) {
    const character = inner.charAt(at);
    if (character === '\\' && inner.charAt(at + 1) === '|') {
      cell += '|';
      at += 1;
    } else if (character === '|' && !isCode) {
      cells.push(cell);
      cell = '';
      if (isHeaderOfConfluence && inner.charAt(at + 1) === '|') at += 1;
    } else {
      if (character === '`' && (isCode || inner.indexOf('`', at + 1) > 0)) isCode = !isCode;
      cell += character;
    }
  }
  return [...cells, cell];
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

/** A cell without the markup of Markdown: code, bold, italic, links, line breaks and entities. */
function plainText(cell: string): string {
  const trimmed = cell.replaceAll('\u00a0', ' ').trim();
  const code = /^(`+)(.+)\1$/.exec(trimmed)?.[2];
  if (code !== undefined && !code.includes('`')) return code.trim();
  return trimmed
    .replaceAll(/<br\s*\/?>/gi, ' ')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replaceAll(/^\*(?=[^\s*])(.+?)(?<=[^\s*])\*$/g, '$1')
    .replaceAll('`', '')
    .replaceAll(/\\([\\`*_{}[\]()#+\-.!|>~])/g, '$1')
    .replaceAll(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => entities[entity] ?? entity)
    .trim();
}
