import type { TreeFile } from './git/objects';

/** Where the files of a repository come from, as far as it is known. */
export interface TemplateOrigin {
  /** The name of the repository that the template is in. */
  readonly repository?: string | undefined;
  readonly commit?: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a repository begins with. */
export type WantedContent =
  | { readonly kind: 'template'; readonly files: readonly TreeFile[]; readonly origin: TemplateOrigin }
  | {
      readonly kind: 'import';
      /** Without credentials. */
      readonly url: string;
      /** The service connection of the project that the source is read with. */
      readonly connectionId?: string | undefined;
    };

export interface WantedRepository {
  /** By its name or id. */
  readonly project: string;
  readonly name: string;
  /** `refs/heads/main`; undefined for the one that the source of an import has. */
  readonly defaultBranch: string | undefined;
  readonly content: WantedContent;
  /** Whether a repository with content that others made is taken as it is. */
  readonly mayAdopt: boolean;
}
