/**
 * What is loaded with the first tab besides the variables, or the comparison. The bundler makes a chunk for each combination of
 * parts that share a module, and small chunks compress badly: with a part for each tab, the scripts were 12 % larger.
 */
export { CompareScreen } from '../compare/CompareScreen';
export { FileTab } from '../file/FileTab';
export { HistoryTab } from '../history/HistoryTab';
export { readLinkedText } from '../repository/git/linkedText';
export { openPullRequest } from '../repository/git/openPullRequest';
export { RepositoryTab } from '../repository/RepositoryTab';
export { compareFiles } from '../repository/state/compareFiles';
