import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * What axios imports for things that `shared/http` never asks of it (browsers, fetch, HTTP/2, forms, redirects, its own
 * ideas of proxies), by the words of its import statements, and what each becomes in a bundle.
 */
const replacements = new Map([
  ['./xhr.js', 'export default null;'],
  ['./fetch.js', 'export const getFetch = () => null;'],
  ['../helpers/Http2Sessions.js', 'export default class {}'],
  ['http2', 'export default {};'],
  ['form-data', 'export default null;'],
  ['follow-redirects', 'export default {};'],
  ['https-proxy-agent', 'export default class {}'],
  ['proxy-from-env', "export const getProxyForUrl = () => '';"],
  ['../helpers/shouldBypassProxy.js', 'export default () => true;'],
  ['../helpers/formDataToStream.js', 'export default null;'],
  ...['./toFormData.js', '../helpers/toFormData.js', './helpers/toFormData.js'].map(
    (module) => [module, 'export const DEFAULT_FORM_DATA_MAX_DEPTH = 0; export default null;'] as const,
  ),
  ['../helpers/toURLEncodedForm.js', 'export default null;'],
  ['../helpers/fromDataURI.js', 'export default null;'],
  ['../helpers/estimateDataURLDecodedBytes.js', 'export const estimateDataURLBufferAllocation = () => 0;'],
  ['./helpers/HttpStatusCode.js', 'export default {};'],
]);

/** A look at this global, in axios' utils.js, makes Node load all of fetch. */
const globalFormData = "typeof G.FormData !== 'undefined' ? G.FormData : undefined";

/**
 * An esbuild plugin that leaves out of a bundle what `shared/http` never uses of axios: two thirds of the client's size,
 * and most of the time that it takes to load. Warns when axios no longer has something that is listed here.
 */
export const trimAxios: Plugin = {
  name: 'trim-axios',
  setup(build) {
    const met = new Set<string>();
    build.onStart(() => met.clear());
    build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
      if (!replacements.has(path) || !/[\\/]node_modules[\\/]axios[\\/]lib[\\/]/.test(importer)) return undefined;
      met.add(path);
      return { path, namespace: 'trim-axios', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'trim-axios' }, ({ path }) => ({ contents: replacements.get(path) ?? '' }));
    build.onLoad({ filter: /[\\/]node_modules[\\/]axios[\\/]lib[\\/]utils\.js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      if (contents.includes(globalFormData)) met.add(globalFormData);
      return { contents: contents.replace(globalFormData, 'undefined') };
    });
    build.onEnd(() => {
      const missed = [...replacements.keys(), globalFormData].filter((text) => met.size > 0 && !met.has(text));
      return { warnings: missed.map((text) => ({ text: `axios no longer has '${text}'` })) };
    });
  },
};
