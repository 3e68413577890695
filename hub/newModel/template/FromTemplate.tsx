import { Button } from 'azure-devops-ui/Button';
import { useEffect, useMemo, useRef, useState } from 'react';
import { EmptyState } from '../../kit/EmptyState';
import { useHost, useHub } from '../../kit/hubContext';
import { Loading } from '../../kit/Loading';
import { FaultCard, ProblemCard } from '../../kit/faults/ProblemCard';
import { useLoaded } from '../../kit/useLoaded';
import { ExternalLink } from '../../repository/ExternalLink';
import { GitRequests } from '../../repository/git/gitRequests';
import { Picker } from '../../repository/filePicker/Picker';
import { templateMessages as messages } from './templateMessages';
import { onboardingPipelines, startRun, type OnboardingPipeline, type StartedRun } from './onboarding';
import { ParameterField } from './ParameterField';
import { readPipelineParameters, type PipelineForm, type PipelineParameter } from './pipelineParameters';

/** Starts the onboarding pipeline of the template. */
export function FromTemplate() {
  const host = useHost();
  const { go } = useHub();
  const [pipelines, retry] = useLoaded('pipelines', () => onboardingPipelines(host));
  const [chosen, setChosen] = useState<number>();
  if (pipelines.kind === 'loading') return <Loading />;
  if (pipelines.kind === 'failed') return <FaultCard error={pipelines.error} onRetry={() => void retry()} />;
  const found = pipelines.value;
  const pipeline = found.find(({ id }) => id === chosen) ?? (found.length === 1 ? found[0] : undefined);
  if (found.length === 0)
    return (
      <EmptyState
        icon="BranchPullRequest"
        title={messages.noPipeline}
        actions={[{ text: messages.otherWay, onClick: () => go({ view: 'new', from: 'text' }, { replace: true }) }]}
      >
        {messages.noPipelineHelp}
      </EmptyState>
    );
  return (
    <div className="hub-card hub-source depth-4">
      {found.length > 1 && (
        <div className="hub-form">
          <Picker
            label={messages.pipeline}
            placeholder={messages.selectPipeline}
            items={found.map(({ id, name }) => ({ id: String(id), text: name }))}
            selected={pipeline && String(pipeline.id)}
            onSelect={(id) => setChosen(Number(id))}
          />
        </div>
      )}
      {pipeline && <LoadedForm key={pipeline.id} pipeline={pipeline} />}
    </div>
  );
}

function LoadedForm({ pipeline }: { readonly pipeline: OnboardingPipeline }) {
  const host = useHost();
  const [form, retry] = useLoaded('form', () => readForm(new GitRequests(host), pipeline));
  if (form.kind === 'loading') return <Loading />;
  if (form.kind === 'failed') return <FaultCard error={form.error} onRetry={() => void retry()} />;
  if (form.value.kind === 'unreadable')
    return <ProblemCard severity="error">{messages.unreadable(form.value.problem)}</ProblemCard>;
  return <RunForm pipeline={pipeline} parameters={form.value.parameters} />;
}

/** A run uses the YAML of its branch, so the form does, too. */
async function readForm(requests: GitRequests, pipeline: OnboardingPipeline): Promise<PipelineForm> {
  const repository = await requests.repository(pipeline.repositoryId);
  const branch = pipeline.branch ?? repository.defaultBranch ?? 'main';
  const file = await requests.file(repository, { path: `/${pipeline.path}`, branch });
  if (file?.text === undefined)
    return { kind: 'unreadable', problem: messages.fileMissing(pipeline.path, branch, repository.name) };
  return readPipelineParameters(file.text, pipeline.path);
}

function RunForm(props: { readonly pipeline: OnboardingPipeline; readonly parameters: readonly PipelineParameter[] }) {
  const { pipeline, parameters } = props;
  const host = useHost();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [state, setState] = useState<RunState>({ kind: 'filling', isChecked: false });
  const valueOf = ({ name, defaultValue = '' }: PipelineParameter) => values[name] ?? defaultValue;
  const problems = useMemo(
    () => new Map(parameters.flatMap((each) => entryOf(each.name, problemOf(each, values[each.name])))),
    [parameters, values],
  );
  const start = async () => {
    if (problems.size > 0) {
      setState({ kind: 'filling', isChecked: true });
      return;
    }
    setState({ kind: 'starting' });
    try {
      const entered = Object.fromEntries(parameters.map((each) => [each.name, valueOf(each).trim()]));
      setState({ kind: 'started', run: await startRun(host, pipeline, entered) });
    } catch (error) {
      setState({ kind: 'failed', error });
    }
  };
  if (state.kind === 'started')
    return <Started run={state.run} onAnother={() => setState({ kind: 'filling', isChecked: false })} />;
  const [main, further] = [parameters.filter((each) => isMain(each)), parameters.filter((each) => !isMain(each))];
  const fieldOf = (parameter: PipelineParameter) => (
    <ParameterField
      key={parameter.name}
      parameter={parameter}
      value={valueOf(parameter)}
      problem={
        state.kind === 'filling' && !state.isChecked && values[parameter.name] === undefined
          ? undefined
          : problems.get(parameter.name)
      }
      onChange={(value) => setValues((before) => ({ ...before, [parameter.name]: value }))}
    />
  );
  return (
    <form
      className="hub-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      {main.map(fieldOf)}
      {further.length > 0 && (
        <details open={further.some(({ name }) => problems.has(name))}>
          <summary>{messages.furtherParameters(further.length)}</summary>
          <div className="hub-form hub-further">{further.map(fieldOf)}</div>
        </details>
      )}
      {state.kind === 'failed' && <FaultCard error={state.error} />}
      <div className="hub-form-buttons">
        <Button
          primary
          text={state.kind === 'starting' ? messages.starting : messages.start}
          disabled={state.kind === 'starting'}
          onClick={() => void start()}
        />
      </div>
      <p className="secondary-text">{messages.whatHappens}</p>
    </form>
  );
}

type RunState =
  | { readonly kind: 'filling'; readonly isChecked: boolean }
  | { readonly kind: 'starting' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'started'; readonly run: StartedRun };

function Started({ run, onAnother }: { readonly run: StartedRun; readonly onAnother: () => void }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.focus(), []);
  return (
    <div role="status" className="hub-started">
      <p>{messages.started(run.name)}</p>
      <p>
        <ExternalLink ref={link} url={run.url}>
          {messages.openRun(run.name)}
        </ExternalLink>
      </p>
      <Button text={messages.another} onClick={onAnother} />
    </div>
  );
}

/** Those without a default must be filled in, and those with a choice are decisions; the others have a default that fits. */
function isMain({ defaultValue, values }: PipelineParameter): boolean {
  return defaultValue === undefined || values.length > 0;
}

function problemOf({ defaultValue, type }: PipelineParameter, typed: string | undefined): string | undefined {
  const value = (typed ?? defaultValue ?? '').trim();
  if (value === '' && type !== 'boolean' && (defaultValue ?? '') !== '') return messages.mandatory;
  if (value === '' && defaultValue === undefined && type !== 'boolean') return messages.mandatory;
  return type === 'number' && value !== '' && !Number.isFinite(Number(value)) ? messages.notNumber : undefined;
}

function entryOf(name: string, problem: string | undefined): readonly (readonly [string, string])[] {
  return problem === undefined ? [] : [[name, problem]];
}
