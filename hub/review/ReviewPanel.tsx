import type { RegistryModel } from '../../shared/variables/registry/revision';
import type { OpenModel, ReviewOptions } from '../kit/modelContext';

export interface ReviewPanelProps {
  readonly open: OpenModel;
  readonly options: ReviewOptions;
  readonly onDismiss: () => void;
  readonly onSaved: (model: RegistryModel) => void;
}

/** The panel in which the edits are reviewed and saved. */
export function ReviewPanel(_props: ReviewPanelProps) {
  return <div />;
}
