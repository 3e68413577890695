import './runPage.css';
import { startPage } from '../kit/startPage';
import { RunPage } from './RunPage';

await startPage(<RunPage />);
