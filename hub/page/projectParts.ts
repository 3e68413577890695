/** What is loaded with the settings or a new model; one part, as in `modelParts`. */
export { NewModelScreen } from '../newModel/NewModelScreen';
export { SettingsScreen } from '../settings/SettingsScreen';
