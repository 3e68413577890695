/** The name of an image in its parts: `registry.azurecr.io:443/models/score:1.4@sha256:…`. */
export interface ImageReference {
  /** With its port; undefined when the name omits it, which means Docker Hub. */
  readonly registry: string | undefined;
  /** `models/score` */
  readonly path: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

const pathPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const pathForm = new RegExp(`^${pathPart}(?:/${pathPart})*$`);
const registryForm =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?::\d+)?$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const digestForm = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Reads an image's name by the grammar of distribution/reference; undefined when it is not valid. */
export function parseImage(text: string): ImageReference | undefined {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !digestForm.test(digest))) return undefined;
  const slash = beforeDigest.indexOf('/');
  const first = beforeDigest.slice(0, Math.max(slash, 0));
  const hasRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = hasRegistry ? first : undefined;
  const rest = hasRegistry ? beforeDigest.slice(slash + 1) : beforeDigest;
  const colon = rest.lastIndexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  if (!pathForm.test(path) || (registry !== undefined && !registryForm.test(registry))) return undefined;
  if (tag !== undefined && !tagForm.test(tag)) return undefined;
  return { registry, path, tag, digest };
}

/** The full repository of an image: the same for two images that differ only in tag or digest. */
export function repositoryOf({ registry, path }: ImageReference): string {
  const host = registry === undefined || registry === 'index.docker.io' ? 'docker.io' : registry.toLowerCase();
  return `${host}/${host === 'docker.io' && !path.includes('/') ? 'library/' : ''}${path}`;
}
