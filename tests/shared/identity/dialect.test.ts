import { databricksTokenDialect, entraDialect } from '../../../shared/identity/dialect';
import { shapesOf } from '../http/shapes';

describe('Microsoft Entra ID', () => {
  shapesOf(entraDialect, [
    [
      'of OAuth',
      { error: 'invalid_client', error_description: 'Unknown.', error_codes: [1] },
      'invalid_client',
      'Unknown.',
    ],
    ['of OAuth without a description', { error: 'invalid_client' }, 'invalid_client', ''],
    ['in the form of Azure', { error: { code: 'BadRequest', message: 'No.' } }, 'BadRequest', 'No.'],
  ]);
});

describe('The token endpoint of Databricks', () => {
  shapesOf(databricksTokenDialect, [
    ['of OAuth', { error: 'invalid_client', error_description: 'Unknown.' }, 'invalid_client', 'Unknown.'],
    ['of the workspace', { error_code: '403', message: 'Blocked.' }, '403', 'Blocked.'],
    ['in a page', '<html><pre>Blocked.</pre></html>', undefined, 'Blocked.'],
  ]);
});
