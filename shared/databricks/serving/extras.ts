import { differences, differenceLine, type Difference } from '../../comparison/difference';
import { TaskError } from '../../errors';
import type { Json, JsonMap } from '../../json';
import type { ServingEndpoint } from '../api/servingEndpoints';
import { missingTags, ownerTags } from './record';
import type { EndpointExtras, EndpointWork } from './request';

/**
 * Sets the tags, AI Gateway and notifications of an endpoint, where they are not as they are wanted. Returns whether
 * anything was changed.
 */
export async function ensureExtras(
  { api, name, context: { agent } }: EndpointWork,
  endpoint: ServingEndpoint,
  extras: EndpointExtras,
): Promise<boolean> {
  const { tags, aiGateway, notifications } = extras;
  const { gateway, mail } = otherSettings(endpoint, extras);
  const missing = missingTags(endpoint, { ...ownerTags, ...tags });
  const isChange = Object.keys(missing).length > 0 || gateway.length > 0 || mail.length > 0;
  if (Object.keys(missing).length > 0) {
    await api.addTags(name, missing);
    agent.log(`Set the tags of the serving endpoint '${name}': ${Object.keys(missing).join(', ')}`);
  }
  if (aiGateway && gateway.length > 0) await api.setAiGateway(name, aiGateway);
  if (notifications && mail.length > 0) await api.setNotifications(name, notifications);
  for (const difference of [...gateway, ...mail])
    agent.log(`Set a setting of the endpoint: ${differenceLine(difference)}`);
  return isChange;
}

/** Warns of what can be set only at creation, where it differs. */
export function warnOfCreation(
  { context: { agent } }: EndpointWork,
  endpoint: ServingEndpoint,
  { ofCreation }: EndpointExtras,
): void {
  for (const [setting, value] of Object.entries(ofCreation)) {
    const [difference] = differences({ [setting]: value }, { [setting]: endpoint.whole[setting] }, []);
    if (difference)
      agent.warning(
        `Databricks sets this only when an endpoint is created, so it stays as it is: ${differenceLine(difference)}`,
      );
  }
}

/**
 * Throws a TaskError where Databricks has accepted settings and returns other ones. What it does not return is taken as it
 * was accepted.
 */
export function checkExtras(endpoint: ServingEndpoint, extras: EndpointExtras): void {
  const missing = Object.keys(missingTags(endpoint, { ...ownerTags, ...extras.tags })).map((key) => `tags.${key}`);
  const { gateway, mail } = otherSettings(endpoint, extras);
  const other = [...gateway, ...mail].filter(({ found }) => (found ?? null) !== null).map(differenceLine);
  if (missing.length + other.length > 0)
    throw new TaskError(
      `Databricks accepted the settings of the serving endpoint '${endpoint.name}', but these differ:\n  ${[...missing, ...other].join('\n  ')}\nWrite these settings as Databricks returns them, or remove them.`,
    );
}

/** The settings with which an endpoint is created. */
export function extrasOfCreation({ tags, aiGateway, notifications, ofCreation }: EndpointExtras): JsonMap {
  return {
    ...ofCreation,
    tags: Object.entries({ ...ownerTags, ...tags }).map(([key, value]) => ({ key, value })),
    ...(aiGateway && { ai_gateway: aiGateway }),
    ...(notifications && { email_notifications: notifications }),
  };
}

/** Whether anything that is wanted is not so: Databricks fills in what is left out. */
export function isOther(wanted: JsonMap, found: Json | undefined): boolean {
  return written(wanted, found).length > 0;
}

function otherSettings(
  { whole }: ServingEndpoint,
  { aiGateway, notifications }: EndpointExtras,
): { readonly gateway: readonly Difference[]; readonly mail: readonly Difference[] } {
  return {
    gateway: aiGateway ? written({ ai_gateway: aiGateway }, { ai_gateway: whole['ai_gateway'] }) : [],
    mail: notifications
      ? written({ email_notifications: notifications }, { email_notifications: whole['email_notifications'] })
      : [],
  };
}

/** Where what somebody wrote is not so. */
function written(wanted: JsonMap, found: Json | undefined): readonly Difference[] {
  return differences(wanted, found ?? {}, []).filter((difference) => difference.wanted !== undefined);
}
