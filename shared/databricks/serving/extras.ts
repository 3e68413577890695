import { differences, differenceLine } from '../../comparison/difference';
import type { Json, JsonMap } from '../../json';
import type { ServingEndpoint } from '../api/servingEndpoints';
import { missingTags, ownerTags } from './record';
import type { EndpointExtras, EndpointWork } from './request';

/**
 * Sets the tags, AI Gateway and notifications of an endpoint, where they are not as they are wanted. Returns whether
 * anything was changed. What can be set only at creation is a warning where it differs.
 */
export async function ensureExtras(
  { api, name, context: { agent } }: EndpointWork,
  endpoint: ServingEndpoint,
  { tags, aiGateway, notifications, ofCreation }: EndpointExtras,
): Promise<boolean> {
  let isChange = false;
  const missing = missingTags(endpoint, { ...ownerTags, ...tags });
  if (Object.keys(missing).length > 0) {
    await api.addTags(name, missing);
    agent.log(`Set the tags of the serving endpoint '${name}': ${Object.keys(missing).join(', ')}`);
    isChange = true;
  }
  if (aiGateway && isOther(aiGateway, endpoint.whole['ai_gateway'])) {
    await api.setAiGateway(name, aiGateway);
    agent.log(`Set the AI Gateway of the serving endpoint '${name}'.`);
    isChange = true;
  }
  if (notifications && isOther(notifications, endpoint.whole['email_notifications'])) {
    await api.setNotifications(name, notifications);
    agent.log(`Set the notifications of the serving endpoint '${name}'.`);
    isChange = true;
  }
  for (const [setting, value] of Object.entries(ofCreation)) {
    const [difference] = differences({ [setting]: value }, { [setting]: endpoint.whole[setting] }, []);
    if (difference)
      agent.warning(
        `Databricks sets this only when an endpoint is created, so it stays as it is: ${differenceLine(difference)}`,
      );
  }
  return isChange;
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
  return differences(wanted, found ?? {}, []).some((difference) => difference.wanted !== undefined);
}
