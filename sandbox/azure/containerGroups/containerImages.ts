/** A request to a container. */
export interface ContainerRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export interface ContainerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The container that a request is sent to. */
export interface ContainerCall {
  /** Secure values included. */
  readonly environment: Readonly<Record<string, string>>;
  /** Adds a line to the container's log. */
  readonly log: (line: string) => void;
}

/** What an image does. Times are on the clock of the sandbox. */
export interface ContainerImage {
  /** `registryError`: the registry itself fails. The image is there by default. */
  readonly pull?: 'notFound' | 'unauthorized' | 'registryError';
  /** Only who shows this identity or this password gets it. */
  readonly credentials?: { readonly identity?: string; readonly password?: string };
  /** 3 by default. */
  readonly pullSeconds?: number;
  /** How long after its start it begins to answer; 0 by default, Infinity for never. */
  readonly readyAfterSeconds?: number;
  /** How long after each start it ends by itself; never without it. */
  readonly endsAfterSeconds?: number;
  /** 0 by default. */
  readonly exitCode?: number;
  /** Why it ended; `Completed` or `Error` by default, after the exit code. */
  readonly detailStatus?: string;
  /** What it logs at each start. */
  readonly log?: readonly string[];
  /** 200 with a short text by default. */
  readonly answer?: (request: ContainerRequest, call: ContainerCall) => ContainerAnswer | Promise<ContainerAnswer>;
}

/** Images that are known by their name alone, such as `registry.io/model-crash:1`. */
const wellKnown: Readonly<Record<string, ContainerImage>> = {
  'not-found': { pull: 'notFound' },
  unauthorized: { pull: 'unauthorized' },
  'registry-error': { pull: 'registryError' },
  crash: {
    endsAfterSeconds: 2,
    exitCode: 1,
    log: [
      'Traceback (most recent call last):',
      '  File "/app/score.py", line 3, in <module>',
      '    import sklearn',
      "ModuleNotFoundError: No module named 'sklearn'",
    ],
  },
  oom: { endsAfterSeconds: 5, exitCode: 137, detailStatus: 'OOMKilled', log: ['Loading the model'] },
  slow: { pullSeconds: 60, readyAfterSeconds: 60, log: ['Loading the model'] },
  unready: { readyAfterSeconds: Infinity, log: ['Waiting for the model store'] },
};

/**
 * What an image does: by its whole reference, else by its repository without tag and digest, else by what its last
 * name ends with (`crash`, `oom`, …). Any other image runs and answers.
 */
export function imageNamed(images: ReadonlyMap<string, ContainerImage>, reference: string): ContainerImage {
  const repository = reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const word = Object.keys(wellKnown).find((each) => name === each || name.endsWith(`-${each}`));
  const byName = word === undefined ? {} : wellKnown[word];
  return images.get(reference) ?? images.get(repository) ?? byName ?? {};
}
