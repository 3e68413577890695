import { timeText } from './objects';
import type { Node } from './types';

interface Capacity {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
}

/** The one node of the cluster. */
export function makeNode(now: number, { cpu = '4', memory = '16Gi', pods = '110' }: Capacity = {}): Node {
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
    spec: {},
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
