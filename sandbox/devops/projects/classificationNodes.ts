import { allBits, findNamespace, namespaceIds } from '../identities/namespaces';
import type { OrganizationState } from '../organizationState';
import { argumentInvalid } from '../organizationError';
import { nodeExists, nodeNotFound } from './errors';
import type { Project } from './project';

/** An area or an iteration. */
export interface ClassificationNode {
  readonly id: number;
  readonly identifier: string;
  readonly structure: 'area' | 'iteration';
  readonly projectId: string;
  name: string;
  /** Undefined for the root, which has the name of the project. */
  parent: ClassificationNode | undefined;
  readonly children: ClassificationNode[];
  attributes: Readonly<Record<string, unknown>> | undefined;
}

type Roots = Readonly<Record<ClassificationNode['structure'], ClassificationNode>>;

/** The areas and iterations of all projects. */
export class ClassificationNodes {
  readonly #roots = new Map<string, Roots>();

  constructor(private readonly state: OrganizationState) {}

  /** Both are made when a project is first asked for; its first iterations come with it. */
  rootsOf(project: Project): Roots {
    const found = this.#roots.get(project.id);
    if (found) return found;
    const roots = {
      area: this.#make(project, 'area', project.name, undefined),
      iteration: this.#make(project, 'iteration', project.name, undefined),
    };
    this.#make(project, 'iteration', 'Sprint 1', roots.iteration);
    this.#roots.set(project.id, roots);
    this.#grantDefaults(project, roots);
    return roots;
  }

  /** https://learn.microsoft.com/azure/devops/organizations/security/permissions#area-path-object-level */
  #grantDefaults({ id }: Project, { area, iteration }: Roots): void {
    const { identities, security } = this.state;
    const { descriptor } = identities.groupNamed('Project Administrators', id);
    for (const node of [area, iteration]) {
      const namespaceId = namespaceOf(node.structure);
      const namespace = findNamespace(namespaceId);
      const allow = namespace ? allBits(namespace) : 0;
      security.set(namespaceId, nodeToken(node), descriptor, { allow, deny: 0 });
    }
  }

  forget(project: Project): void {
    this.#roots.delete(project.id);
  }

  all(project: Project): readonly ClassificationNode[] {
    const { area, iteration } = this.rootsOf(project);
    const found = [area, iteration];
    for (const node of found) found.push(...node.children);
    return found;
  }

  /** @param path names below the root, separated by slashes or backslashes @throws OrganizationError */
  at(project: Project, structure: ClassificationNode['structure'], path: string): ClassificationNode {
    const node = find(this.rootsOf(project)[structure], path);
    if (!node) throw nodeNotFound(path, structure);
    return node;
  }

  /** An area or iteration by the path that work items have: `Project\Area`. */
  byFullPath(
    project: Project,
    structure: ClassificationNode['structure'],
    path: string,
  ): ClassificationNode | undefined {
    const [root = '', ...names] = path.split('\\');
    if (root.toLowerCase() !== project.name.toLowerCase()) return undefined;
    return find(this.rootsOf(project)[structure], names.join('\\'));
  }

  /** @throws OrganizationError when the name is taken or is not a name */
  add(
    parent: ClassificationNode,
    project: Project,
    name: string,
    attributes: ClassificationNode['attributes'],
  ): ClassificationNode {
    checkName(name);
    if (childOf(parent, name)) throw nodeExists(name);
    const node = this.#make(project, parent.structure, name, parent);
    node.attributes = attributes;
    return node;
  }

  /** @throws OrganizationError */
  move(node: ClassificationNode, parent: ClassificationNode): void {
    if (childOf(parent, node.name)) throw nodeExists(node.name);
    for (let above: ClassificationNode | undefined = parent; above; above = above.parent)
      if (above === node) throw argumentInvalid('id', 'A node cannot be moved below itself.');
    this.remove(node);
    node.parent = parent;
    parent.children.push(node);
  }

  rename(node: ClassificationNode, name: string): void {
    if (name === node.name) return;
    checkName(name);
    const taken = node.parent && childOf(node.parent, name);
    if (taken && taken !== node) throw nodeExists(name);
    node.name = name;
  }

  remove(node: ClassificationNode): void {
    const siblings = node.parent?.children;
    siblings?.splice(siblings.indexOf(node), 1);
    node.parent = undefined;
  }

  #make(
    project: Project,
    structure: ClassificationNode['structure'],
    name: string,
    parent: ClassificationNode | undefined,
  ): ClassificationNode {
    const { state } = this;
    const node: ClassificationNode = {
      id: state.nextNumber('classification node'),
      identifier: state.newId(),
      structure,
      projectId: project.id,
      name,
      parent,
      children: [],
      attributes: undefined,
    };
    parent?.children.push(node);
    return node;
  }
}

/** Names of a node and of those above it, without the root. */
export function namesOf(node: ClassificationNode): readonly string[] {
  return node.parent ? [...namesOf(node.parent), node.name] : [];
}

export const namespaceOf = (structure: ClassificationNode['structure']): string =>
  structure === 'area' ? namespaceIds.area : namespaceIds.iteration;

/** The token of a node in its namespace: those of the nodes from the root to it. */
export const nodeToken = ({ parent, identifier }: ClassificationNode): string => {
  const own = `vstfs:///Classification/Node/${identifier}`;
  return parent ? `${nodeToken(parent)}:${own}` : own;
};

/** As work items and the settings of teams name it, without a leading backslash: `Project\Area`. */
export const fullPathOf = (project: Project, node: ClassificationNode): string =>
  [project.name, ...namesOf(node)].join('\\');

function find(root: ClassificationNode, path: string): ClassificationNode | undefined {
  const names = path.split(/[\\/]/).filter((name) => name !== '');
  return names.reduce<ClassificationNode | undefined>((node, name) => node && childOf(node, name), root);
}

const childOf = (parent: ClassificationNode, name: string) =>
  parent.children.find((child) => child.name.toLowerCase() === name.toLowerCase());

/** https://learn.microsoft.com/azure/devops/organizations/settings/about-areas-iterations#naming-restrictions */
function checkName(name: string): void {
  if (name.trim() === '' || name.length > 255 || /[\\/$?*:"&<>#%|+]/.test(name))
    throw argumentInvalid('name', `TF200000: The name '${name}' is not valid for a node.`);
}
