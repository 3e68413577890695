import { startPage } from '../kit/startPage';
import { ModelsPage } from './ModelsPage';

await startPage(<ModelsPage />);
