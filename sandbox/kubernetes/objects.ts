import { randomBytes, randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock';
import { type Admission, admitPod } from './admission/admitPod';
import { setDefaults } from './admission/defaults';
import { decodeBody } from './admission/decodeBody';
import { knownFields } from './admission/unknownFields';
import { validate } from './admission/validate';
import { applyConfiguration, ownUpdate, type Writer } from './apply/managedFields';
import { clone, equal, type JsonObject, objectOf, textOf, without, withoutNulls } from './json';
import { apiVersionOf, type ResourceType, typesByPlural } from './resources';
import { base64Problem, conversionProblem } from './schema/conversionProblem';
import { typeProblems } from './schema/typeProblems';
import { alreadyExists, badRequest, conflict, forbidden, invalid, invalidValue, notFound, StatusError } from './status';
import type { Store } from './store';
import type { Kinds, KubeObject, ManagedFieldsEntry, Plural } from './types';
import type { DeleteOptions, Write } from './write';

/** RFC 3339 in whole seconds, as the API writes times. */
export const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';
/** Five letters as the API adds them to a `generateName`. */
export const nameSuffix = (): string =>
  [...randomBytes(5)].map((byte) => suffixLetters[byte % suffixLetters.length]).join('');

/** The one way to write objects, for clients and for controllers: defaults, admission, checks, ownership, versions. */
export class Objects {
  readonly #store: Store;
  readonly #clock: SandboxClock;
  readonly #admission: Admission;

  constructor(store: Store, clock: SandboxClock, admission: Admission) {
    this.#store = store;
    this.#clock = clock;
    this.#admission = admission;
  }

  create<K extends Plural>(type: K, namespace: string | undefined, body: JsonObject, write: Write): Kinds[K] {
    const resource = typesByPlural[type];
    const next = decodeBody(resource, body, write);
    const metadata = this.#newMetadata(resource, namespace, next);
    if (this.#store.get(type, namespace, metadata.name)) throw alreadyExists(resource, metadata.name);
    const wished = without(next, 'status');
    const created = this.#admit(resource, { ...wished, metadata }, undefined, write);
    const managedFields = ownUpdate(resource.schema, undefined, created, this.#writer(resource, 'Update', write));
    return this.#insert(type, { ...created, metadata: { ...created.metadata, managedFields } }, write);
  }

  /** Replaces what is there by what `change` makes of it. */
  update<K extends Plural>(
    type: K,
    namespace: string | undefined,
    name: string,
    change: (live: Kinds[K]) => JsonObject,
    write: Write,
  ): Kinds[K] {
    const resource = typesByPlural[type];
    const live = this.#existing(type, namespace, name);
    const body = change(clone(live));
    const next = this.#successor(resource, live, decodeBody(resource, body, write), write);
    const managedFields = ownUpdate(resource.schema, live, next, this.#writer(resource, 'Update', write));
    return this.#replace(type, live, next, managedFields, write);
  }

  /** Server-side apply. */
  apply<K extends Plural>(
    type: K,
    namespace: string | undefined,
    name: string,
    config: JsonObject,
    write: Write & { readonly isForced: boolean },
  ): { readonly object: Kinds[K]; readonly isNew: boolean } {
    const resource = typesByPlural[type];
    const metadata = objectOf(config.metadata);
    if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
    const problems = typeProblems(resource.schema, config);
    if (problems.length > 0) {
      const list = problems.length === 1 ? String(problems[0]) : `errors:\n  ${problems.join('\n  ')}`;
      throw new StatusError(500, '', `failed to create typed patch object (${identityOf(resource, config)}): ${list}`);
    }
    const live = this.#store.get(type, namespace, name);
    if (live && metadata.uid !== undefined && metadata.uid !== live.metadata.uid)
      throw uidConflict(resource, name, metadata.uid, live);
    const writer = this.#writer(resource, 'Apply', write);
    const known = knownFields(resource.schema, config) as JsonObject;
    const applied = applyConfiguration(resource.schema, live, known, writer, write.isForced);
    const misfit =
      conversionProblem(resource.schema, config) ?? (type === 'secrets' ? base64Problem(config.data) : undefined);
    if (misfit !== undefined) throw notConverted(resource, config, misfit);
    if (live) {
      const next = this.#successor(resource, live, applied.object, write);
      return { object: this.#replace(type, live, next, applied.managedFields, write), isNew: false };
    }
    if (metadata.uid !== undefined) throw uidConflict(resource, name, metadata.uid, undefined);
    if (write.subresource) throw notFound(resource, name);
    const wished = without(applied.object, 'status');
    const fresh = this.#newMetadata(resource, namespace, wished);
    const created = this.#admit(resource, { ...wished, metadata: fresh }, undefined, write);
    const kept = { ...created, metadata: { ...created.metadata, managedFields: applied.managedFields } };
    return { object: this.#insert(type, kept, write), isNew: true };
  }

  /** Deletes, or marks for deletion what has to end first. */
  delete<K extends Plural>(
    type: K,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Kinds[K] {
    const resource = typesByPlural[type];
    const live = this.#existing(type, namespace, name);
    const { metadata } = live;
    if ((options.uid ?? metadata.uid) !== metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${String(options.uid)}, UID in object meta: ${metadata.uid}`;
      throw conflict(resource, name, why);
    }
    if ((options.resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion)
      throw conflict(
        resource,
        name,
        `Precondition failed: ResourceVersion in precondition: ${String(options.resourceVersion)}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
      );
    if (options.isDryRun) return live;
    const finalizers = [...(metadata.finalizers ?? [])];
    if (options.propagation === 'Foreground') finalizers.push('foregroundDeletion');
    if (options.propagation === 'Orphan') this.#orphan(metadata.uid);
    const seconds = type === 'pods' ? this.#gracePeriod(live as Kinds['pods'], options) : 0;
    if (finalizers.length === 0 && seconds === 0 && type !== 'namespaces') return this.#store.remove(type, live);
    const isShorter = (metadata.deletionGracePeriodSeconds ?? Infinity) > seconds;
    if (metadata.deletionTimestamp !== undefined && !isShorter) return live;
    const marked = {
      ...metadata,
      deletionTimestamp: timeText(this.#clock.now() + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
      ...(metadata.generation !== undefined && { generation: metadata.generation + 1 }),
      ...(finalizers.length > 0 && { finalizers }),
    };
    const ending = type === 'namespaces' ? { status: { phase: 'Terminating' } } : {};
    return this.#store.replace(type, { ...live, ...ending, metadata: marked });
  }

  /** Ends the object at once, finalizers or not. */
  remove(type: Plural, namespace: string | undefined, name: string): void {
    const live = this.#store.get(type, namespace, name);
    if (live) this.#store.remove(type, live);
  }

  #gracePeriod({ spec, status }: Kinds['pods'], { gracePeriodSeconds }: DeleteOptions): number {
    if (!spec.nodeName || status.phase === 'Succeeded' || status.phase === 'Failed') return 0;
    return gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  }

  #orphan(uid: string): void {
    for (const plural of Object.keys(typesByPlural) as Plural[]) {
      for (const object of this.#store.list(plural)) {
        const owners = object.metadata.ownerReferences;
        if (!owners?.some((owner) => owner.uid === uid)) continue;
        const ownerReferences = owners.filter((owner) => owner.uid !== uid);
        this.#store.replace(plural, { ...object, metadata: { ...object.metadata, ownerReferences } });
      }
    }
  }

  #existing<K extends Plural>(type: K, namespace: string | undefined, name: string): Kinds[K] {
    const live = this.#store.get(type, namespace, name);
    if (!live) throw notFound(typesByPlural[type], name);
    return live;
  }

  #newMetadata(resource: ResourceType, namespace: string | undefined, body: JsonObject): KubeObject['metadata'] {
    const given = objectOf(body.metadata);
    const name = textOf(given.name) || (given.generateName ? textOf(given.generateName) + nameSuffix() : '');
    if (!name)
      throw invalid(resource, '', [
        {
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
          field: 'metadata.name',
        },
      ]);
    if (namespace !== undefined) this.#checkNamespace(resource, namespace, name);
    const { resourceVersion } = given;
    if (resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    return {
      ...(without(given, 'managedFields') as KubeObject['metadata']),
      name,
      ...(namespace !== undefined && { namespace }),
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: timeText(this.#clock.now()),
      ...(resource.hasGeneration && { generation: 1 }),
    };
  }

  #checkNamespace(resource: ResourceType, namespace: string, name: string): void {
    const found = this.#store.get('namespaces', undefined, namespace);
    if (!found) throw notFound(typesByPlural.namespaces, namespace);
    if (found.status.phase === 'Terminating')
      throw forbidden(
        resource,
        name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      );
  }

  /** What the written object becomes: fields that this way of writing can't change stay as they are. */
  #successor(resource: ResourceType, live: KubeObject, written: JsonObject, write: Write): KubeObject {
    const { name, uid } = live.metadata;
    const metadata = objectOf(written.metadata);
    const version = textOf(metadata.resourceVersion);
    if (version && version !== live.metadata.resourceVersion) throw conflict(resource, name);
    if (metadata.uid !== undefined && metadata.uid !== uid) throw uidConflict(resource, name, metadata.uid, live);
    if (metadata.name !== undefined && metadata.name !== name)
      throw badRequest(
        `the name of the object (${textOf(metadata.name)}) does not match the name on the URL (${name})`,
      );
    const fixed = {
      name,
      uid,
      ...(live.metadata.namespace !== undefined && { namespace: live.metadata.namespace }),
      ...(live.metadata.generation !== undefined && { generation: live.metadata.generation }),
      ...(live.metadata.deletionTimestamp !== undefined && {
        deletionTimestamp: live.metadata.deletionTimestamp,
        deletionGracePeriodSeconds: live.metadata.deletionGracePeriodSeconds ?? 0,
      }),
      creationTimestamp: live.metadata.creationTimestamp,
      resourceVersion: live.metadata.resourceVersion,
    };
    if (write.subresource === 'status') {
      const annotations = metadata.annotations === undefined ? {} : { annotations: metadata.annotations };
      const { status } = written;
      return {
        ...live,
        metadata: { ...live.metadata, ...annotations },
        ...(status !== undefined && { status }),
      } as KubeObject;
    }
    const hasStatus = resource.subresources.includes('status');
    const wished = without(written, 'status');
    const body = hasStatus ? { ...wished, ...(live.status !== undefined && { status: live.status }) } : written;
    const next = { ...body, metadata: { ...metadata, ...fixed } } as KubeObject;
    const admitted = this.#admit(resource, next, live, write);
    if (resource.hasGeneration && !equal(wishOf(resource, admitted), wishOf(resource, live)))
      admitted.metadata.generation = (live.metadata.generation ?? 1) + 1;
    return admitted;
  }

  #admit(resource: ResourceType, object: JsonObject, live: KubeObject | undefined, write: Write): KubeObject {
    const admitted = {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      ...(withoutNulls(object) as JsonObject),
    } as KubeObject;
    const { name } = admitted.metadata;
    this.#admission.beforeDefaults(resource.plural, admitted, live);
    setDefaults(resource.plural, admitted);
    const errors = validate(resource.plural, admitted, live);
    if (errors.length > 0) throw invalid(resource, name, errors);
    if (resource.plural === 'pods' && !live) {
      const denial = admitPod(this.#store, admitted as Kinds['pods'], write.warn);
      if (denial) throw forbidden(resource, name, denial);
    }
    if (resource.plural === 'deployments') this.#admission.warnOfTemplate(admitted as Kinds['deployments'], write.warn);
    if (!live) Object.assign(admitted, this.#admission.initialStatus(resource.plural, admitted));
    return admitted;
  }

  #insert<K extends Plural>(type: K, object: JsonObject, write: Write): Kinds[K] {
    if (write.isDryRun) return withoutVersion(object) as Kinds[K];
    return this.#store.insert(type, object as Kinds[K]);
  }

  #replace<K extends Plural>(
    type: K,
    live: Kinds[K],
    next: KubeObject,
    managedFields: ManagedFieldsEntry[],
    write: Write,
  ): Kinds[K] {
    const metadata = without(next.metadata, 'managedFields');
    const object = {
      ...next,
      metadata: { ...metadata, ...(managedFields.length > 0 && { managedFields }) },
    } as Kinds[K];
    // Nothing but times differs: the object keeps its version and nobody is told.
    if (equal(live, object)) return live;
    if (write.isDryRun) return object;
    if (
      object.metadata.deletionTimestamp !== undefined &&
      !object.metadata.finalizers?.length &&
      type !== 'pods' &&
      type !== 'namespaces'
    )
      return this.#store.remove(type, object);
    return this.#store.replace(type, object);
  }

  #writer(resource: ResourceType, operation: 'Apply' | 'Update', { manager, subresource }: Write): Writer {
    const hasStatus = resource.subresources.includes('status');
    const ignored =
      subresource === 'status' ? [['f:spec'], ['f:metadata', 'f:labels']] : hasStatus ? [['f:status']] : [];
    const time = timeText(this.#clock.now());
    return { manager, operation, apiVersion: apiVersionOf(resource), subresource: subresource ?? '', time, ignored };
  }
}

/**
 * What a client wishes of the object: everything but metadata and status. Annotations of a Deployment count too
 * (PrepareForUpdate in Kubernetes' pkg/registry/apps/deployment/strategy.go).
 */
const wishOf = ({ plural }: ResourceType, object: KubeObject): JsonObject => ({
  ...without(object, 'metadata', 'status'),
  ...(plural === 'deployments' && { annotations: object.metadata.annotations ?? {} }),
});

/** What is applied, as server-side apply names it: by the namespace that the object itself names. */
function identityOf({ group, version, kind }: ResourceType, { metadata }: JsonObject): string {
  const { namespace, name } = objectOf(metadata);
  return `${textOf(namespace)}/${textOf(name)}; ${group}/${version}, Kind=${kind}`;
}

function notConverted(resource: ResourceType, config: JsonObject, why: string): StatusError {
  const { group, version, kind } = resource;
  const what = `unable to convert unstructured object to ${group}/${version}, Kind=${kind}`;
  return new StatusError(
    500,
    '',
    `failed to convert new object (${identityOf(resource, config)}) to proper version: ${what}: ${why}`,
  );
}

function withoutVersion(object: JsonObject): JsonObject {
  return { ...object, metadata: without(objectOf(object.metadata), 'resourceVersion') };
}

const uidConflict = (resource: ResourceType, name: string, uid: unknown, live: KubeObject | undefined) =>
  live
    ? conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${String(uid)}, UID in object meta: ${live.metadata.uid}`,
      )
    : invalid(resource, name, [invalidValue('metadata.uid', uid, 'field is immutable')]);
