/**
 * A text that can't issue a logging command, now or when a later step prints it: the agent looks for commands anywhere in
 * a line, and formats lines by similar marks. `##vso[` becomes `##_vso[`, and `##[` becomes `##_[`.
 */
export function harmless(text: string): string {
  return text.replaceAll(/##(?=(?:vso)?\[)/gi, '##_');
}
