import assert from 'node:assert/strict';
import type { Fault } from '../../../sandbox/http/faults';
import { fillProject } from '../screens/filledProject';
import { useHub, type OpenHub } from '../support/browser';

const says = ({ frame }: OpenHub, text: string | RegExp) => frame.getByText(text).first().waitFor();
const click = ({ frame }: OpenHub, name: string) => frame.getByRole('button', { name, exact: true }).first().click();

/** A part of the page that asks for something. */
interface Part {
  readonly name: string;
  readonly hash: string;
  /** Of the requests that fail. */
  readonly path: Exclude<Fault['path'], undefined>;
  /** What begins the requests, where the page does not. */
  readonly start?: (hub: OpenHub) => Promise<void>;
  readonly isShown: (hub: OpenHub) => Promise<unknown>;
}

const parts: readonly Part[] = [
  {
    name: 'the revisions of a model',
    hash: 'model=churn&tab=history',
    path: /model-revs-[^/]*\/Documents$/i,
    isShown: (hub) => says(hub, 'All 2 revisions are intact'),
  },
  {
    name: 'the runs that read a revision',
    hash: 'model=churn&tab=history&rev=1',
    path: /\/build\/builds/i,
    isShown: (hub) => says(hub, 'No run of a pipeline'),
  },
  {
    name: 'the file of a model',
    hash: 'model=churn&tab=repository',
    path: /\/git\/repositories/i,
    isShown: (hub) => says(hub, 'The hub and the file have both been changed.'),
  },
  {
    name: 'the repositories for a new model',
    hash: 'view=new&from=repository',
    path: /\/git\/repositories/i,
    isShown: (hub) => hub.frame.getByLabel('Repository', { exact: true }).waitFor(),
  },
  {
    name: 'the onboarding pipelines',
    hash: 'view=new&from=template',
    path: /\/build\/definitions/i,
    isShown: (hub) => hub.frame.getByLabel('Model name').waitFor(),
  },
  {
    name: 'the save of the settings',
    hash: 'view=settings',
    path: /\/extmgmt\/.*\/Documents/i,
    start: async (hub) => {
      await hub.frame.getByRole('checkbox', { name: 'prod' }).click();
      await click(hub, 'Save');
    },
    isShown: (hub) => hub.frame.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' }),
  },
  {
    name: 'the export',
    hash: 'view=settings&part=data',
    path: /\/extmgmt\/.*\/Documents/i,
    start: (hub) => click(hub, 'Export'),
    isShown: (hub) => says(hub, 'was downloaded'),
  },
];

const refusals: readonly { readonly what: string; readonly fault: Fault; readonly sentence: RegExp }[] = [
  { what: 'refused', fault: { effect: 'status', status: 403 }, sentence: /ou do not have (the )?permission|refused/ },
  { what: 'signed out', fault: { effect: 'status', status: 401 }, sentence: /permission|[Ss]ign in/ },
  { what: 'offline', fault: { effect: 'reset' }, sentence: /did not answer|could not be reached/ },
];

describe('A request that fails', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({ fill: fillProject });

  for (const { name, hash, path, start, isShown } of parts)
    it(`for ${name} is explained each time, and can be repeated until it succeeds`, async () => {
      const { faults } = organization();
      const hub = await openHub({ hash: start ? hash : '' });
      // The page has read what it needs for the part before requests fail.
      if (start) await hub.frame.getByRole('tab').first().waitFor();
      for (const [index, { fault, sentence, what }] of refusals.entries()) {
        faults.clear();
        faults.add({ ...fault, path, times: 100 });
        if (index > 0) await click(hub, 'Try again');
        else if (start) await start(hub);
        else await hub.goto(hash);
        await hub.frame.getByText(sentence).first().waitFor();
        const text = await hub.frame.getByRole('main').innerText();
        assert.ok(text.trim() !== '', what);
      }
      faults.clear();
      await click(hub, 'Try again');
      await isShown(hub);
    });
});
