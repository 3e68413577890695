import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot, runFromCommandLine } from './commandLine';
import { encodePng, render, type Colour, type Layer } from './png';
import { box, circle, line, outline, type Shape, triangle, union, within, without } from './shapes';

/** The side of the square that every icon is drawn on. */
const grid = 32;

const navy: readonly [Colour, Colour] = [
  [24, 62, 108],
  [8, 27, 54],
];
const white: Colour = [238, 243, 248];
const steel: Colour = [118, 152, 190];
const amber: Colour = [255, 170, 51];

const tile: Layer = { shape: box([0, 0], [32, 32], 6.5), fill: navy };

const plus = union(line(2.4, [23.5, 19.7], [23.5, 27.3]), line(2.4, [19.7, 23.5], [27.3, 23.5]));
const play = triangle([21.4, 20.2], [21.4, 26.8], [26.8, 23.5], 0.8);
const stop = box([20.4, 20.4], [26.6, 26.6], 1);
const rise = union(line(2.4, [23.5, 27.2], [23.5, 20.2]), line(2.4, [20.4, 22.9], [23.5, 19.8], [26.6, 22.9]));

const exchange = union(
  line(1.8, [19.6, 21.8], [27.2, 21.8], [25, 19.6]),
  line(1.8, [27.4, 25.2], [19.8, 25.2], [22, 27.4]),
);

const tick = line(2.4, [20.2, 23.7], [22.6, 26.1], [26.9, 21]);

/** Every picture of the extension, by its path in `images/`. */
export const icons: Readonly<Record<string, { readonly size: number; readonly layers: readonly Layer[] }>> = {
  // A model: a small network whose nodes run into one that has been checked.
  'extension.png': { size: 256, layers: [tile, ...model()] },
  'connection.png': { size: 128, layers: [tile, ...link()] },
  'hub-light.png': { size: 64, layers: models([24, 62, 108], white) },
  'hub-dark.png': { size: 64, layers: models([214, 226, 239], navy) },
  'tasks/ImportNotebooks.png': { size: 32, layers: [tile, ...importedNotebook()] },
  'tasks/UploadToVolume.png': { size: 32, layers: [tile, ...drum(), ...badge(rise)] },
  'tasks/CreateCluster.png': { size: 32, layers: [tile, ...cluster(), ...badge(plus)] },
  'tasks/StartCluster.png': { size: 32, layers: [tile, ...cluster(), ...badge(play)] },
  'tasks/StopCluster.png': { size: 32, layers: [tile, ...cluster(), ...badge(stop)] },
  'tasks/InstallLibraries.png': { size: 32, layers: [tile, ...installedLibrary()] },
  'tasks/CreateJob.png': { size: 32, layers: [tile, ...jobList(), ...badge(plus)] },
  'tasks/RunJob.png': { size: 32, layers: [tile, ...runningJob()] },
  'tasks/EvaluateModel.png': { size: 32, layers: [tile, ...bars(), ...badge(tick)] },
  'tasks/PromoteModel.png': { size: 32, layers: [tile, ...model(), ...badge(rise)] },
  'tasks/DeployAci.png': { size: 32, layers: [tile, ...container(), ...badge(rise)] },
  'tasks/DeployAzureMl.png': { size: 32, layers: [tile, ...model(), ...badge(exchange)] },
  'tasks/DeployAks.png': { size: 32, layers: [tile, ...replicas(), ...badge(rise)] },
  'tasks/DeployServingEndpoint.png': { size: 32, layers: [tile, ...model(), ...badge(play)] },
  'tasks/LoadModelVariables.png': { size: 32, layers: [tile, ...settings()] },
  'tasks/SyncModelVariables.png': { size: 32, layers: [tile, ...settings(), ...badge(exchange)] },
  'tasks/CreateRepository.png': { size: 32, layers: [tile, ...branches(), ...badge(plus)] },
  'tasks/ApplyBranchPolicies.png': { size: 32, layers: [tile, ...branches(), ...badge(tick)] },
  'tasks/CreateTeam.png': { size: 32, layers: [tile, ...people(), ...badge(plus)] },
  'tasks/CreatePipelines.png': { size: 32, layers: [tile, ...stages(), ...badge(plus)] },
  'tasks/OnboardModel.png': { size: 32, layers: [tile, ...model(), ...badge(plus)] },
};

function model(): readonly Layer[] {
  const [top, middle, bottom, result] = [
    [7.5, 8],
    [6.5, 16],
    [7.5, 24],
    [22, 16],
  ] as const;
  return [
    { shape: union(line(1.3, top, result), line(1.3, middle, result), line(1.3, bottom, result)), fill: steel },
    { shape: union(circle(top, 2.7), circle(middle, 2.7), circle(bottom, 2.7)), fill: white },
    { shape: circle(result, 6.6), fill: amber },
    { shape: line(1.9, [18.9, 16.2], [21.2, 18.5], [25.3, 13.8]), fill: navy },
  ];
}

/** The model without its tile, for the navigation of Azure DevOps: in one colour, and the sign on it in another. */
function models(ink: Colour, sign: Layer['fill']): readonly Layer[] {
  const [top, middle, bottom, result] = [
    [6, 6],
    [4.5, 16],
    [6, 26],
    [22, 16],
  ] as const;
  return [
    { shape: union(line(2.2, top, result), line(2.2, middle, result), line(2.2, bottom, result)), fill: ink },
    { shape: union(circle(top, 3.6), circle(middle, 3.6), circle(bottom, 3.6), circle(result, 9)), fill: ink },
    { shape: line(2.6, [17.8, 16.3], [20.9, 19.4], [26.4, 13]), fill: sign },
  ];
}

/** Two links of a chain: the right one lies over the left one above, and under it below. */
function link(): readonly Layer[] {
  const [left, right] = [box([4.5, 10.5], [19, 21.5], 5.5), box([13, 10.5], [27.5, 21.5], 5.5)];
  const below = box([0, 16], [32, 32], 0);
  return [
    { shape: outline(left, 2.6), fill: white },
    { shape: outline(right, 4.8), fill: navy },
    { shape: outline(right, 2.6), fill: amber },
    { shape: within(outline(left, 4.8), below), fill: navy },
    { shape: within(outline(left, 2.6), below), fill: white },
  ];
}

/** A notebook with an arrow that goes up. */
function importedNotebook(): readonly Layer[] {
  const arrow = union(line(2.6, [21.5, 25.5], [21.5, 16.5]), line(2.6, [17.7, 19.4], [21.5, 15.6], [25.3, 19.4]));
  const page = box([6, 5], [21, 27], 2.2);
  return [
    { shape: without(page, (x, y) => arrow(x, y) - 1.6), fill: white },
    {
      shape: union(
        line(1.8, [9.7, 10], [17.3, 10]),
        line(1.8, [9.7, 14], [14.3, 14]),
        line(1.8, [9.7, 18], [13.2, 18]),
      ),
      fill: steel,
    },
    { shape: arrow, fill: amber },
  ];
}

/** A store of files: a drum of three layers. */
function drum(): readonly Layer[] {
  const layer = (top: number): Shape => box([6, top], [24, top + 6.4], 3.2);
  return [
    { shape: union(layer(12.8), layer(20.4)), fill: white },
    { shape: layer(5.2), fill: steel },
  ];
}

/** A branch that leaves a line of commits. */
function branches(): readonly Layer[] {
  const [first, last, side] = [
    [9, 7],
    [9, 25],
    [20, 10],
  ] as const;
  return [
    { shape: line(1.8, first, last, [9, 19], [20, 15], side), fill: steel },
    { shape: union(circle(first, 3.2), circle(last, 3.2), circle(side, 3.2)), fill: white },
  ];
}

/** Two people, one behind the other. */
function people(): readonly Layer[] {
  const person = ([x, y]: readonly [number, number], size: number): Shape =>
    union(circle([x, y], size), box([x - 1.7 * size, y + 1.5 * size], [x + 1.7 * size, y + 4.5 * size], 1.4 * size));
  const front = person([11.5, 11.5], 3.6);
  return [
    { shape: without(person([20, 9], 3.2), (x, y) => front(x, y) - 1.6), fill: steel },
    { shape: front, fill: white },
  ];
}

/** Stages that run one after the other. */
function stages(): readonly Layer[] {
  return [
    { shape: line(1.8, [6, 11], [26, 11]), fill: steel },
    { shape: union(circle([6.5, 11], 3.4), circle([16, 11], 3.4), circle([25.5, 11], 3.4)), fill: white },
    { shape: line(1.8, [6.5, 14], [6.5, 22], [16, 22]), fill: steel },
  ];
}

/** Machines that work together. */
function cluster(): readonly Layer[] {
  const [top, left, right] = [
    [16, 9],
    [8.5, 21.5],
    [23.5, 21.5],
  ] as const;
  return [
    { shape: line(1.8, top, left, right, top), fill: steel },
    { shape: union(circle(top, 4), circle(left, 4), circle(right, 4)), fill: white },
  ];
}

/** Metrics next to each other, and what they must reach. */
function bars(): readonly Layer[] {
  return [
    {
      shape: union(box([5.5, 17], [9.5, 26], 1), box([12, 11], [16, 26], 1), box([18.5, 14], [22.5, 26], 1)),
      fill: white,
    },
    { shape: line(1.8, [5, 8], [27, 8]), fill: steel },
  ];
}

/** One box with ribs, as they are shipped. */
function container(): readonly Layer[] {
  const ribs = [9.5, 13.8, 18.2, 22.5] as const;
  return [
    { shape: outline(box([5, 8], [27, 24], 2), 2.2), fill: white },
    { shape: union(...ribs.map((x) => line(1.8, [x, 12], [x, 20]))), fill: steel },
  ];
}

/** The same box three times, one behind the other. */
function replicas(): readonly Layer[] {
  const [back, middle, front] = [box([11, 5], [27, 16], 2), box([8, 9], [24, 20], 2), box([5, 13], [21, 24], 2)];
  return [
    { shape: outline(without(back, middle), 2), fill: steel },
    { shape: outline(without(middle, front), 2), fill: steel },
    { shape: outline(front, 2.2), fill: white },
  ];
}

/** A list of tasks. */
function jobList(): readonly Layer[] {
  const rows = [9, 15, 21] as const;
  return [
    { shape: union(...rows.map((y) => circle([7.5, y], 1.7))), fill: white },
    { shape: union(...rows.map((y) => line(2.2, [12, y], [24, y]))), fill: steel },
  ];
}

/** A box that something is put into. */
function installedLibrary(): readonly Layer[] {
  const arrow = union(line(2.6, [16, 5.5], [16, 15.5]), line(2.6, [12.2, 12], [16, 15.8], [19.8, 12]));
  const open = line(2.6, [6.5, 14], [6.5, 25.5], [25.5, 25.5], [25.5, 14]);
  return [
    { shape: open, fill: white },
    { shape: line(2, [11, 21], [21, 21]), fill: steel },
    { shape: arrow, fill: amber },
  ];
}

/** What is done to the thing, at its lower right. */
function badge(sign: Shape): readonly Layer[] {
  return [
    { shape: circle([23.5, 23.5], 7.2), fill: navy },
    { shape: sign, fill: amber },
  ];
}

/** Three sliders, each set to something else. */
function settings(): readonly Layer[] {
  const knobs = [
    [20.5, 9],
    [11, 16],
    [18, 23],
  ] as const;
  return [
    { shape: union(...knobs.map(([, y]) => line(2.2, [6.5, y], [25.5, y]))), fill: steel },
    { shape: union(...knobs.map((knob) => circle(knob, 4.6))), fill: navy },
    { shape: union(...knobs.map((knob) => circle(knob, 3.1))), fill: amber },
  ];
}

/** A run: the sign for play in a ring. */
function runningJob(): readonly Layer[] {
  return [
    { shape: outline(circle([16, 16], 10.3), 2.4), fill: white },
    { shape: triangle([13.6, 11.6], [13.6, 20.4], [21, 16], 0.9), fill: amber },
  ];
}

/** One icon as a PNG file. */
export function drawIcon(name: string): Buffer {
  const icon = icons[name];
  if (icon === undefined) throw new Error(`There is no icon ${name}.`);
  return encodePng(render(icon.layers, grid, icon.size), icon.size);
}

await runFromCommandLine(import.meta.url, async () => {
  for (const name of Object.keys(icons)) {
    const file = path.join(projectRoot, 'images', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, drawIcon(name));
    console.log(path.relative(process.cwd(), file));
  }
});
