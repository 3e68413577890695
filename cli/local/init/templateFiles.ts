import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isList, isMap, type Json } from '../../../shared/json';
import { readTemplate } from '../../../shared/devops/repository/template/readTemplate';
import { renderTokens } from '../../../shared/devops/repository/template/tokens';
import type { TreeFile } from '../../../shared/devops/repository/git/objects';
import { matcher } from '../../../shared/files/findFiles';
import { readYamlValue } from '../../../shared/yaml/values';

/** What tools leave in the folders of a model, which is not part of a template. */
export const leftOut = /(^|\/)(\.git|\.venv|\.ruff_cache|\.pytest_cache|__pycache__|node_modules)(\/|$)/;

/**
 * The files of the template with the names of a model. What is replaced and what is left out is read from the onboarding
 * specification of the template, so that a repository begins in the same way in either case.
 */
export async function templateFiles(
  template: string,
  answers: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly TreeFile[]> {
  const text = await readFile(join(template, 'onboarding', 'onboarding.yml'), 'utf8');
  const { exclude, replace } = rulesOf(readYamlValue(text));
  const isExcluded = matcher(exclude);
  const { files } = await readTemplate(
    template,
    answers,
    { agent: { debug: () => undefined }, signal },
    {
      isExcluded: (path) => leftOut.test(path) || isExcluded(path),
      replace: new Map([...replace].map(([from, to]) => [from, rendered(to, answers)])),
    },
  );
  return files;
}

interface TemplateRules {
  /** Patterns of paths. */
  readonly exclude: readonly string[];
  /** Texts with tokens, by the texts that they replace. */
  readonly replace: ReadonlyMap<string, string>;
}

function rulesOf(specification: Json): TemplateRules {
  const template = ['repository', 'template'].reduce<Json | undefined>(
    (value, name) => (isMap(value) ? value[name] : undefined),
    specification,
  );
  const { exclude, replace } = isMap(template) ? template : {};
  const texts = isMap(replace) ? Object.entries(replace) : [];
  if (!isList(exclude) || !exclude.every(isText) || texts.length === 0)
    throw new Error(
      'onboarding/onboarding.yml of the template does not have repository.template with exclude and replace.',
    );
  return {
    exclude,
    replace: new Map(
      texts.map(([text, value]) => {
        if (isText(value)) return [text, value];
        throw new Error(`onboarding/onboarding.yml of the template replaces ${text} by something that is not text.`);
      }),
    ),
  };
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

function rendered(text: string, answers: ReadonlyMap<string, string>): string {
  const { text: value, unknown } = renderTokens(text, answers);
  if (unknown.length > 0)
    throw new Error(`mloccli init has no option for ${unknown.map(({ name }) => name).join(', ')}.`);
  return value;
}
