/** `dev.azure.com`, `vssps.dev.azure.com` and so on: here the first segment of a path, which `dev` does without. */
export type Host = 'dev' | 'vssps' | 'vsaex' | 'extmgmt';
