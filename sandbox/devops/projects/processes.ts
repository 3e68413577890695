interface Process {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
}

/** The processes that every organisation has. */
export const processes: readonly Process[] = [
  {
    id: '6b724908-ef14-45cf-84f8-768b5384da45',
    name: 'Scrum',
    description: 'This template is for teams who follow the Scrum framework.',
    isDefault: false,
  },
  {
    id: 'b8a3a935-7e91-48b8-a94c-606d37c3e9f2',
    name: 'Basic',
    description: 'This template is flexible for any process and great for teams getting started with Azure DevOps.',
    isDefault: true,
  },
  {
    id: '27450541-8e31-4150-9947-dc59f998fc01',
    name: 'CMMI',
    description:
      'This template is for more formal projects requiring a framework for process improvement and an auditable record of decisions.',
    isDefault: false,
  },
  {
    id: 'adcc42ab-9882-485e-a3ed-7678f01f66bc',
    name: 'Agile',
    description:
      'This template is flexible and will work great for most teams using Agile planning methods, including those practicing Scrum.',
    isDefault: false,
  },
];

export const basicProcess = 'b8a3a935-7e91-48b8-a94c-606d37c3e9f2';

export const findProcess = (id: string): Process | undefined =>
  processes.find((process) => process.id === id.toLowerCase());
