import { useCallback, useEffect } from 'react';
import type { RegistryEntry } from '../../shared/variables/registry/modelRegistry';
import { EmptyState } from '../kit/EmptyState';
import { useHub } from '../kit/hubContext';
import { PageFrame } from '../kit/PageFrame';
import { ProblemCard } from '../kit/faults/ProblemCard';
import { useOpenModel } from '../page/useOpenModel';
import type { ComparedSide, Route } from '../page/route';
import { ComparedModels } from './ComparedModels';
import { compareMessages } from './messages';
import { SideChooser } from './SideChooser';
import type { SidesProps } from './sides';
import './compare.css';

type CompareRoute = Extract<Route, { readonly view: 'compare' }>;

/** Two environments of a model, or two models, side by side. The route holds both sides. */
export function CompareScreen() {
  const { contents, route, go } = useHub();
  const compared = route.view === 'compare' ? route : undefined;
  const left = compared?.left;
  const right = compared?.right;
  useEffect(() => {
    if (!compared || (left && right)) return;
    const proposed = proposedSides(contents.models, left);
    if (proposed) go({ view: 'compare', ...proposed, ...(right && { right }) }, { replace: true });
  }, [compared, left, right, contents, go]);
  const choose = useCallback(
    (next: Omit<CompareRoute, 'view'>) => go({ view: 'compare', ...next }, { replace: true }),
    [go],
  );
  return (
    <PageFrame
      title={compareMessages.title}
      description={compareMessages.description}
      onBack={{ label: compareMessages.back, action: () => go({ view: 'models' }) }}
    >
      {contents.models.length === 0 ? (
        <EmptyState
          icon="Switch"
          title={compareMessages.noModels}
          actions={[{ text: compareMessages.newModel, isPrimary: true, onClick: () => go({ view: 'new' }) }]}
        >
          {compareMessages.noModelsHelp}
        </EmptyState>
      ) : (
        left && right && <ChosenSides left={left} right={right} onChoose={choose} />
      )}
    </PageFrame>
  );
}

function ChosenSides(props: SidesProps) {
  const { contents } = useHub();
  const { left, right } = props;
  const find = ({ model }: ComparedSide) => contents.models.find(({ id }) => id === model);
  const [leftModel, rightModel] = [find(left), find(right)];
  const missing = [left, right].filter((side) => !find(side)).map(({ model }) => model);
  if (!leftModel || !rightModel)
    return (
      <>
        <SideChooser {...props} />
        {[...new Set(missing)].map((model) => (
          <ProblemCard key={model} severity="warning">
            {compareMessages.unknownModel(model)}
          </ProblemCard>
        ))}
      </>
    );
  if (leftModel === rightModel) return <OneModel key={leftModel.id} {...props} known={leftModel} />;
  return (
    <TwoModels key={`${leftModel.id}/${rightModel.id}`} {...props} leftModel={leftModel} rightModel={rightModel} />
  );
}

function OneModel({ known, ...sides }: SidesProps & { readonly known: RegistryEntry }) {
  const { open, panel } = useOpenModel(known);
  return (
    <>
      <ComparedModels {...sides} leftModel={open} rightModel={open} />
      {panel}
    </>
  );
}

function TwoModels(props: SidesProps & { readonly leftModel: RegistryEntry; readonly rightModel: RegistryEntry }) {
  const { leftModel, rightModel, ...sides } = props;
  const left = useOpenModel(leftModel);
  const right = useOpenModel(rightModel);
  return (
    <>
      <ComparedModels {...sides} leftModel={left.open} rightModel={right.open} />
      {left.panel}
      {right.panel}
    </>
  );
}

/** Two environments of the first model that has two; else the first two models. */
function proposedSides(
  models: readonly RegistryEntry[],
  left: ComparedSide | undefined,
): Required<Omit<CompareRoute, 'view'>> | undefined {
  const active = models.filter(({ status }) => status === 'active');
  const chosen = left && models.find(({ id }) => id === left.model);
  const first = chosen ?? active.find(({ environments }) => environments.length > 1) ?? active[0] ?? models[0];
  if (!first) return undefined;
  const environments = first.environments.filter((name) => name !== left?.environment);
  const leftSide = left ?? sideOf(first.id, environments.length > 1 ? environments[0] : undefined);
  const other = environments.find((name) => name !== leftSide.environment);
  if (other !== undefined) return { left: leftSide, right: sideOf(first.id, other) };
  const second = active.find(({ id }) => id !== first.id) ?? first;
  return { left: leftSide, right: sideOf(second.id, undefined) };
}

function sideOf(model: string, environment: string | undefined): ComparedSide {
  return { model, ...(environment !== undefined && { environment }) };
}
