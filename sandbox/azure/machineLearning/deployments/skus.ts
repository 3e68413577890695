interface VmSize {
  readonly cores: number;
  readonly family: string;
  /** Whether a fifth is kept for upgrades; not for the large GPU families. */
  readonly hasUpgradeReserve: boolean;
}

const size = (cores: number, family: string, hasUpgradeReserve = true): VmSize => ({
  cores,
  family,
  hasUpgradeReserve,
});

/** Sizes that managed endpoints can have: https://learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list */
const sizes: Readonly<Record<string, VmSize>> = {
  standard_ds1_v2: size(1, 'standardDSv2Family'),
  standard_ds2_v2: size(2, 'standardDSv2Family'),
  standard_ds3_v2: size(4, 'standardDSv2Family'),
  standard_ds4_v2: size(8, 'standardDSv2Family'),
  standard_ds5_v2: size(16, 'standardDSv2Family'),
  standard_e2s_v3: size(2, 'standardESv3Family'),
  standard_e4s_v3: size(4, 'standardESv3Family'),
  standard_e8s_v3: size(8, 'standardESv3Family'),
  standard_f2s_v2: size(2, 'standardFSv2Family'),
  standard_f4s_v2: size(4, 'standardFSv2Family'),
  standard_f8s_v2: size(8, 'standardFSv2Family'),
  standard_f16s_v2: size(16, 'standardFSv2Family'),
  standard_nc4as_t4_v3: size(4, 'standardNCASv3_T4Family'),
  standard_nc6s_v3: size(6, 'standardNCSv3Family'),
  standard_nc24ads_a100_v4: size(24, 'standardNCADSA100v4Family', false),
  standard_nc40ads_h100_v5: size(40, 'standardNCADSH100v5Family', false),
};

export const vmSizeOf = (instanceType: string): VmSize | undefined => sizes[instanceType.toLowerCase()];

export const families: readonly string[] = [...new Set(Object.values(sizes).map(({ family }) => family))];

/** The cores that so many instances need, with a fifth more instances for upgrades. */
export function coresNeeded({ cores, hasUpgradeReserve }: VmSize, instances: number): number {
  return (hasUpgradeReserve ? Math.ceil((instances * 12) / 10) : instances) * cores;
}
