import { isJsonObject, type Json, parseJson, textOf, toJson } from '../json';
import { invalidParameter } from '../apiError';

export type Language = 'PYTHON' | 'SCALA' | 'SQL' | 'R';

interface LanguageRules {
  readonly extension: string;
  readonly comment: string;
}

export const languages: Readonly<Record<Language, LanguageRules>> = {
  PYTHON: { extension: '.py', comment: '#' },
  SCALA: { extension: '.scala', comment: '//' },
  SQL: { extension: '.sql', comment: '--' },
  R: { extension: '.r', comment: '#' },
};

/** A notebook as Databricks keeps it: commands, where a command in another language starts with a magic (`%md`). */
export interface NotebookContent {
  readonly language: Language;
  readonly commands: readonly string[];
}

const header = (language: Language) => `${languages[language].comment} Databricks notebook source`;

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(languages, text);
}

export function languageOfExtension(extension: string): Language | undefined {
  const wanted = extension.toLowerCase();
  return (Object.keys(languages) as Language[]).find((language) => languages[language].extension === wanted);
}

/** Whether the first line is exactly the notebook header of the language. */
export function hasNotebookHeader(language: Language, text: string): boolean {
  return text.split('\n', 1)[0]?.replace(/\r$/, '') === header(language);
}

/** Reads source format; the header line may be absent. */
export function fromSource(language: Language, text: string): NotebookContent {
  const { comment } = languages[language];
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  if (lines[0] === header(language)) lines.shift();
  const cells = lines.join('\n').split(new RegExp(`^${comment} COMMAND -{10}$`, 'm'));
  return { language, commands: cells.map((cell) => withoutMagicComments(comment, cell.replace(/^\n+|\n+$/g, ''))) };
}

/**
 * Writes source format as Databricks exports it: header line first, one blank line around each command separator,
 * LF, no newline at the end (seen in the integration tests of databricks-sdk-py).
 */
export function toSource({ language, commands }: NotebookContent): string {
  const { comment } = languages[language];
  const cells = commands.map((command) => {
    if (!command.startsWith('%')) return command;
    return command.replace(/^.*$/gm, (line) => `${comment} MAGIC ${line}`.trimEnd());
  });
  return `${header(language)}\n${cells.join(`\n\n${comment} COMMAND ----------\n\n`)}`;
}

function withoutMagicComments(comment: string, cell: string): string {
  const magic = new RegExp(`^${comment} MAGIC( |$)`);
  const lines = cell.split('\n');
  return lines.every((line) => magic.test(line)) ? lines.map((line) => line.replace(magic, '')).join('\n') : cell;
}

/** Reads a Jupyter notebook of format 4 or later. */
export function fromJupyter(text: string): NotebookContent {
  const document = parseDocument(text, 'The content is not a valid Jupyter notebook');
  if (!Array.isArray(document.cells) || !isJsonObject(document.metadata) || !(Number(document.nbformat) >= 4)) {
    throw invalidParameter(
      'The content is not a valid Jupyter notebook: cells, metadata and nbformat 4 or later are needed',
    );
  }
  const databricks = document.metadata['application/vnd.databricks.v1+notebook'];
  const named = isJsonObject(databricks) ? textOf(databricks.language)?.toUpperCase() : undefined;
  const commands = (document.cells as readonly Json[]).map((cell) => {
    if (!isJsonObject(cell))
      throw invalidParameter('The content is not a valid Jupyter notebook: a cell is not an object');
    const source = Array.isArray(cell.source) ? cell.source.join('') : (textOf(cell.source) ?? '');
    return cell.cell_type === 'markdown' ? `%md\n${source}` : source;
  });
  return { language: named !== undefined && isLanguage(named) ? named : 'PYTHON', commands };
}

export function toJupyter(name: string, { language, commands }: NotebookContent): string {
  const kernel = language.toLowerCase();
  const cells = commands.map((command) => {
    const markdown = /^%md(-sandbox)?\s/.test(command);
    const source = (markdown ? command.replace(/^%md(-sandbox)?\s/, '') : command).split(/(?<=\n)/);
    return markdown
      ? { cell_type: 'markdown', metadata: {}, source }
      : { cell_type: 'code', execution_count: 0, metadata: {}, outputs: [], source };
  });
  const metadata = {
    'application/vnd.databricks.v1+notebook': {
      language: kernel,
      notebookName: name,
      notebookMetadata: {},
      widgets: {},
    },
    language_info: { name: kernel },
  };
  return toJson({ cells, metadata, nbformat: 4, nbformat_minor: 0 }, 1);
}

/** Reads the JSON document of one notebook: an entry of a DBC archive, or what an HTML export embeds. */
export function fromNotebookDocument(text: string): NotebookContent {
  const document = parseDocument(text, 'The archive has an entry that is not a notebook document');
  const language = textOf(document.language)?.toUpperCase() ?? '';
  if (!isLanguage(language) || !Array.isArray(document.commands)) {
    throw invalidParameter('The archive has an entry that is not a notebook document');
  }
  const commands = (document.commands as readonly Json[])
    .filter(isJsonObject)
    .sort((a, b) => Number(a.position) - Number(b.position));
  return { language, commands: commands.map((command) => textOf(command.command) ?? '') };
}

export function toNotebookDocument(name: string, { language, commands }: NotebookContent): string {
  const list = commands.map((command, index) => ({ version: 'CommandV1', position: index + 1, command }));
  return toJson({ version: 'NotebookV1', name, language: language.toLowerCase(), commands: list });
}

const htmlModel = /__DATABRICKS_NOTEBOOK_MODEL = '([^']*)'/;

/** Reads an HTML export: its notebook document is in the page, URI-encoded and then base64-encoded. */
export function fromHtml(text: string): NotebookContent {
  const model = htmlModel.exec(text)?.[1];
  if (model === undefined) throw invalidParameter('The HTML page is not an exported Databricks notebook');
  return fromNotebookDocument(decodeURIComponent(Buffer.from(model, 'base64').toString('latin1')));
}

export function toHtml(name: string, content: NotebookContent): string {
  const model = Buffer.from(encodeURIComponent(toNotebookDocument(name, content)), 'latin1').toString('base64');
  const title = name.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>${title} - Databricks</title>
<script>var __DATABRICKS_NOTEBOOK_MODEL = '${model}'</script></head><body></body></html>\n`;
}

/** Reads R Markdown: `{r}` chunks become commands, the text between them `%md`. */
export function fromRMarkdown(text: string): NotebookContent {
  const parts = text.replace(/\r\n/g, '\n').split(/^```\{r[^}]*\}\n([\s\S]*?)^```$/m);
  const commands = parts.map((part, index) =>
    index % 2 === 1 ? part.trimEnd() : part.trim() && `%md\n${part.trim()}`,
  );
  return { language: 'R', commands: commands.filter((command) => command !== '') };
}

export function toRMarkdown({ commands }: NotebookContent): string {
  return commands
    .map((command) => (command.startsWith('%md') ? command.slice(3).trim() : `\`\`\`{r}\n${command}\n\`\`\``))
    .join('\n\n');
}

function parseDocument(text: string, problem: string) {
  let document: Json;
  try {
    document = parseJson(text);
  } catch {
    throw invalidParameter(problem);
  }
  if (!isJsonObject(document)) throw invalidParameter(problem);
  return document;
}
