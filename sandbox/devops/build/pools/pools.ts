/** A pool of agents of the organisation. */
export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly isHosted: boolean;
  /** Of the images that "Azure Pipelines" has taken the place of. */
  readonly isLegacy: boolean;
  readonly size: number;
}

const pool = (id: number, name: string, isHosted = true, isLegacy = true): Pool => ({
  id,
  name,
  isHosted,
  isLegacy,
  size: isHosted ? 1 : 0,
});

/** Those that every organisation has. */
export const pools: readonly Pool[] = [
  pool(1, 'Default', false, false),
  pool(2, 'Hosted'),
  pool(3, 'Hosted VS2017'),
  pool(4, 'Hosted Windows 2019 with VS2019'),
  pool(5, 'Hosted Windows Container'),
  pool(6, 'Hosted macOS'),
  pool(7, 'Hosted macOS High Sierra'),
  pool(8, 'Hosted Ubuntu 1604'),
  pool(9, 'Azure Pipelines', true, false),
];
