/** A number with six significant digits. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Numbers that are compared, with as many digits as distinguish them. */
export function comparedTexts(values: readonly number[]): readonly string[] {
  const texts = values.map(numberText);
  const isDistinct = new Set(texts).size === new Set(values).size;
  return isDistinct ? texts : values.map(String);
}

/** The change from one number to another, such as `+0.02 (+2.2%)`; the share is left out where there is none. */
export function changeText(from: number, to: number): string {
  const change = to - from;
  if (change === 0) return 'No change';
  const share = (change / Math.abs(from)) * 100;
  const shareText = Number.isFinite(share) ? ` (${signed(Number(share.toPrecision(3)))}%)` : '';
  return `${signed(Number(change.toPrecision(3)))}${shareText}`;
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${String(value)}`;
}
