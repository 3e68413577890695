import type { Identity } from '../identities/identity';
import { allBits, findNamespace, namespaceIds } from '../identities/namespaces';
import type { Identities } from '../identities/identities';
import type { Security } from '../identities/security';
import type { Project } from './project';
import type { Teams } from './teams';

/** Where a project has its parts. */
export interface ProjectParts {
  readonly identities: Identities;
  readonly security: Security;
  readonly teams: Teams;
}

type Role = 'readers' | 'contributors' | 'buildAdministrators' | 'administrators' | 'buildService';

/** The token of a project in the namespace of projects. */
export const projectToken = ({ id }: Pick<Project, 'id'>) => `$PROJECT:vstfs:///Classification/TeamProject/${id}`;

interface DefaultPermission {
  readonly namespaceId: string;
  readonly token: (project: Project) => string;
  readonly bits: Readonly<Partial<Record<Role, number | 'all'>>>;
}

/** https://learn.microsoft.com/azure/devops/organizations/security/permissions-access */
const defaultPermissions: readonly DefaultPermission[] = [
  {
    namespaceId: namespaceIds.project,
    token: projectToken,
    bits: { readers: 513, contributors: 2569, buildAdministrators: 2569, administrators: 'all', buildService: 585 },
  },
  {
    namespaceId: namespaceIds.git,
    token: ({ id }) => `repoV2/${id}`,
    // Contributors read, contribute, create branches and tags, manage notes and take part in pull requests.
    bits: { readers: 2, contributors: 16502, buildAdministrators: 16502, administrators: 'all', buildService: 2 },
  },
  {
    namespaceId: namespaceIds.build,
    token: ({ id }) => id,
    bits: {
      readers: 1025,
      // All but the administration and deletion of builds and pipelines.
      contributors: 102_359,
      buildAdministrators: 'all',
      administrators: 'all',
      buildService: 1217,
    },
  },
  {
    namespaceId: namespaceIds.library,
    token: ({ id }) => `Library/${id}`,
    bits: { readers: 1, contributors: 21, buildAdministrators: 'all', administrators: 'all', buildService: 17 },
  },
  {
    namespaceId: namespaceIds.serviceEndpoints,
    token: ({ id }) => `endpoints/${id}`,
    bits: { readers: 16, contributors: 17, buildAdministrators: 'all', administrators: 'all', buildService: 17 },
  },
  {
    namespaceId: namespaceIds.environment,
    token: ({ id }) => `Environments/${id}`,
    bits: { readers: 1, contributors: 49, buildAdministrators: 'all', administrators: 'all', buildService: 17 },
  },
  {
    namespaceId: namespaceIds.identity,
    token: ({ id }) => id,
    bits: { readers: 1, contributors: 1, buildAdministrators: 1, administrators: 'all' },
  },
];

/** The groups, the first team and the build service that a project has from its start, with their permissions. */
export function addProjectGroups(parts: ProjectParts, project: Project): void {
  const { identities } = parts;
  const add = (name: string, description: string, wellKnown?: string) =>
    identities.addGroup({ name, description, project, ...(wellKnown !== undefined && { wellKnown }) });
  const administrators = add(
    'Project Administrators',
    'Members of this group can perform all operations in the team project.',
    '0-0-0-0-1',
  );
  const contributors = add(
    'Contributors',
    'Members of this group can add, modify, and delete items within the team project.',
  );
  const readers = add('Readers', 'Members of this group have access to the team project.');
  const buildAdministrators = add(
    'Build Administrators',
    'Members of this group can create, modify and delete build definitions and manage queued and completed builds.',
    '0-0-0-1-2',
  );
  const everybody = add('Project Valid Users', 'Members of this group have access to the team project.', '0-0-0-0-3');
  const buildService = identities.addBuildService(project.id, project.name);
  for (const group of [administrators, contributors, readers, buildAdministrators])
    identities.addMember(group, everybody);
  grantDefaults(parts.security, project, { readers, contributors, buildAdministrators, administrators, buildService });
  const team = parts.teams.create(project, `${project.name} Team`, 'The default project team.');
  project.defaultTeamId = team.id;
  identities.addMember(team.identity, contributors);
}

function grantDefaults(security: Security, project: Project, roles: Readonly<Record<Role, Identity>>): void {
  for (const { namespaceId, token, bits } of defaultPermissions) {
    const namespace = findNamespace(namespaceId);
    const everything = namespace ? allBits(namespace) : 0;
    for (const [role, identity] of Object.entries(roles) as [Role, Identity][]) {
      const allowed = bits[role];
      if (allowed === undefined) continue;
      const allow = allowed === 'all' ? everything : allowed;
      security.set(namespaceId, token(project), identity.descriptor, { allow, deny: 0 });
    }
  }
}
