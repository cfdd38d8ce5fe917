import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { LanguageWords, MessageKinds } from './contract.ts';
import { checkTemplates, type Templates } from './rules.ts';

/** Reads the node's own words. Throws an Error that lists what is wrong, file by file. */
export function readTemplates(folder: string = import.meta.dirname): Templates {
  const read = <Schema extends TSchema>(name: string, schema: Schema): Static<Schema> => {
    const value: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const [first] = Value.Errors(schema, value);
    if (first) throw new Error(`${name}: ${first.instancePath || 'the file'} ${first.message}`);
    return value as Static<Schema>;
  };
  const templates = {
    kinds: read('kinds.json', MessageKinds),
    words: { ar: read('ar.json', LanguageWords), en: read('en.json', LanguageWords) },
  };
  const findings = checkTemplates(templates);
  if (findings.length > 0) throw new Error(`the words of messages cannot be used:\n  ${findings.join('\n  ')}`);
  return templates;
}
