import assert from 'node:assert/strict';
import { namedSecrets, namesSecret } from '../../shared/secretNames';

describe('The names of secrets', () => {
  const secret = [
    ...['log_analytics_primary_key', 'api_key', 'apiKey', 'API_KEY', 'apikey', 'accountKey', 'storage_account_key'],
    ...['client_secret', '--client-secret', 'AZURE_CLIENT_SECRET', 'secrets', 'password', 'db.password', 'password_2'],
    ...['token', 'apiToken', 'refresh-token', 'sas_token', 'pat', 'passphrase', 'credential', 'client-key-data'],
    ...['connection_string', 'connectionString', 'secret_value', 'private_key_pem', 'old_password', 'kms_key'],
  ];
  const harmless = [
    ...['key', 'task_key', 'job_cluster_key', 'environment_key', 'idempotency_token', 'primary_key_columns'],
    ...['api_key_version', 'ssh_public_keys', 'public_key', 'partition_key', 'max_tokens', 'next_page_token'],
    ...['token_type', 'tokenizer', 'secret_scope', 'secretKeyRef', 'key_vault_name', 'keys', 'imagePullSecrets'],
    ...['automountServiceAccountToken', 'imageRegistryCredentials', 'monkey', 'path', 'pattern', 'name', ''],
  ];
  for (const name of secret) it(`include ${name}`, () => assert.equal(namesSecret(name), true));
  for (const name of harmless)
    it(`do not include ${name || 'an empty name'}`, () => assert.equal(namesSecret(name), false));

  it('have their values in documents, settings and command lines', () => {
    const text = `
      users: [{name: u, user: {token: "line \\"1\\"", client-key-data: a2V5}}]
      password: 'one two'
      task_key: train
      --client-secret=s1 {"apiKey":"k,1","tokens":null,"enable_token":true}
      private_key: |
        more`;
    assert.deepEqual(namedSecrets(text), ['line \\"1\\"', 'a2V5', 'one two', 's1', 'k,1']);
  });

  it('are found in time proportional to the text', () => {
    for (const text of [
      'a:"'.repeat(100_000),
      `${'a'.repeat(300_000)}:`,
      'token: '.repeat(100_000),
      '"'.repeat(300_000),
    ])
      assert.doesNotThrow(() => namedSecrets(text));
  });
});
