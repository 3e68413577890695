import assert from 'node:assert/strict';
import { readShape } from '../../../../shared/http/shape';
import { deletedShape, objectShape, pageShape } from '../../../../shared/kubernetes/client/shapes';
import { deployments } from '../../../../shared/kubernetes/client/resource';

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
