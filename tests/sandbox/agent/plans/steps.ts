import { pages, type PlanTable } from './plans';

export const steps: PlanTable = {
  subject: 'steps',
  sources: pages(
    'yaml-schema/steps',
    'yaml-schema/steps-checkout',
    'yaml-schema/steps-download',
    'yaml-schema/steps-publish',
    'yaml-schema/target',
    'process/tasks',
  ),
  cases: [
    [
      'scripts of every shell',
      `steps: [{ script: a }, { bash: b }, { pwsh: c }, { powershell: d }]`,
      `
      job Job
        checkout self
        script a
        bash b
        pwsh c
        powershell d`,
    ],
    [
      'scripts of several lines',
      `
      steps:
      - script: |
          npm ci
          npm test
        displayName: Install and test`,
      `
      job Job
        checkout self
        script npm ci ⏎ npm test "Install and test"`,
    ],
    [
      'folded scripts',
      `
      steps:
      - bash: >-
          docker build
          --tag app
          .`,
      `
      job Job
        checkout self
        bash docker build --tag app .`,
    ],
    [
      'scripts in a folder, strict about errors',
      `steps: [{ bash: make, workingDirectory: src/app, failOnStderr: true, env: { A: $(a), B: 2 } }]`,
      `
      job Job
        checkout self
        bash make cwd src/app failOnStderr env(A=$(a), B=2)`,
    ],
    [
      'PowerShell with preferences',
      `steps: [{ pwsh: ./build.ps1, errorActionPreference: continue, ignoreLASTEXITCODE: true }]`,
      `
      job Job
        checkout self
        pwsh ./build.ps1 continue ignoreLASTEXITCODE`,
    ],
    [
      'tasks with inputs',
      `
      steps:
      - task: DotNetCoreCLI@2
        displayName: Test
        inputs:
          command: test
          projects: '**/*Tests.csproj'
          arguments: --configuration $(configuration)
          publishTestResults: true`,
      `
      job Job
        checkout self
        task DotNetCoreCLI@2 (command=test, projects=**/*Tests.csproj, arguments=--configuration $(configuration), publishTestResults=true) "Test"`,
    ],
    [
      'tasks with an inline script',
      `
      steps:
      - task: AzureCLI@2
        inputs:
          azureSubscription: azure
          scriptType: bash
          scriptLocation: inlineScript
          inlineScript: |
            az account show
            az group list`,
      `
      job Job
        checkout self
        task AzureCLI@2 (azureSubscription=azure, scriptType=bash, scriptLocation=inlineScript, inlineScript=az account show ⏎ az group list)`,
    ],
    [
      'tasks by publisher, id and full version',
      `steps: [{ task: contoso.tools.Scan@3 }, { task: 2c65196a-54fd-4a02-9be8-d9d1837b7c5d@0 }, { task: Docker@2.1.0 }]`,
      `
      job Job
        checkout self
        task contoso.tools.Scan@3
        task 2c65196a-54fd-4a02-9be8-d9d1837b7c5d@0
        task Docker@2`,
    ],
    [
      'the tasks that scripts are short for',
      `
      steps:
      - task: CmdLine@2
        displayName: Command
        inputs: { script: make, workingDirectory: src, failOnStderr: true }
      - task: Bash@3
        inputs: { targetType: inline, script: ls }
      - task: Bash@3
        inputs: { filePath: ci/build.sh, arguments: --all 1 }
      - task: Bash@3
        inputs: { targetType: filePath, filePath: $(Pipeline.Workspace)/x.sh }
      - task: PowerShell@2
        inputs: { targetType: Inline, script: Get-Item, pwsh: true, errorActionPreference: Continue, ignoreLASTEXITCODE: true }
      - task: PowerShell@2
        inputs: { filePath: 'a.ps1' }
      - task: Bash@3
        inputs: { targetType: inline, script: ls, bashEnvValue: ~/.profile }`,
      `
      job Job
        checkout self
        script make cwd src failOnStderr "Command"
        bash ls
        bash exec bash '$(System.DefaultWorkingDirectory)/ci/build.sh' --all 1 "Bash"
        bash exec bash '$(Pipeline.Workspace)/x.sh' "Bash"
        pwsh Get-Item continue ignoreLASTEXITCODE
        powershell . '$(System.DefaultWorkingDirectory)/a.ps1' "PowerShell"
        task Bash@3 (targetType=inline, script=ls, bashEnvValue=~/.profile)`,
    ],
    [
      'control options',
      `
      steps:
      - script: a
        name: first
        condition: succeededOrFailed()
        continueOnError: true
        timeoutInMinutes: 5
        retryCountOnTaskFailure: 3
      - script: b
        enabled: false`,
      `
      job Job
        checkout self
        script a #first if succeededorfailed() continueOnError timeout 5 retries 3
        script b disabled`,
    ],
    [
      'conditions on variables',
      `steps: [{ script: a, condition: "and(succeeded(), or(eq(variables.x, 1), contains(variables['y'], 'z')))" }]`,
      `
      job Job
        checkout self
        script a if and(succeeded(), or(eq(variables['x'], 1), contains(variables['y'], 'z')))`,
    ],
    [
      'restricted targets',
      `
      steps:
      - script: a
        target: { commands: restricted, settableVariables: [ok, other*] }
      - script: b
        target: { settableVariables: none }
      - script: c
        target: host`,
      `
      job Job
        checkout self
        script a restricted settable(ok, other*)
        script b settable()
        script c`,
    ],
    [
      'targets that are containers',
      `steps: [{ script: a, target: tools }, { script: b, target: { container: tools } }]`,
      `
      job Job
        checkout self
        script a in tools
        script b in tools`,
    ],
    [
      'a checkout of its own',
      `steps: [{ checkout: self, clean: true, fetchDepth: 0, lfs: true, submodules: recursive, persistCredentials: true, fetchTags: false, fetchFilter: 'tree:0' }, { script: a }]`,
      `
      job Job
        checkout self
        script a`,
    ],
    [
      'no checkout',
      `steps: [{ checkout: none }, { script: a }]`,
      `
      job Job
        checkout none
        script a`,
    ],
    [
      'a checkout that is not the first step',
      `steps: [{ script: a }, { checkout: self, path: s/app }]`,
      `
      job Job
        script a
        checkout self to s/app`,
    ],
    [
      'several checkouts',
      `
      resources: { repositories: [{ repository: tools, type: git, name: P/tools, ref: refs/tags/v1 }] }
      steps:
      - checkout: self
      - checkout: tools
        path: tools
        workspaceRepo: true
      - checkout: git://P/more@refs/heads/main`,
      `
      job Job
        checkout self
        checkout tools to tools workspaceRepo
        checkout git://P/more@refs/heads/main`,
    ],
    [
      'artifacts',
      `
      jobs:
      - job: A
        steps:
        - publish: $(Build.ArtifactStagingDirectory)
          artifact: drop
          displayName: Keep
        - publish: out.zip
        - upload: manifests
          artifact: manifests
      - job: B
        dependsOn: A
        steps:
        - download: current
          artifact: drop
          patterns: |
            **/*.dll
            **/*.exe
        - download: none`,
      `
      job A
        checkout self
        publish $(Build.ArtifactStagingDirectory) as drop "Keep"
        publish out.zip
        publish manifests as manifests
      job B after A
        checkout self
        download current/drop **/*.dll **/*.exe
        download none`,
    ],
    [
      'logging commands and macros stay as they are',
      `steps: [{ bash: 'echo "##vso[build.addbuildtag]$(tag)" $(undefined) $((1+1))' }]`,
      `
      job Job
        checkout self
        bash echo "##vso[build.addbuildtag]$(tag)" $(undefined) $((1+1))`,
    ],
    [
      'booleans in any spelling',
      `steps: [{ script: a, enabled: no, continueOnError: True }, { script: b, enabled: "ON", continueOnError: "n" }]`,
      `
      job Job
        checkout self
        script a continueOnError disabled
        script b`,
    ],
    [
      'texts that look like numbers keep their form',
      `steps: [{ task: T@1, inputs: { a: 1.10, b: 007, c: 0x1F, d: 1e3, e: '' } }]`,
      `
      job Job
        checkout self
        task T@1 (a=1.10, b=007, c=0x1F, d=1e3, e=)`,
    ],
    ['an unknown key', `steps: [{ bash: a, workingDir: b }]`, ["@1:20: 'workingDir' is not allowed in a 'bash' step"]],
    [
      'a display name before what it names',
      `steps: [{ displayName: a, script: b }]`,
      ["@1:11: 'script' must be the first key of a 'script' step, before 'displayName'"],
    ],
    ['a task without a version', `steps: [{ task: Docker }]`, ["@1:17: 'Docker' is not of the form 'Name@1'"]],
  ],
};
