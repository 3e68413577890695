import type { Context } from '../../agent/context';
import { foundIdentity, type FoundIdentity } from '../identityLookUp';
import type { Devops } from '../devops';
import { until } from './until';
import type { WantedIdentity } from './resolveIdentities';

/** Adds groups of Microsoft Entra ID to the organization, each once. */
export class EntraGroups {
  readonly #added = new Map<string, FoundIdentity>();

  constructor(
    private readonly devops: Devops,
    private readonly context: Context,
  ) {}

  /** The identity of a wanted one. A group that the organization does not know yet is added to it. */
  async identityOf(wanted: WantedIdentity): Promise<FoundIdentity> {
    if (wanted.kind === 'known') return wanted.identity;
    if (wanted.kind === 'planned') throw new Error(`${wanted.text} is only planned.`);
    const { objectId } = wanted;
    const added = this.#added.get(objectId) ?? (await this.#add(objectId));
    this.#added.set(objectId, added);
    return added;
  }

  async #add(objectId: string): Promise<FoundIdentity> {
    const { graph, identities } = this.devops;
    const { descriptor } = await graph.addEntraGroup(objectId);
    const id = await graph.storageKeyOf(descriptor);
    const awaited = `the Microsoft Entra group ${objectId} to appear in the organization`;
    return until(this.context, awaited, async () => {
      const [identity] = await identities.byIds([id]);
      return identity && foundIdentity(identity);
    });
  }
}
