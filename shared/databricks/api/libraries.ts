/**
 * A library of a cluster, in the words of Databricks' Libraries API 2.0.
 * Source: https://docs.databricks.com/api/azure/workspace/libraries/install.
 */
export type Library =
  | { readonly pypi: PypiPackage }
  | { readonly maven: MavenPackage }
  | { readonly cran: { readonly package: string; readonly repo?: string } }
  | { readonly jar: string }
  | { readonly whl: string }
  /** A requirements.txt in a workspace folder or a Unity Catalog volume; Databricks Runtime 15.0 and newer. */
  | { readonly requirements: string }
  /** Not on Databricks Runtime 14.0 and newer. */
  | { readonly egg: string };

export interface PypiPackage {
  /** A name with, optionally, extras and version specifiers. */
  readonly package: string;
  /** The URL of the index to use in place of the cluster's own. */
  readonly repo?: string;
}

export interface MavenPackage {
  readonly coordinates: string;
  readonly repo?: string;
  readonly exclusions?: readonly string[];
}
