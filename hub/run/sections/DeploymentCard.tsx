import { runMessages } from '../messages';
import type { DeploymentRecord } from '../../../shared/records/runRecord';
import { CardTitle } from './CardTitle';
import { FactList } from './facts/FactList';
import type { CardProps } from './RecordSection';
import { WebLink } from './WebLink';

const { deployment: texts, evaluation } = runMessages;

/** A service: what was deployed, where, and how that ended. */
export function DeploymentCard({ attempt: { record } }: CardProps<DeploymentRecord>) {
  const { facts } = texts;
  return (
    <>
      <CardTitle outcome={{ kind: record.isSuccessful ? 'succeeded' : 'failed', text: record.result }}>
        {record.service}
      </CardTitle>
      <FactList
        facts={[
          [facts.action, record.action],
          [facts.model, modelText(record)],
          [facts.scoringUri, record.scoringUri && <WebLink url={record.scoringUri} />],
          [facts.target, texts.targets[record.target]],
          [facts.cluster, record.cluster],
          [facts.namespace, record.namespace],
          [facts.resourceGroup, record.resourceGroup],
          [facts.location, record.location],
          [facts.image, record.image && <code>{record.image}</code>],
          [facts.digest, record.digest && <code>{record.digest}</code>],
          [facts.previousImage, record.previousImage && <code>{record.previousImage}</code>],
          [facts.strategy, strategyText(record)],
          [facts.replicas, replicasText(record)],
        ]}
      />
    </>
  );
}

function modelText({ model }: DeploymentRecord): string | undefined {
  const parts = [model?.name, model?.version === undefined ? undefined : evaluation.version(model.version)];
  return parts.filter((part) => part !== undefined).join(', ');
}

function strategyText({ strategy, canaryPercent }: DeploymentRecord): string | undefined {
  if (strategy === undefined || canaryPercent === undefined) return strategy;
  return texts.canary(strategy, canaryPercent);
}

function replicasText({ replicas, minReplicas, maxReplicas }: DeploymentRecord): string | undefined {
  if (minReplicas !== undefined || maxReplicas !== undefined) return texts.replicaRange(minReplicas, maxReplicas);
  return replicas === undefined ? undefined : String(replicas);
}
