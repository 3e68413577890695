import { controllerGraceSeconds, noticeGraceSeconds, pullGraceSeconds, type KnownCause } from './cause';

const runc = 'https://github.com/opencontainers/runc/blob/main/libcontainer/init_linux.go';
const kubelet = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go';
const nonRoot = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/security_context.go';
const entrypoint = 'Check the ENTRYPOINT and CMD of the image, and the command of the service';

const final = { graceSeconds: noticeGraceSeconds } as const;
const passing = { graceSeconds: pullGraceSeconds } as const;

/** Why a container cannot be created or started. */
export const startCauses: readonly KnownCause[] = [
  {
    message: /exec format error/,
    cause:
      "{It} can't be started: its program was built for another CPU architecture, or is a script without its first line (#!/bin/sh)",
    advice: 'Build the image for the platform of the nodes, such as with docker buildx build --platform linux/amd64.',
    ...final,
    isInLog: true,
    source: runc,
  },
  {
    message: /exec: "(?<program>[^"]+)": executable file not found in \$PATH/,
    cause: "{It} can't be started: the program '{program}' is not in the image",
    advice: `${entrypoint}: install the program, or correct its name.`,
    ...final,
    source: 'https://github.com/opencontainers/runc/issues/4713',
  },
  {
    message:
      /exec: "(?<program>[^"]+)": (?:stat \S+: )?no such file or directory|^exec (?<path>\S+): no such file or directory/,
    cause:
      "{It} can't be started: the program '{program}{path}' does not exist in the image, or the interpreter in its first line does not",
    advice: `${entrypoint}. A script needs Unix line ends (LF) and an interpreter that is in the image.`,
    ...final,
    isInLog: true,
    source: 'https://github.com/aws/eks-pod-identity-agent/issues/75',
  },
  {
    message: /exec: "(?<program>[^"]+)": permission denied|^exec (?<path>\S+): permission denied/,
    cause: "{It} can't be started: the program '{program}{path}' is not executable for the user of the container",
    advice: 'Make it executable in the Dockerfile (RUN chmod +x), for the user that the container runs as.',
    ...final,
    isInLog: true,
    source: runc,
  },
  {
    message: /no command specified/,
    cause: "{It} can't be started: the image {image} does not have a command",
    advice: 'Add an ENTRYPOINT or CMD to the image, or set the command of the service.',
    ...final,
    source: 'https://github.com/containerd/containerd/blob/main/pkg/oci/spec_opts.go',
  },
  {
    message: /container init was OOM-killed/,
    cause: "{It} can't be started: its memory limit is too low even to start its program",
    advice: 'Raise the memory of the service.',
    ...final,
    source: 'https://github.com/opencontainers/runc/blob/main/libcontainer/process_linux.go',
  },
  {
    message: /chdir to cwd \("(?<folder>[^"]+)"\)/,
    cause: "{It} can't be started: its user cannot enter the working folder '{folder}'",
    advice: 'Check WORKDIR in the Dockerfile, and the permissions of that folder.',
    ...final,
    source: runc,
  },
  {
    message: /unable to find user (?<user>\S+?):|no users found/,
    cause: "{It} can't be started: its user {user} does not exist in the image",
    advice: 'Create the user in the Dockerfile, or use a numeric user (USER 1000).',
    ...final,
    source: 'https://github.com/moby/sys/blob/main/user/user.go',
  },
  {
    message: /error mounting "[^"]*" to rootfs at "(?<place>[^"]+)"/,
    cause: "{It} can't be started: a volume can't be mounted at '{place}'",
    advice:
      'Check the mount path: a single file needs subPath, and a folder that does not exist cannot be created in a read-only root file system.',
    ...final,
    source: 'https://github.com/opencontainers/runc/blob/main/libcontainer/rootfs_linux.go',
  },
  {
    message: /nvidia-container-cli|could not select device driver|nvidia-container-runtime/,
    cause: "{It} can't be started: the GPU driver of the node does not work or does not match the image",
    advice: 'Check the driver and the device plugin of the node pool, and the CUDA version of the image.',
    ...passing,
    source: 'https://github.com/NVIDIA/libnvidia-container',
  },
  {
    message: /no space left on device/,
    cause: "{It} can't be started: the disk of the node is full",
    advice: 'Use nodes with larger disks, or smaller images.',
    ...passing,
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  },
  {
    message: /will run as root/,
    cause: 'The image {image} runs as root, which the service does not allow (runAsNonRoot)',
    advice: 'Set a numeric user in the image (USER 1000 in its Dockerfile), or set runAsNonRoot to false.',
    ...final,
    source: nonRoot,
  },
  {
    message: /non-numeric user \((?<user>[^)]*)\)/,
    cause:
      "The user '{user}' of the image {image} is a name, so the cluster cannot verify that it is not root (runAsNonRoot)",
    advice: 'Set a numeric user in the image (USER 1000 in its Dockerfile), or set runAsNonRoot to false.',
    ...final,
    source: nonRoot,
  },
  {
    message: /runAsUser breaks non-root policy/,
    cause: '{It} must not run as root (runAsNonRoot), but its runAsUser is 0',
    advice: 'Set runAsUser to another number, or set runAsNonRoot to false.',
    ...final,
    source: nonRoot,
  },
  {
    message: /failed to sync (?:secret|configmap) cache|services have not yet been read/,
    cause: '{It} waits for the node, which has not read the Secrets, ConfigMaps or Services yet',
    advice: 'Run the step again. If it persists, check the connection of the node to the API server.',
    ...passing,
    source: kubelet,
  },
  {
    message: /(?<kind>secret|configmap) "(?<name>[^"]+)" not found/i,
    cause: "{It} can't be started because something that it uses is missing: the {kind} '{name}'",
    advice: 'Create it in the same namespace, or correct its name.',
    ...final,
    source: kubelet,
  },
  {
    message: /couldn't find key (?<key>\S+) in (?<kind>Secret|ConfigMap) \S*?\/?(?<name>[^/\s]+)$/i,
    cause: "{It} can't be started because something that it uses is missing: the key '{key}' of the {kind} '{name}'",
    advice: 'Add the key, or correct its name.',
    ...final,
    source: kubelet,
  },
  {
    message: /failed to (?:prepare|create) subPath|subPath/,
    cause: "{It} can't be started: the subPath of a volume can't be used",
    advice: 'Check that the file or folder exists in the volume, and the permissions of the volume.',
    ...final,
    source: kubelet,
  },
  {
    message: /failed to reserve container name|context deadline exceeded/,
    cause: '{It} has not been started yet: the container runtime of the node is slow',
    advice: 'Check the load and the disk of the node, and run the step again.',
    graceSeconds: controllerGraceSeconds,
    source: 'https://github.com/containerd/containerd/issues/4604',
  },
];
