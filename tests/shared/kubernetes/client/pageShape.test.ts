import assert from 'node:assert/strict';
import { readShape } from '../../../../shared/http/shape';
import { deletedShape, objectShape, pageShape } from '../../../../shared/kubernetes/client/shapes';
import { deployments, services } from '../../../../shared/kubernetes/client/resource';

describe('an object of Kubernetes', () => {
  const review = { apiVersion: 'v1', kind: 'LocalSubjectAccessReview', plural: 'reviews', isNamespaced: true };
  it('is of the kind and the name that were asked for', () => {
    const fine = { kind: 'Deployment', metadata: { name: 'score' } };
    assert.ok('value' in readShape(objectShape(deployments, 'score'), fine));
    assert.ok('problem' in readShape(objectShape(deployments, 'other'), fine));
    assert.ok('problem' in readShape(objectShape(deployments, 'score'), { ...fine, kind: 'Status' }));
  });

  it('has no name where it is a review that is not stored', () => {
    assert.ok('value' in readShape(objectShape(review), { kind: 'LocalSubjectAccessReview', metadata: {} }));
  });
});

describe('a Service of Kubernetes', () => {
  const ingress = (entry: object) => ({ status: { loadBalancer: { ingress: [entry] } } });
  const problemOf = (parts: object): string => {
    const reading = readShape(objectShape(services, 'score'), {
      kind: 'Service',
      metadata: { name: 'score' },
      ...parts,
    });
    return 'problem' in reading ? reading.problem : '';
  };

  for (const [what, parts, problem] of [
    [
      'host name',
      ingress({ hostname: '##vso[x]y' }),
      "'status.loadBalancer.ingress.0.hostname' is text, not a host name",
    ],
    ['empty host name', ingress({ hostname: '' }), "'status.loadBalancer.ingress.0.hostname' is empty"],
    ['IP address', ingress({ ip: '[::1' }), "'status.loadBalancer.ingress.0.ip' is text, not an IP address"],
    ['port', { spec: { ports: [{ port: 70_000 }] } }, "'spec.ports.0.port' is a number, not a port"],
    [
      'target',
      { spec: { ports: [{ port: 80, targetPort: 0.5 }] } },
      "'spec.ports.0.targetPort' is a number, not a port",
    ],
  ] as const)
    it(`has no ${what} that is none`, () => assert.equal(problemOf(parts), problem));

  it('has an address, ports by number and targets by name', () => {
    const spec = {
      ports: [
        { port: 80, targetPort: 'http' },
        { port: 443, targetPort: 8443 },
      ],
    };
    assert.equal(problemOf({ spec, ...ingress({ ip: '20.1.2.3', ports: [{ port: 80 }] }) }), '');
    assert.equal(problemOf({ spec, ...ingress({ hostname: 'a.elb.example' }) }), '');
  });
});

describe('a page of a list of Kubernetes', () => {
  it('has a list of items, also when there are none', () => {
    const page = { kind: 'DeploymentList', metadata: { resourceVersion: '1' } };
    for (const items of [null, undefined, {}, 'x', [null]])
      assert.ok('problem' in readShape(pageShape(deployments), { ...page, items }), JSON.stringify(items));
    assert.ok('value' in readShape(pageShape(deployments), { ...page, items: [] }));
  });

  it('is a list by its kind', () => {
    const page = { metadata: {}, items: [] };
    for (const kind of [undefined, 'Deployment', 'Status'])
      assert.ok('problem' in readShape(pageShape(deployments), { ...page, kind }), kind);
  });
});

describe('the answer of Kubernetes to a deletion', () => {
  it('is the object, or a status of success', () => {
    for (const fine of [{ kind: 'Deployment' }, { kind: 'Status', status: 'Success' }])
      assert.ok('value' in readShape(deletedShape, fine));
    for (const other of [{ kind: 'Status' }, { kind: 'Status', status: 'Failure' }, undefined])
      assert.ok('problem' in readShape(deletedShape, other), JSON.stringify(other));
  });
});
