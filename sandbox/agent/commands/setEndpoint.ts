import { findConnection } from '../tasks/connections';
import type { Command } from './parseCommand';
import { CommandError, type CommandContext } from './commandContext';

/** `task.setendpoint`: changes a service connection for the steps that come after. */
export function setEndpoint({ properties, data }: Command, { job }: CommandContext): void {
  const [id = '', field = '', key = ''] = ['id', 'field', 'key'].map((name) => properties.get(name) ?? '');
  const connection = findConnection(job.run.connections, id);
  if (!connection) throw new CommandError(`there is no service connection '${id}'`);
  if (field !== 'url' && key === '') throw new CommandError("'key' is missing");
  switch (field) {
    case 'url':
      connection.url = data;
      break;
    case 'authParameter':
      job.run.masker.add(data);
      connection.parameters.set(key, data);
      break;
    case 'dataParameter':
      connection.data.set(key, data);
      break;
    default:
      throw new CommandError(`'${field}' is not a field: expected one of url, authParameter, dataParameter`);
  }
}
