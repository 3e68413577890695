import type { Exposed } from '../frameChannel';
import { askRest, RestError } from '../restClient';
import type { HostSession } from '../../session';

/** The types of the services whose locations are known, as the table of resource areas of the service has them. */
const extensionManagement = '00000028-0000-8888-8000-000000000000';

/** `ms.vss-features.location-service`: where the REST API of an area is. */
export function locationService({ organization, extensionsUrl, pageToken: token }: HostSession): Exposed {
  return {
    getResourceAreaLocation: async (id) => {
      const url = `${organization.url}_apis/ResourceAreas/${encodeURIComponent(String(id))}`;
      const area = (await askRest(url, { version: '5.0-preview.1', token })) as {
        readonly locationUrl?: string;
      } | null;
      if (area?.locationUrl === undefined)
        throw new RestError(`There is no resource area ${String(id)}.`, 404, undefined, '');
      return area.locationUrl;
    },
    getServiceLocation: (instanceType) => (instanceType === extensionManagement ? extensionsUrl : organization.url),
  };
}
