import { Checkbox } from 'azure-devops-ui/Checkbox';
import { FormItem } from 'azure-devops-ui/FormItem';
import { TextField } from 'azure-devops-ui/TextField';
import { Picker } from '../../repository/filePicker/Picker';
import type { PipelineParameter } from './pipelineParameters';
import { templateMessages as messages } from './templateMessages';

export interface ParameterFieldProps {
  readonly parameter: PipelineParameter;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A field for a parameter of a pipeline, as the panel Run pipeline has them. */
export function ParameterField({ parameter, value, problem, onChange }: ParameterFieldProps) {
  const { label, type, values, defaultValue } = parameter;
  if (type === 'boolean')
    return (
      <Checkbox
        label={label}
        checked={value.toLowerCase() === 'true'}
        onChange={(_event, isChecked) => onChange(isChecked ? 'true' : 'false')}
      />
    );
  if (values.length > 0)
    return (
      <Picker
        label={label}
        placeholder={messages.selectValue}
        items={values.map((each) => ({ id: each, text: each }))}
        selected={value}
        hasError={problem !== undefined}
        onSelect={onChange}
        {...(problem !== undefined && { message: problem })}
      />
    );
  return (
    <FormItem
      label={label}
      required={defaultValue === undefined}
      error={problem !== undefined}
      {...(problem !== undefined && { message: problem })}
    >
      <TextField
        value={value}
        spellCheck={false}
        required={defaultValue === undefined}
        ariaInvalid={problem !== undefined}
        onChange={(_event, next) => onChange(next)}
      />
    </FormItem>
  );
}
