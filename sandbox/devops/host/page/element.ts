type Attributes = Readonly<Record<string, string>>;

/** A new element with text or elements in it; text never becomes markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

/** @throws Error when the page has no such element */
export function elementOf<Name extends keyof HTMLElementTagNameMap>(
  id: string,
  name: Name,
): HTMLElementTagNameMap[Name] {
  const found = document.querySelector<HTMLElementTagNameMap[Name]>(`${name}#${id}`);
  if (!found) throw new Error(`The page has no ${name} '${id}'.`);
  return found;
}
