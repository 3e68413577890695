/** What a JSON web token says, unverified: for messages only. Empty when it is none. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** How the directory names the owner of a token of Microsoft Entra ID, for messages: the agent masks the client id of a connection. */
export function ownerOf(token: string): string {
  const { oid } = claimsOf(token);
  return typeof oid === 'string' ? ` (object id ${oid})` : '';
}
