import type { Container, KubeObject, Pod, PodSpec, SecurityContext } from '../types';

const label = 'pod-security.kubernetes.io/';

/** What the namespace's Pod Security levels say about a pod. */
export interface PodSecurityVerdict {
  /** Why the pod is refused. */
  readonly denial?: string;
  readonly warning?: string;
}

/** Pod Security admission by the labels of the namespace. */
export function checkPodSecurity(namespace: KubeObject | undefined, spec: Pod['spec']): PodSecurityVerdict {
  const labels = namespace?.metadata.labels ?? {};
  const judge = (wanted: string, verb: string): string | undefined => {
    // What is enforced is warned of, too, where nothing else is to be.
    const mode = `${label}${wanted}` in labels ? wanted : 'enforce';
    const level = labels[`${label}${mode}`];
    const problems = level === 'restricted' ? restricted(spec) : level === 'baseline' ? baseline(spec) : [];
    if (problems.length === 0) return undefined;
    const version = labels[`${label}${mode}-version`] ?? 'latest';
    return `${verb} PodSecurity "${String(level)}:${version}": ${problems.join(', ')}`;
  };
  const denial = judge('enforce', 'violates');
  const warning = judge('warn', 'would violate');
  return { ...(denial && { denial }), ...(warning && { warning }) };
}

function baseline(spec: PodSpec): string[] {
  const problems: string[] = [];
  const host = [spec.hostNetwork && 'hostNetwork=true', spec.hostPID && 'hostPID=true', spec.hostIPC && 'hostIPC=true'];
  const found = host.filter((part) => typeof part === 'string');
  if (found.length > 0) problems.push(`host namespaces (${found.join(', ')})`);
  const privileged = containersOf(spec).filter(({ securityContext }) => securityContext?.privileged);
  if (privileged.length > 0)
    problems.push(`privileged (${who(privileged)} must not set securityContext.privileged=true)`);
  const hostPaths = (spec.volumes ?? [])
    .filter(({ hostPath }) => hostPath !== undefined)
    .map(({ name }) => `"${name}"`);
  if (hostPaths.length > 0)
    problems.push(`hostPath volumes (volume${hostPaths.length > 1 ? 's' : ''} ${hostPaths.join(', ')})`);
  return problems;
}

function restricted(spec: PodSpec): string[] {
  const all = containersOf(spec);
  const without = (isRight: (context: SecurityContext) => boolean) =>
    all.filter(({ securityContext = {} }) => !isRight(securityContext));
  const problems = baseline(spec);
  const add = (found: readonly Container[], text: (containers: string) => string) => {
    if (found.length > 0) problems.push(text(who(found)));
  };
  add(
    without(({ allowPrivilegeEscalation }) => allowPrivilegeEscalation === false),
    (them) => `allowPrivilegeEscalation != false (${them} must set securityContext.allowPrivilegeEscalation=false)`,
  );
  add(
    without(({ capabilities }) => capabilities?.drop?.includes('ALL') === true),
    (them) => `unrestricted capabilities (${them} must set securityContext.capabilities.drop=["ALL"])`,
  );
  const pod = spec.securityContext ?? {};
  const asRoot = all.filter(({ securityContext }) => securityContext?.runAsNonRoot === false);
  const refusers = [...(pod.runAsNonRoot === false ? ['pod'] : []), ...(asRoot.length > 0 ? [who(asRoot)] : [])];
  if (refusers.length > 0)
    problems.push(`runAsNonRoot != true (${refusers.join(' and ')} must not set securityContext.runAsNonRoot=false)`);
  else
    add(
      without(({ runAsNonRoot }) => (runAsNonRoot ?? pod.runAsNonRoot) === true),
      (them) => `runAsNonRoot != true (pod or ${them} must set securityContext.runAsNonRoot=true)`,
    );
  const rootUsers = without(({ runAsUser }) => runAsUser !== 0);
  if (pod.runAsUser === 0) problems.push('runAsUser=0 (pod must not set runAsUser=0)');
  else add(rootUsers, (them) => `runAsUser=0 (${them} must not set runAsUser=0)`);
  add(
    without(({ seccompProfile }) =>
      ['RuntimeDefault', 'Localhost'].includes((seccompProfile ?? pod.seccompProfile)?.type ?? ''),
    ),
    (them) =>
      `seccompProfile (pod or ${them} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`,
  );
  return problems;
}

const containersOf = ({ initContainers = [], containers }: PodSpec) => [...initContainers, ...containers];

const who = (containers: readonly Container[]) =>
  `container${containers.length > 1 ? 's' : ''} ${containers.map(({ name }) => `"${name}"`).join(', ')}`;
