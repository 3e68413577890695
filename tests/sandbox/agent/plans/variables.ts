import { pages, type PlanTable } from './plans';

export const variables: PlanTable = {
  subject: 'variables',
  sources: pages('process/variables', 'yaml-schema/variables', 'library/variable-groups', 'process/expressions'),
  cases: [
    [
      'as a mapping',
      `
      variables:
        configuration: Release
        system.debug: true
        empty: ''
      steps: [{ script: a }]`,
      `
      var configuration=Release
      var system.debug=true
      var empty=
      job Job
        checkout self
        script a`,
    ],
    [
      'as a list',
      `
      variables:
      - name: a
        value: 1
      - name: b
        value: $(a)/2
        readonly: true
      steps: [{ script: x }]`,
      `
      var a=1
      var b=$(a)/2 readonly
      job Job
        checkout self
        script x`,
    ],
    [
      'of a group',
      `
      variables:
      - group: shared
      - name: own
        value: x
      steps: [{ script: x }]`,
      `
      var url=https://example.test
      var token=t0ken secret
      var own=x
      job Job
        checkout self
        script x`,
      { groups: { Shared: { url: 'https://example.test', token: 'secret:t0ken' } } },
    ],
    [
      'of a group for one stage',
      `
      stages:
      - stage: Prod
        variables: [{ group: prod }]
        jobs: [{ job: A, steps: [{ checkout: none }] }]`,
      `
      stage Prod
        var host=p
        job A
          checkout none`,
      { groups: { prod: { host: 'p' } } },
    ],
    [
      'of a group chosen by a parameter',
      `
      parameters: [{ name: env, type: string, default: test }]
      variables:
      - group: app-\${{ parameters.env }}
      steps: [{ script: x }]`,
      `
      var host=t
      job Job
        checkout self
        script x`,
      { groups: { 'app-test': { host: 't' }, 'app-prod': { host: 'p' } } },
    ],
    [
      'at every level',
      `
      variables: { a: root }
      stages:
      - stage: S
        variables: { b: stage }
        jobs:
        - job: J
          variables: [{ name: c, value: job }]
          steps: [{ script: x }]`,
      `
      var a=root
      stage S
        var b=stage
        job J
          var c=job
          checkout self
          script x`,
    ],
    [
      'that templates read where they are expanded',
      `
      variables: { region: west, name: 'app-\${{ variables.region }}' }
      steps: [{ script: 'echo \${{ variables.name }} \${{ variables["region"] }}' }]`.replaceAll('"', "''"),
      `
      var region=west
      var name=app-west
      job Job
        checkout self
        script echo app-west west`,
    ],
    [
      'that are not known yet when templates are expanded are empty',
      `
      steps: [{ script: 'echo [\${{ variables.later }}]' }]`,
      `
      job Job
        checkout self
        script echo []`,
    ],
    [
      'nearer ones hide others',
      `
      variables: { v: root }
      jobs:
      - job: A
        variables: { v: job }
        steps: [{ script: 'echo \${{ variables.v }}' }]
      - job: B
        steps: [{ script: 'echo \${{ variables.v }}' }]`,
      `
      var v=root
      job A
        var v=job
        checkout self
        script echo job
      job B
        checkout self
        script echo root`,
    ],
    [
      'that are worked out when the job starts',
      `
      variables:
        isMain: $[ eq(variables['Build.SourceBranch'], 'refs/heads/main') ]
        patch: $[ counter(variables['minor'], 100) ]
      steps: [{ script: x }]`,
      `
      var isMain=$[ eq(variables['Build.SourceBranch'], 'refs/heads/main') ]
      var patch=$[ counter(variables['minor'], 100) ]
      job Job
        checkout self
        script x`,
    ],
    [
      'that depend on the branch',
      `
      variables:
      - \${{ if eq(variables['Build.SourceBranchName'], 'main') }}:
        - name: env
          value: prod
      - \${{ else }}:
        - name: env
          value: test
      steps: [{ script: echo $(env) }]`,
      `
      var env=prod
      job Job
        checkout self
        script echo $(env)`,
    ],
    [
      'that depend on the branch, in a mapping',
      `
      variables:
        \${{ if startsWith(variables['Build.SourceBranch'], 'refs/tags/') }}:
          kind: release
        \${{ elseif eq(variables['Build.Reason'], 'PullRequest') }}:
          kind: review
        \${{ else }}:
          kind: build
        other: 1
      steps: [{ script: x }]`,
      `
      var kind=build
      var other=1
      job Job
        checkout self
        script x`,
    ],
    [
      'with a value that depends on something',
      `
      variables:
      - name: size
        \${{ if eq(variables['Build.SourceBranchName'], 'main') }}:
          value: large
        \${{ if ne(variables['Build.SourceBranchName'], 'main') }}:
          value: small
      steps: [{ script: x }]`,
      `
      var size=large
      job Job
        checkout self
        script x`,
    ],
    [
      'of a template',
      `
      variables:
      - template: vars/common.yml
      - template: vars/\${{ variables.env }}.yml
      steps: [{ script: x }]`,
      `
      var env=test
      var host=t.example
      job Job
        checkout self
        script x`,
      {
        files: {
          'vars/common.yml': 'variables: { env: test }',
          'vars/test.yml': 'variables:\n- name: host\n  value: t.example',
        },
      },
    ],
    [
      'of a template with parameters',
      `
      variables:
      - template: vars.yml
        parameters: { prefix: my }
      steps: [{ script: echo $(full) }]`,
      `
      var full=my-app
      job Job
        checkout self
        script echo $(full)`,
      {
        files: {
          'vars.yml':
            "parameters: [{ name: prefix, type: string }]\nvariables: { full: '${{ parameters.prefix }}-app' }",
        },
      },
    ],
    [
      'of a template that takes a group',
      `
      variables: [{ template: vars.yml }]
      steps: [{ script: x }]`,
      `
      var a=1
      var b=2
      job Job
        checkout self
        script x`,
      { files: { 'vars.yml': 'variables:\n- group: g\n- { name: b, value: 2 }' }, groups: { g: { a: '1' } } },
    ],
    [
      'for each of a parameter',
      `
      parameters: [{ name: tags, type: object, default: { team: ml, cost: c1 } }]
      variables:
        \${{ each tag in parameters.tags }}:
          tag_\${{ tag.key }}: \${{ tag.value }}
      steps: [{ script: x }]`,
      `
      var tag_team=ml
      var tag_cost=c1
      job Job
        checkout self
        script x`,
    ],
    [
      'made by functions',
      `
      variables:
        lower: \${{ lower('MAIN') }}
        text: \${{ format('{0}-{1}', 'a', variables['Build.SourceBranchName']) }}
        short: \${{ replace(variables['Build.SourceBranch'], 'refs/heads/', '') }}
        both: \${{ and(true, eq(1, 1)) }}
        first: \${{ coalesce('', 'x') }}
        list: \${{ join(';', split('a,b', ',')) }}
        pick: \${{ iif(eq('a', 'A'), 'same', 'other') }}
      steps: [{ script: x }]`,
      `
      var lower=main
      var text=a-main
      var short=main
      var both=True
      var first=x
      var list=a;b
      var pick=same
      job Job
        checkout self
        script x`,
    ],
    [
      'of a group that is not there',
      'variables: [{ group: nobody }]\nsteps: [{ script: x }]',
      [
        "@1:13: the variable group 'nobody' is in the project's library, which the local agent can't read: pass its variables to the local run",
      ],
    ],
    [
      'without a name',
      'variables: [{ value: x }]\nsteps: [{ script: x }]',
      ["@1:13: a variable needs a 'name', a 'group' or a 'template'"],
    ],
    ['that are defined twice', 'variables: { a: 1, A: 2 }\nsteps: [{ script: x }]', ["@1:20: 'A' is defined twice"]],
    [
      'with a key that is not known',
      'variables: [{ name: a, value: 1, isSecret: true }]\nsteps: [{ script: x }]',
      ["@1:34: 'isSecret' is not allowed in a variable"],
    ],
  ],
};
