import { id, publisher } from '../../../vss-extension.json';
import type { ExtensionName } from '../api/extensionData';

/**
 * The extension that a task belongs to, whose data hold the registry. The build replaces the two names by those that it
 * gives the extension, so a development build has a registry of its own.
 */
export const ownExtension: ExtensionName = { publisherName: publisher, extensionName: id };
