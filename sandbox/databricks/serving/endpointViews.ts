import { type JsonObject, without } from '../json';
import { isApplicationId } from '../identity/identities';
import { type EndpointConfig, isReady, type ServedEntity, type ServingEndpoint } from './endpoint';

/** Whether the container of an entity has been stopped because nobody asked it. */
export type IsScaledToZero = (entity: ServedEntity) => boolean;

/**
 * `ServingEndpointDetailed` of the Databricks SDK, with the fields that answers of workspaces have besides (such as
 * `suspend`, `creator_kind` and, of each entity, the same as a served model).
 */
export function viewEndpoint(
  endpoint: ServingEndpoint,
  permissionLevel: string,
  isScaledToZero: IsScaledToZero,
): JsonObject {
  const { config, pending, description, notifications } = endpoint;
  return {
    ...viewCommon(endpoint),
    ...(config && { config: viewConfig(config, isScaledToZero) }),
    ...(pending && { pending_config: { ...viewConfig(pending, isScaledToZero), start_time: pending.startedAt } }),
    ...(notifications && { email_notifications: notifications }),
    permission_level: permissionLevel,
    route_optimized: false,
    creator_kind: isApplicationId(endpoint.creator) ? 'ServicePrincipal' : 'User',
    resource_credential_strategy: 'EMBEDDED_CREDENTIALS',
    description,
  };
}

/** `ServingEndpoint` of the Databricks SDK: an entry of the list. */
export function viewListed(endpoint: ServingEndpoint): JsonObject {
  const { config } = endpoint;
  return {
    ...viewCommon(endpoint),
    ...(config && {
      config: {
        served_entities: config.entities.map(({ name, entityName, entityVersion }) => ({
          name,
          entity_name: entityName,
          entity_version: entityVersion,
        })),
        served_models: config.entities.map(({ name, entityName, entityVersion }) => ({
          name,
          model_name: entityName,
          model_version: entityVersion,
        })),
      },
    }),
  };
}

function viewCommon(endpoint: ServingEndpoint): JsonObject {
  const { id, name, creator, createdAt, updatedAt, update, tags, aiGateway } = endpoint;
  return {
    name,
    creator,
    creation_timestamp: createdAt,
    last_updated_timestamp: updatedAt,
    state: { ready: isReady(endpoint) ? 'READY' : 'NOT_READY', config_update: update, suspend: 'NOT_SUSPENDED' },
    ...(tags.length > 0 && { tags: tags.map((tag) => ({ ...tag })) }),
    ...(aiGateway && { ai_gateway: aiGateway }),
    id,
  };
}

function viewConfig({ version, entities, routes }: EndpointConfig, isScaledToZero: IsScaledToZero): JsonObject {
  return {
    served_entities: entities.map((entity) => ({
      entity_name: entity.entityName,
      entity_version: entity.entityVersion,
      ...viewEntity(entity, isScaledToZero),
    })),
    served_models: entities.map((entity) => ({
      model_name: entity.entityName,
      model_version: entity.entityVersion,
      ...viewEntity(entity, isScaledToZero),
    })),
    // A route names its entity twice, in whichever way it was sent.
    traffic_config: {
      routes: routes.map(({ entity, percentage }) => ({
        served_model_name: entity,
        traffic_percentage: percentage,
        served_entity_name: entity,
      })),
    },
    config_version: version,
  };
}

function viewEntity(entity: ServedEntity, isScaledToZero: IsScaledToZero): JsonObject {
  const { name, settings, creator, createdAt, deployment, message } = entity;
  return {
    name,
    // Burst scaling is not returned (`libs/testserver` of databricks/cli).
    ...without(settings, 'burst_scaling_enabled'),
    state: { deployment, deployment_state_message: isScaledToZero(entity) ? 'Scaled to zero' : message },
    creator,
    creation_timestamp: createdAt,
  };
}
