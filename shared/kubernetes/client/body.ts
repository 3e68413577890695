import { stringifyJson, type Json } from '../../json';

/** An object as the body of a request. Objects of Kubernetes hold only what YAML and JSON can hold. */
export function body(contentType: string, content: object): { readonly contentType: string; readonly content: string } {
  return { contentType, content: stringifyJson(content as Json) };
}
