// Quantities as Kubernetes writes them (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).

const coreForm = /^\d+(\.\d{1,3})?$/;
const milliForm = /^(\d+)m$/;
const memoryForm = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)?$/;
const bytesByUnit: Readonly<Record<string, number>> = {
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
};

/** The cores of `0.5` or `500m`; NaN for any other text. */
export function coresIn(text: string): number {
  const [, milli] = milliForm.exec(text) ?? [];
  if (milli !== undefined) return Number(milli) / 1000;
  return coreForm.test(text) ? Number(text) : NaN;
}

/** The bytes of `2Gi` or `512M`; NaN for any other text. */
export function bytesIn(text: string): number {
  const [, amount, unit] = memoryForm.exec(text) ?? [];
  return amount === undefined ? NaN : Number(amount) * (unit === undefined ? 1 : (bytesByUnit[unit] ?? NaN));
}
