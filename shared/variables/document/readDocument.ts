import { InvalidYaml } from '../../yaml/invalidYaml';
import { readLocatedYaml, type YamlMap, type YamlNode } from '../../yaml/located';
import type { Origin, Report } from '../origin';
import { pathText } from '../pathText';
import { readScalar, type Scalar } from './readScalar';

/** A value of a document, with its origin. */
export type Located =
  | { readonly origin: Origin; readonly scalar: Scalar; readonly text: string }
  | { readonly origin: Origin; readonly items: readonly Located[] }
  | { readonly origin: Origin; readonly entries: ReadonlyMap<string, Located> };

const mostCharacters = 256 * 1024;
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const noAnchors =
  'anchors (&) and aliases (*) are not supported, as in Azure Pipelines: refer to another value with {{name}}.';

/**
 * Reads a YAML or JSON text, limited to the part of YAML that Azure Pipelines supports: no anchors, no tags, and only text
 * as keys. Reports everything else; returns undefined where nothing can be read.
 */
export function readDocument(text: string, source: string, report: Report): Located | undefined {
  const forbidden = unprintable.exec(text.slice(0, mostCharacters));
  if (text.length > mostCharacters) report({ source }, `is longer than ${mostCharacters} characters.`);
  else if (forbidden)
    report(
      { source, line: text.slice(0, forbidden.index).split(/\r\n?|\n/).length },
      'contains a control character, or another character that YAML does not allow.',
    );
  else
    try {
      return onlyDocument(readLocatedYaml(text.replace(/^\uFEFF/, '')), source, report);
    } catch (error) {
      if (!(error instanceof InvalidYaml)) throw error;
      report(originAt(source, error.line), `${error.problem}.`);
    }
  return undefined;
}

function onlyDocument(documents: readonly YamlNode[], source: string, report: Report): Located | undefined {
  const [first, second] = documents;
  if (first && !second) return new Locator(source, report).located(first);
  const isBlank = second?.kind === 'scalar' && second.isPlain && second.text === '';
  const origin = originAt(source, isBlank ? undefined : second?.line);
  report(origin, first ? 'contains more than one document (---).' : 'is empty.');
  return undefined;
}

/** Gives nodes their origin and type, and reports what is not supported. */
class Locator {
  constructor(
    private readonly source: string,
    private readonly report: Report,
  ) {}

  located(node: YamlNode): Located {
    const origin = originAt(this.source, node.line);
    if (node.hasAnchor) this.report(origin, noAnchors);
    if (node.kind === 'alias') return { origin, scalar: '', text: '' };
    if (node.hasTag) this.report(origin, 'tags (!) are not supported.');
    if (node.kind === 'list') return { origin, items: node.items.map((item) => this.located(item)) };
    if (node.kind === 'map') return { origin, entries: this.#entries(node) };
    const { text, isPlain } = node;
    return { origin, scalar: isPlain ? readScalar(text, (message) => this.report(origin, message)) : text, text };
  }

  #entries(map: YamlMap): ReadonlyMap<string, Located> {
    const entries = new Map<string, Located>();
    for (const entry of map.entries) {
      const key = this.located(entry.key);
      const value = this.located(entry.value);
      const { origin } = key;
      if (!('text' in key)) this.report(origin, 'a name must be text.');
      else if (entries.has(key.text)) this.report(origin, `${pathText([key.text])} is defined twice.`);
      else entries.set(key.text, { ...value, origin });
    }
    return entries;
  }
}

function originAt(source: string, line: number | undefined): Origin {
  return line === undefined ? { source } : { source, line };
}
