/** A group or a user of Microsoft Entra ID, whether it is in the organisation or not. */
export interface DirectoryObject {
  readonly objectId: string;
  readonly kind: 'user' | 'group';
  /** The name of a group, the address that a user signs in with. */
  readonly name: string;
  readonly displayName?: string;
}

/** The tenant of Entra as the organisation sees it; tests add to it. */
export class Directory {
  readonly #objects: DirectoryObject[] = [];

  add(object: DirectoryObject): void {
    this.#objects.push(object);
  }

  /** By object id, or by the name that a user signs in with. */
  find(kind: DirectoryObject['kind'], text: string): DirectoryObject | undefined {
    const wanted = text.toLowerCase();
    return this.#objects.find(
      (object) => object.kind === kind && [object.objectId.toLowerCase(), object.name.toLowerCase()].includes(wanted),
    );
  }
}
