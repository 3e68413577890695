import { timeText } from './objects';
import type { Node, Taint } from './types';

/** What a node has for pods, and which pods it accepts. */
export interface NodeOptions {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly taints?: readonly Taint[];
}

/** The one node of the cluster. */
export function makeNode(now: number, { cpu = '4', memory = '16Gi', pods = '110', taints }: NodeOptions = {}): Node {
  const name = 'aks-sandbox-vmss000000';
  const time = timeText(now);
  const amounts = { cpu, memory, pods };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: '',
      resourceVersion: '',
      creationTimestamp: time,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    spec: { ...(taints && { taints: [...taints] }) },
    status: {
      capacity: amounts,
      allocatable: amounts,
      addresses: [
        { type: 'InternalIP', address: '10.224.0.4' },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
      nodeInfo: {
        architecture: 'amd64',
        operatingSystem: 'linux',
        kubeletVersion: 'v1.32.4',
        kubeProxyVersion: 'v1.32.4',
        containerRuntimeVersion: 'containerd://1.7.27',
        osImage: 'Sandbox',
        kernelVersion: '5.15.0',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  };
}
