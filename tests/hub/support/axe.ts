import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type axeCore from 'axe-core';
import type { Frame, Page } from 'playwright-core';

let source: Promise<string> | undefined;

declare global {
  interface Window {
    axe?: typeof axeCore;
  }
}

/**
 * What axe-core finds in a frame, without the frames in it, one text for each element, such as
 * `color-contrast (serious): .subtitle: Element has insufficient color contrast of 4.04 …`.
 * @param rules the names of those that are checked; the default ones otherwise
 */
export async function axe(frame: Frame | Page, rules?: readonly string[]): Promise<readonly string[]> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const script = await source;
  // A script that a page may not load from elsewhere can still be run in it by the debugger.
  if (!(await frame.evaluate(() => window.axe !== undefined))) await frame.evaluate(script);
  const { violations } = await frame.evaluate(
    async (only) => {
      if (!window.axe) throw new Error('axe-core was not loaded.');
      // The color of a button that has just become enabled is on its way there.
      for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
      const runOnly = only && { runOnly: { type: 'rule' as const, values: only } };
      // A tooltip of the kit lies outside of landmarks as long as the focus is on what it describes.
      const region = { enabled: !document.querySelector('.bolt-tooltip') };
      const rules = only ? {} : { rules: { region } };
      return window.axe.run(document, { resultTypes: ['violations'], iframes: false, ...runOnly, ...rules });
    },
    rules && [...rules],
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) =>
        `${id} (${String(impact)}): ${target.join(' ')}: ${(failureSummary ?? '').replace(/\s+/g, ' ')}`,
    ),
  );
}
