/** The last word of a name whose value proves who somebody is. */
const secretWords = new Set([
  ...['credential', 'credentials', 'passphrase', 'passwd', 'password', 'passwords', 'pat', 'pwd'],
  ...['sas', 'secret', 'secrets', 'token', 'tokens'],
]);

/** What a name may end with without becoming the name of something else: `client_key_data`, `password_2`. */
const endings = new Set(['b64', 'base64', 'data', 'new', 'old', 'pem', 'raw', 'text', 'value', 'values']);

/**
 * Words before `key` with which it names an entry of a list or table, an algorithm's public half, or a place, and what is
 * not a credential although it ends like one: `task_key` of Databricks jobs, `max_tokens` of models,
 * `automountServiceAccountToken` and `imagePullSecrets` of Kubernetes, which hold a flag and names.
 */
const harmless =
  /^(key|(.+_)?(cache|cluster|column|composite|environment|feature|foreign|group|hash|idempotency|index|join|lookup|map|merge|natural|object|order|page|parent|partition|public|row|sort|surrogate|tag|task|topology|unique)_key|idempotency_token|(next_|previous_|prev_)?page_token|(.+_)?(completion|input|max|min|num|output|prompt|stop|total)_tokens|(.+_)?image_pull_secrets?|image_registry_credentials|automount_service_account_token)$/;

/**
 * Whether settings of this name usually hold a secret: `client_secret`, `spark.password`, `log_analytics_primary_key`,
 * `apiToken`. A key is taken for a secret unless it is known to be something else, such as `task_key`.
 */
export function namesSecret(name: string): boolean {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);
  while (words.length > 1 && (endings.has(words.at(-1) ?? '') || /^\d+$/.test(words.at(-1) ?? ''))) words.pop();
  if (harmless.test(words.join('_'))) return false;
  const last = words.at(-1) ?? '';
  return secretWords.has(last) || /^(.*api|.*access)?key$/.test(last) || /connection_?string$/.test(words.join('_'));
}

/**
 * `name: value` and `name=value` in YAML, JSON, settings and command lines. A value ends where its quotes or its word end,
 * so that one match never includes another.
 */
const setting = /([\w.-]{1,100})["']?[ \t]{0,9}[:=][ \t]{0,9}("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,{}[\]'"]+)/g;

/** The values that a text gives to names of secrets, such as the tokens in a kubeconfig. */
export function namedSecrets(text: string): readonly string[] {
  // A long word, such as a token, would be taken for a name from each of its characters on.
  if (!/[:=]/.test(text)) return [];
  return [...text.matchAll(setting)].flatMap(([, name = '', value = '']) => {
    const isFlag = /^(true|false|null|~|[|>][-+]?\d?)$/i.test(value);
    return namesSecret(name) && !isFlag ? [unquoted(value)] : [];
  });
}

function unquoted(value: string): string {
  return /^["']/.test(value) ? value.slice(1, -1) : value;
}
