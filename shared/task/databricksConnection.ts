import { connection } from './inputs';

/** The inputs by which every Databricks task is told its workspace; `connect` takes them. */
export const databricksConnection = {
  connection: connection('databricksworkspace', { required: true }),
};
