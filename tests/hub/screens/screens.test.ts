import assert from 'node:assert/strict';
import { modelTabs, parseRoute, settingsParts } from '../../../hub/page/route';
import { ways } from '../../../hub/newModel/messages';
import { axe, useHub } from '../support/browser';
import { fillProject } from './filledProject';
import { screens } from './screens';

/** Those that depend on the colours; the others find the same in each theme. */
const rulesOfColors = ['color-contrast', 'link-in-text-block'];

describe('Every screen', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub();

  for (const { name, options, fill = fillProject, arrive } of screens)
    it(`${name}: no violation of axe in any theme, and no scrolling to the side at 320 pixels`, async () => {
      await fill(organization());
      const asked = typeof options === 'function' ? options(organization()) : options;
      const wide = await openHub(asked);
      await arrive(wide, organization());
      // The tip of the button under the pointer is outside of the landmarks.
      await wide.page.mouse.move(0, 0);
      assert.deepEqual(await axe(wide.frame), [], 'light');
      await wide.page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
      assert.deepEqual(await axe(wide.frame, rulesOfColors), [], 'forced colours');
      await wide.page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });

      const narrow = await openHub({ ...asked, theme: 'dark', size: { width: 320, height: 640 } });
      await arrive(narrow, organization());
      await narrow.page.mouse.move(0, 0);
      assert.deepEqual(await axe(narrow.frame), [], 'dark and narrow');
      const [content, shown] = await narrow.frame.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.equal(content, shown, 'the page is wider than the window');
    });

  it('is in the table: each view, tab, part of the settings and way to a new model', () => {
    const routes = screens
      .map(({ options }) => (typeof options === 'function' ? undefined : parseRoute(options.hash ?? '')))
      .filter((route) => route !== undefined);
    const shown = routes.map((route) => {
      if (route.view === 'model') return route.tab;
      if (route.view === 'settings') return route.part ?? 'general';
      return route.view === 'new' ? `new ${route.from ?? ''}` : route.view;
    });
    const all = [...modelTabs, ...settingsParts, ...ways.map((way) => `new ${way}`), 'models', 'compare'];
    assert.deepEqual(
      all.filter((each) => !shown.includes(each)),
      [],
    );
  });
});
