/** CSS variables without their `--`, by name. */
export type ThemeData = Readonly<Record<string, string>>;

export type ThemeName = 'light' | 'dark';

/** The neutral and primary colors of the two themes, as a table of public code under the MIT license of 2020 has them. */
const palettes: Readonly<Record<ThemeName, ThemeData>> = {
  light: {
    'palette-primary-darken-6': '0, 103, 181',
    'palette-primary-darken-10': '0, 91, 161',
    'palette-primary-shade-30': '0, 69, 120',
    'palette-primary-shade-20': '0, 90, 158',
    'palette-primary-shade-10': '16, 110, 190',
    'palette-primary': '0, 120, 212',
    'palette-primary-tint-10': '43, 136, 216',
    'palette-primary-tint-20': '199, 224, 244',
    'palette-primary-tint-30': '222, 236, 249',
    'palette-primary-tint-40': '239, 246, 252',
    'palette-neutral-100': '0, 0, 0',
    'palette-neutral-80': '51, 51, 51',
    'palette-neutral-70': '76, 76, 76',
    'palette-neutral-60': '102, 102, 102',
    'palette-neutral-30': '166, 166, 166',
    'palette-neutral-20': '200, 200, 200',
    'palette-neutral-10': '218, 218, 218',
    'palette-neutral-8': '234, 234, 234',
    'palette-neutral-6': '239, 239, 239',
    'palette-neutral-4': '244, 244, 244',
    'palette-neutral-2': '248, 248, 248',
    'palette-neutral-0': '255, 255, 255',
  },
  dark: {
    'palette-primary-darken-6': '0, 97, 163',
    'palette-primary-darken-10': '0, 97, 163',
    'palette-primary-shade-30': '76, 161, 219',
    'palette-primary-shade-20': '51, 148, 214',
    'palette-primary-shade-10': '25, 135, 209',
    'palette-primary': '0, 97, 163',
    'palette-primary-tint-10': '0, 109, 183',
    'palette-primary-tint-20': '0, 97, 163',
    'palette-primary-tint-30': '0, 85, 142',
    'palette-primary-tint-40': '0, 73, 122',
    'palette-neutral-100': '212, 212, 212',
    'palette-neutral-80': '169, 169, 169',
    'palette-neutral-70': '148, 148, 148',
    'palette-neutral-60': '127, 127, 127',
    'palette-neutral-30': '85, 85, 85',
    'palette-neutral-20': '74, 74, 74',
    'palette-neutral-10': '64, 64, 64',
    'palette-neutral-8': '58, 58, 58',
    'palette-neutral-6': '53, 53, 53',
    'palette-neutral-4': '48, 48, 48',
    'palette-neutral-2': '42, 42, 42',
    'palette-neutral-0': '37, 37, 37',
  },
};

/** The names that azure-devops-ui uses for what the palettes make of them. */
function namedColors(name: ThemeName): ThemeData {
  const pick = (light: string, dark: string) => (name === 'light' ? light : dark);
  const blacks = [0, 2, 4, 6, 8, 10, 20, 30, 60, 70, 80, 100].map((percent) => [
    `palette-black-alpha-${percent}`,
    `rgba(var(--palette-neutral-100), ${percent / 100})`,
  ]);
  return {
    'background-color': 'rgba(var(--palette-neutral-0), 1)',
    'text-primary-color': 'rgba(var(--palette-neutral-100), .9)',
    'text-secondary-color': 'rgba(var(--palette-neutral-100), .55)',
    'text-disabled-color': 'rgba(var(--palette-neutral-100), .3)',
    'component-grid-row-hover-color': 'rgba(var(--palette-neutral-4), 1)',
    'component-grid-selected-row-color': pick(
      'rgba(var(--palette-primary-tint-40), 1)',
      'rgba(var(--palette-primary-tint-40), .5)',
    ),
    'component-grid-focus-border-color': 'rgba(var(--palette-primary), 1)',
    'component-grid-cell-bottom-border-color': 'rgba(var(--palette-neutral-8), 1)',
    'callout-background-color': 'rgba(var(--palette-neutral-0), 1)',
    'communication-background': 'rgba(var(--palette-primary), 1)',
    'communication-foreground': pick('rgba(var(--palette-primary-shade-20), 1)', 'rgba(76, 161, 219, 1)'),
    'text-on-communication-background': pick('rgba(var(--palette-neutral-0), 1)', 'rgba(255, 255, 255, 1)'),
    'status-error-background': pick('rgba(249, 235, 235, 1)', 'rgba(68, 39, 38, 1)'),
    'status-warning-background': pick('rgba(251, 242, 236, 1)', 'rgba(67, 53, 25, 1)'),
    'status-success-background': pick('rgba(241, 249, 241, 1)', 'rgba(57, 61, 27, 1)'),
    'status-error-text': pick('rgba(177, 0, 11, 1)', 'rgba(241, 112, 123, 1)'),
    'status-warning-text': pick('rgba(119, 74, 0, 1)', 'rgba(242, 192, 104, 1)'),
    'focus-border-color': pick('rgba(var(--palette-primary), 1)', 'rgba(76, 161, 219, 1)'),
    ...(Object.fromEntries(blacks) as ThemeData),
  };
}

/** What the page sends to an extension, and uses itself. */
export const themes: Readonly<Record<ThemeName, ThemeData>> = {
  light: { ...palettes.light, ...namedColors('light') },
  dark: { ...palettes.dark, ...namedColors('dark') },
};
