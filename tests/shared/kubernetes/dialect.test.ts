import { kubernetesDialect } from '../../../shared/kubernetes/dialect';
import { shapesOf } from '../http/shapes';

describe('Kubernetes', () => {
  shapesOf(kubernetesDialect, [
    ['by its reason', { kind: 'Status', code: 404, reason: 'NotFound', message: 'No pod.' }, 'NotFound', 'No pod.'],
    ['without a reason by the status', { kind: 'Status', code: 500, reason: '', message: 'Oh.' }, '500', 'Oh.'],
    ['of what stands before the API server', 'no healthy upstream', undefined, 'no healthy upstream'],
  ]);
});
