import type { ComparedSide } from '../page/route';

export type SideName = 'left' | 'right';

export interface SidesProps {
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  readonly onChoose: (sides: { readonly left: ComparedSide; readonly right: ComparedSide }) => void;
}
