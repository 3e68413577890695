import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { projectRoot } from '../../../tools/commandLine';
import { useHub } from '../support/browser';
import { fillProject } from './filledProject';
import { screens } from './screens';

/** The texts that reach beyond the window or an ancestor that cuts them, which nobody can scroll to. */
const cutTexts = (frame: Frame) =>
  frame.evaluate(() => {
    const cut: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!element?.checkVisibility() || node.textContent?.trim() === '') continue;
      if (element.closest('.hub-screen-reader, .cm-editor, textarea, select, option, pre, style, script')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right } = range.getBoundingClientRect();
      let [from, to] = [0, innerWidth];
      // Texts for screen readers are in boxes without a size.
      let isMeant = false;
      for (let each: Element | null = element; each; each = each.parentElement) {
        const style = getComputedStyle(each);
        const box = each.getBoundingClientRect();
        isMeant ||= style.textOverflow === 'ellipsis' || (style.position === 'absolute' && box.width <= 1);
        if (style.overflowX === 'visible') continue;
        [from, to] = [Math.max(from, box.left), Math.min(to, box.right)];
      }
      if (!isMeant && (left < from - 1 || right > to + 1))
        cut.push(`${element.textContent.slice(0, 60)}: ${left} to ${right} of ${from} to ${to}`);
    }
    return cut;
  });

describe('The layout', function () {
  this.timeout(240_000);
  const { openHub, organization } = useHub();

  it('has each class in one style sheet only, because a page loads them all', () => {
    const sheets = new Map<string, string>();
    const twice: string[] = [];
    const folder = path.join(projectRoot, 'hub');
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
      each.endsWith('.css'),
    )) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      for (const name of new Set([...text.matchAll(/^\.([\w-]+)(?=,$| \{$)/gm)].map(([, found = '']) => found))) {
        const other = sheets.get(name);
        if (other !== undefined) twice.push(`${name}: ${other} and ${file}`);
        sheets.set(name, file);
      }
    }
    assert.ok(sheets.size > 100, 'The style sheets were not read.');
    assert.deepEqual(twice, []);
  });

  for (const { name, options, fill = fillProject, arrive } of screens)
    it(`${name}: cuts no text, keeps texts off the edges of a narrow window, and fills its panel`, async () => {
      await fill(organization());
      const asked = typeof options === 'function' ? options(organization()) : options;
      for (const size of [
        { width: 1366, height: 768 },
        { width: 320, height: 640 },
      ]) {
        const hub = await openHub({ ...asked, size });
        await arrive(hub, organization());
        assert.deepEqual(await cutTexts(hub.frame), [], `${size.width} pixels`);
        const [padding, gaps] = await hub.frame.evaluate(() => {
          const content = document.querySelector('.hub-content, .run-main');
          const inner = [...document.querySelectorAll('.bolt-panel-content > :first-child')];
          const widthOf = (box: Element) => {
            const { paddingLeft, paddingRight } = getComputedStyle(box);
            return box.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
          };
          return [
            content ? parseFloat(getComputedStyle(content).paddingLeft) : 0,
            inner.map((each) => (each.parentElement ? widthOf(each.parentElement) - each.clientWidth : 0)),
          ] as const;
        });
        assert.ok(padding >= 8, `The content begins ${padding} pixels from the edge.`);
        assert.ok(
          gaps.every((gap) => gap < 4),
          `The content leaves ${gaps.join()} pixels of its panel.`,
        );
      }
    });
});
