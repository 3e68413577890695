/** A change that cannot be saved, with a sentence that says why. */
export class RegistryRefusal extends Error {
  override readonly name = 'RegistryRefusal';
}
