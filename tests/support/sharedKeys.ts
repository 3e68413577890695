import { generateKeyPair, type GenerateKeyPairResult } from 'jose';
import { type Authority, makeAuthority } from '../../sandbox/kubernetes/certificates';

let keys: Promise<GenerateKeyPairResult> | undefined;
let authority: Promise<Authority> | undefined;

/** The keys of issuers that may have the same: a pair takes a fifth of a second of processor time to make. */
export function sharedSigningKeys(): Promise<GenerateKeyPairResult> {
  return (keys ??= generateKeyPair('RS256'));
}

/** The authority of clusters that may have the same. */
export function sharedAuthority(): Promise<Authority> {
  return (authority ??= makeAuthority());
}
