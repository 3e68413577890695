import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { databricksSettings, type DatabricksSettings } from '../../../cli/signIn/databricks/settings';
import { TaskError } from '../../../shared/errors';
import { configCases, differences, recordedReadings, type ConfigCase, type ConfigReading } from './configCases';

describe('the settings of Databricks', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'settings-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function load(given: Omit<ConfigCase, 'title'>, secrets: string[] = []): Promise<DatabricksSettings> {
    const { file, place = '.databrickscfg', profile, host, environment } = given;
    if (file !== undefined) {
      await mkdir(dirname(join(home, place)), { recursive: true });
      await writeFile(join(home, place), file);
    }
    return databricksSettings({
      options: { ...(profile !== undefined && { profile }), ...(host !== undefined && { host }) },
      environment: { ...environment, ...(given.place !== undefined && { DATABRICKS_CONFIG_FILE: `~/${place}` }) },
      homeFolder: home,
      workingFolder: home,
      setSecret: (secret) => secrets.push(secret),
    });
  }

  async function readingOf(given: ConfigCase): Promise<ConfigReading> {
    try {
      const { values, profile, isProfileNamed } = await load(given);
      return { values, profile: (isProfileNamed && profile) || null };
    } catch (error) {
      assert.ok(error instanceof TaskError, String(error));
      return { refused: error.message };
    }
  }

  for (const each of configCases) {
    const difference = differences[each.title];
    it(`${difference ? 'deliberately differ from' : 'are read as by'} the SDK for Python: ${each.title}`, async () => {
      const recorded = recordedReadings[each.title];
      assert.ok(recorded, 'The case was not recorded.');
      const reading = await readingOf(each);
      const expected = difference?.reading ?? recorded;
      if (difference) assert.notDeepEqual(difference.reading, recorded);
      if ('refused' in expected) assert.ok('refused' in reading, JSON.stringify(reading));
      else assert.deepEqual(reading, expected);
    });
  }

  it('name all bad lines of a file at once, without repeating them', async () => {
    const file = 'dapi-above\n[dev]\ntoken = dapi-one\ndapi-alone\ntoken = dapi-two\n[dev]\n';
    await assert.rejects(load({ file, profile: 'dev' }), (error: Error) => {
      assert.match(error.message, /\.databrickscfg' cannot be used: line 1 .*; line 4 .*; line 5 .*; line 6 .*\[dev\]/);
      assert.doesNotMatch(error.message, /dapi/);
      return true;
    });
  });

  it('name the profiles that there are', async () => {
    const file = '[__settings__]\ndefault_profile = a\n[a]\nhost = x\n[b]\nhost = y\n';
    await assert.rejects(load({ file, profile: 'c' }), /has no profile 'c'. It has a, b\.$/);
  });

  it('announce each secret', async () => {
    const secrets: string[] = [];
    const file = '[dev]\nhost = a.example.com\ntoken = dapi-secret\nauth_type = pat\nclient_secret = oauth-secret\n';
    await load({ file, profile: 'dev', environment: { DATABRICKS_PASSWORD: 'a password' } }, secrets);
    assert.deepEqual(secrets.sort(), ['a password', 'dapi-secret', 'oauth-secret']);
  });

  it('say which values of a profile the environment and the options replace', async () => {
    const file = '[dev]\nhost = https://a.example.com\ntoken = one\n';
    const environment = { DATABRICKS_TOKEN: 'two' };
    const { overriding } = await load({ file, profile: 'dev', host: 'b.example.com', environment });
    assert.deepEqual(overriding, ['--host', 'DATABRICKS_TOKEN']);
  });

  it('are refused where the file cannot be read', async () => {
    await mkdir(join(home, '.databrickscfg'));
    await assert.rejects(load({ profile: 'dev' }), /\.databrickscfg' is a folder, not a file\./);
  });
});
