import type { Result } from '../report';

/** Whether the checks of the resources that a stage uses let it run. */
export type Admission = 'admitted' | { readonly result: Exclude<Result, 'Succeeded'>; readonly note: string };
