import type { JsonObject } from '../json';

interface Runtime {
  readonly version: string;
  readonly spark: string;
  readonly scala: string;
  readonly isLongTerm: boolean;
}

const runtimes: readonly Runtime[] = [
  { version: '19', spark: '4.2.0', scala: '2.13', isLongTerm: false },
  { version: '18', spark: '4.1.0', scala: '2.13', isLongTerm: true },
  { version: '17.3', spark: '4.0.0', scala: '2.13', isLongTerm: true },
  { version: '17.2', spark: '4.0.0', scala: '2.13', isLongTerm: false },
  { version: '16.4', spark: '3.5.2', scala: '2.12', isLongTerm: true },
  { version: '15.4', spark: '3.5.0', scala: '2.12', isLongTerm: true },
  { version: '14.3', spark: '3.5.0', scala: '2.12', isLongTerm: true },
  { version: '13.3', spark: '3.4.1', scala: '2.12', isLongTerm: true },
  { version: '12.2', spark: '3.3.2', scala: '2.12', isLongTerm: true },
];

/** Flavours of a runtime: the middle of its key and the middle of its name. */
const flavours = [
  ['', ''],
  ['-photon', ' Photon'],
  ['-cpu-ml', ' ML'],
  ['-gpu-ml', ' ML (GPU)'],
  ['-aarch64', ' aarch64'],
  ['-aarch64-photon', ' Photon aarch64'],
] as const;

/** The answer of `clusters/spark-versions`. */
export const sparkVersions: readonly { readonly key: string; readonly name: string }[] = runtimes.flatMap(
  ({ version, spark, scala, isLongTerm }) =>
    flavours.map(([flavour, word]) => ({
      key: `${version}.x${flavour}-scala${scala}`,
      name: `${version}${isLongTerm ? ' LTS' : ''}${word} (includes Apache Spark ${spark}, Scala ${scala})`,
    })),
);

interface NodeType {
  readonly id: string;
  readonly memoryMegabytes: number;
  readonly cores: number;
  readonly gpus?: number;
  readonly category?: string;
}

const nodeTypes: readonly NodeType[] = [
  { id: 'Standard_DS3_v2', memoryMegabytes: 14_336, cores: 4 },
  { id: 'Standard_DS4_v2', memoryMegabytes: 28_672, cores: 8 },
  { id: 'Standard_DS5_v2', memoryMegabytes: 57_344, cores: 16 },
  { id: 'Standard_D4s_v3', memoryMegabytes: 16_384, cores: 4 },
  { id: 'Standard_D8s_v3', memoryMegabytes: 32_768, cores: 8 },
  { id: 'Standard_D4ds_v5', memoryMegabytes: 16_384, cores: 4 },
  { id: 'Standard_D8ds_v5', memoryMegabytes: 32_768, cores: 8 },
  { id: 'Standard_D16ds_v5', memoryMegabytes: 65_536, cores: 16 },
  { id: 'Standard_D4ads_v5', memoryMegabytes: 16_384, cores: 4 },
  { id: 'Standard_E4ds_v5', memoryMegabytes: 32_768, cores: 4, category: 'Memory Optimized' },
  { id: 'Standard_E8ds_v5', memoryMegabytes: 65_536, cores: 8, category: 'Memory Optimized' },
  { id: 'Standard_F4s_v2', memoryMegabytes: 8_192, cores: 4, category: 'Compute Optimized' },
  { id: 'Standard_F8s_v2', memoryMegabytes: 16_384, cores: 8, category: 'Compute Optimized' },
  { id: 'Standard_L8s_v3', memoryMegabytes: 65_536, cores: 8, category: 'Storage Optimized' },
  { id: 'Standard_NC4as_T4_v3', memoryMegabytes: 28_672, cores: 4, gpus: 1, category: 'GPU Accelerated' },
];

export const nodeTypeIds: readonly string[] = nodeTypes.map(({ id }) => id);

export const nodeTypeOf = (id: string) => nodeTypes.find((type) => type.id === id);

/** The answer of `clusters/list-node-types`. */
export function viewNodeTypes(): JsonObject[] {
  return nodeTypes.map(({ id, memoryMegabytes, cores, gpus = 0, category = 'General Purpose' }) => ({
    node_type_id: id,
    instance_type_id: id,
    memory_mb: memoryMegabytes,
    num_cores: cores,
    num_gpus: gpus,
    description: id,
    category,
    is_deprecated: false,
    is_hidden: false,
    is_io_cache_enabled: category === 'Storage Optimized',
    support_cluster_tags: true,
    node_info: { available_core_quota: 350, total_core_quota: 350 },
    node_instance_type: { instance_type_id: id, local_disks: 1, local_disk_size_gb: cores * 7 },
  }));
}
