import './runPage.css';
import { connectHost } from '../host/connectHost';
import { startPage } from '../kit/startPage';
import { RunPage } from './RunPage';

await startPage(connectHost(), () => <RunPage />);
