/** Who wrote or stored a commit, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly seconds: number;
  /** Such as `+0000`. */
  readonly zone: string;
}

export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

export function encodeCommit({ tree, parents, author, committer, message }: Commit): Buffer {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${encodeSignature(author)}`,
    `committer ${encodeSignature(committer)}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${message}`);
}

/** The characters that end a name or an address in a commit are left out, as git does. */
const encodeSignature = ({ name, email, seconds, zone }: Signature) =>
  `${name.replace(/[<>\n\0]/g, '').trim()} <${email.replace(/[<>\n\0]/g, '').trim()}> ${seconds} ${zone}`;

export function decodeCommit(content: Buffer): Commit {
  const text = content.toString('utf8');
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const header = (name: string): string[] =>
    head
      .split('\n')
      .filter((line) => line.startsWith(`${name} `))
      .map((line) => line.slice(name.length + 1));
  const tree = header('tree')[0];
  if (tree === undefined) throw new Error('This object is not a commit.');
  return {
    tree,
    parents: header('parent'),
    author: decodeSignature(header('author')[0] ?? ''),
    committer: decodeSignature(header('committer')[0] ?? ''),
    message: end < 0 ? '' : text.slice(end + 2),
  };
}

function decodeSignature(line: string): Signature {
  const [, name = '', email = '', seconds = '0', zone = '+0000'] =
    /^(.*?) ?<(.*?)> (-?\d+) ([+-]\d{4})$/.exec(line) ?? [];
  return { name, email, seconds: Number(seconds), zone };
}

/** As Azure DevOps writes the date of a signature. */
export const signatureDate = ({ seconds }: Signature) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
