import assert from 'node:assert/strict';
import type { Host } from '../../../../sandbox/devops/rest/host';
import { derivedLocationsIfAny, openApiIfAny, recordingsIfAny, required } from '../../../support/devops/facts';
import { sendToDevops, useOrganization } from '../../../support/devops/fixture';

interface Row {
  readonly id: string;
  readonly area: string;
  readonly resourceName: string;
  readonly routeTemplate: string;
  readonly resourceVersion: number;
  readonly minVersion: string;
  readonly maxVersion: string;
  readonly releasedVersion: string;
}

const hosts: Readonly<Record<string, Host>> = {
  'dev.azure.com': 'dev',
  'vssps.dev.azure.com': 'vssps',
  'vsaex.dev.azure.com': 'vsaex',
};

const valuesOf = (row: Row) => [
  row.id,
  row.area,
  row.resourceName,
  row.routeTemplate,
  row.resourceVersion,
  row.minVersion,
  row.maxVersion,
  row.releasedVersion,
];

describe('The route table of the organisation', () => {
  const { organization, ask } = useOrganization();
  const tableOf = async (host: Host, path = '_apis') => {
    const { status, headers, body } = await ask(path, { method: 'OPTIONS', host, version: '', token: '' });
    assert.deepEqual([status, headers.get('content-type')], [200, 'application/json; charset=utf-8']);
    const { count, value } = body as { count: number; value: readonly Row[] };
    assert.equal(count, value.length);
    return value;
  };

  /** Of the resources that no recording or client describes: from the Python SDK and VSTeam of Microsoft. */
  const notRecorded = ['387f832c-dbf2-4643-88e9-c1aa94dbb737', '8480c6eb-ce60-47e9-88df-eca3c801638b'];

  it('has rows as the service has them', async function () {
    const { locations } = required(this, recordingsIfAny());
    const derived = required(this, derivedLocationsIfAny());
    const known = new Map(
      [locations['dev.azure.com'], derived['vssps.dev.azure.com'], derived['extmgmt.dev.azure.com']]
        .flatMap((rows) => rows ?? [])
        .map((row) => [row[0], row]),
    );
    const rows = (
      await Promise.all((['dev', 'vssps', 'vsaex', 'extmgmt'] as const).map((host) => tableOf(host)))
    ).flat();
    assert.ok(rows.length > 20);
    for (const row of rows.filter(({ id }) => !notRecorded.includes(id)))
      assert.deepEqual(valuesOf(row), known.get(row.id), `${row.area}/${row.resourceName}`);
  });

  it('names each resource once on each host', async () => {
    for (const host of ['dev', 'vssps', 'vsaex', 'extmgmt'] as const) {
      const ids = (await tableOf(host)).map(({ id }) => id);
      assert.deepEqual(ids, [...new Set(ids)]);
    }
  });

  it('shows one area, and the areas of all hosts', async () => {
    assert.deepEqual([...new Set((await tableOf('dev', '_apis/CORE')).map(({ area }) => area))], ['core']);
    const everywhere = (await tableOf('dev', '_apis?allHostTypes=True')).map(({ area }) => area);
    for (const area of ['core', 'Graph', 'IMS', 'MemberEntitlementManagement'])
      assert.ok(everywhere.includes(area), area);
    assert.deepEqual(await tableOf('vssps', '_apis/core'), []);
  });

  it('points each area at its own host', async () => {
    const { body } = await ask('_apis/ResourceAreas', { version: '7.1-preview.1' });
    const { value } = body as { value: readonly { id: string; name: string; locationUrl: string }[] };
    const hostOf = (name: string) => value.find((area) => area.name === name)?.locationUrl;
    const { origin } = new URL(organization().url);
    assert.deepEqual(
      ['core', 'Graph', 'MemberEntitlementManagement', 'ExtensionManagement'].map(hostOf),
      ['/sandbox/', '/vssps/sandbox/', '/vsaex/sandbox/', '/extmgmt/sandbox/'].map((path) => `${origin}${path}`),
    );
    assert.equal(value.length, 230);
    for (const { id, name } of value.filter((_, index) => index % 10 === 0)) {
      const one = await ask(`_apis/ResourceAreas/${id}`, { version: '7.1-preview.1' });
      assert.equal((one.body as { name: string }).name, name);
    }
  });

  it('names all areas as the service does', async function () {
    const { rows } = required(this, recordingsIfAny()).resourceAreas;
    const { body } = await ask('_apis/ResourceAreas', { version: '7.1-preview.1' });
    const { value } = body as { value: readonly { id: string; name: string; locationUrl: string }[] };
    const recorded = new Map(rows.map(([id, name, url]) => [id, [name, new URL(String(url)).host.split('.')[0]]]));
    assert.deepEqual(new Set(value.map(({ id }) => id)), new Set(recorded.keys()));
    for (const { id, name, locationUrl } of value) {
      const first = new URL(locationUrl).pathname.split('/')[1] ?? '';
      assert.deepEqual([name, first === 'sandbox' ? 'dev' : first], recorded.get(id));
    }
  });

  it('asks for the scopes that the description names', async function () {
    const { paths } = required(this, openApiIfAny()) as {
      paths: Record<string, Record<string, { 'x-scopes'?: readonly string[] } | string>>;
    };
    const { state, administrator: identity } = organization();
    const token = state.tokens.issuePersonal({ identity, scopes: ['vso.none'] });
    const project = state.projects.find('local');
    assert.ok(project);
    const values: Readonly<Record<string, string>> = {
      project: project.id,
      projectId: project.id,
      team: project.defaultTeamId,
      teamId: project.defaultTeamId,
      structureGroup: 'areas',
      path: 'a',
    };
    const areas = /\/_apis\/(projects\/|projects$|process\/|graph|identities|accesscontrol|wit\/class|work\/teams)/i;
    const unlike: string[] = [];
    for (const [template, item] of Object.entries(paths).filter(
      ([path]) => areas.test(path) && !/avatar|categorized/.test(path),
    ))
      for (const [method, operation] of Object.entries(item)) {
        if (typeof operation === 'string' || !operation['x-scopes']) continue;
        const path = template
          .replace('/{organization}/', '')
          .replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'x');
        const host = hosts[item['x-host'] as string];
        assert.ok(host, template);
        const asked = { method: method.toUpperCase(), host, version: '7.1-preview' };
        const { status } = await sendToDevops(organization(), path, { ...asked, token });
        if (status === 405) continue;
        if (status !== 401) unlike.push(`${method} ${template}: ${status} without a scope`);
        const scope = operation['x-scopes'].at(-1) ?? '';
        const good = state.tokens.issuePersonal({ identity, scopes: [scope] });
        if ((await sendToDevops(organization(), path, { ...asked, token: good })).status === 401)
          unlike.push(`${method} ${template}: 401 with ${scope}`);
      }
    assert.deepEqual(unlike, []);
  });
});
