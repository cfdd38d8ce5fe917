import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Check } from 'typebox/value';
import { CsvWriting } from '#modules/exchange';
import type { CliConfig } from './config.ts';

export const connectUsage = `jisr connect <source>: connects a registry, by questions or wholly by options

  <source>               an OpenAPI document (address or file), a .csv or .json file, or secret:NAME for the PostgreSQL
                         database whose address is in that secret
  --list                 only lists what the source holds
  --type degree-record   the evidence type         --office moe      the office that answers for the registry
  --id graduates         the registry's own name   --name-en, --name-ar   what people read
  --from NAME            the operation or the table
  --key NAME             the parameter, column or JSON Pointer of the person's number
  --set FIELD=ADDRESS    a field from this column or JSON Pointer
  --values FIELD:A=B     the registry's A is the field's B
  --date FIELD=FORMAT    how the registry writes a date: DD/MM/YYYY; --calendar FIELD=umm-al-qura when it is a Hijri one
  --day FIELD=ZONE       the day that a moment has in a time zone: Asia/Riyadh
  --constant FIELD=VALUE the same for every person
  --parameter IN:NAME=VALUE   another parameter of the operation (IN: query, header or path)
  --server URL           where the service is, when the document does not say; --plaintext accepts http://
  --auth apiKey:SECRET:HEADER | bearer:SECRET | basic:SECRET | oauth:SECRET:TOKEN_URL (--scope TEXT)
  --certificate SECRET   this node's certificate and key, for a server that wants one
  --authority FILE       the authority of the server's certificate, when this machine does not know it
  --separator ';' --encoding windows-1256    of a CSV file, when it is guessed wrongly, when it is not UTF-8
  --test NUMBER          shows the record of one person, on this terminal only
  --folder states/bh/registries     where the description is written; --force replaces one
  --secrets FOLDER       where the node keeps its secrets
  --ask                  asks for what is missing, also when this is not a terminal

Exit codes: 0 written and working, 1 not working or incomplete, 2 not understood.`;

/** What an engineer typed wrongly; its message is the whole of what they need to hear. */
export class OptionsInvalid extends Error {}

const one = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

export function readConnectOptions(config: CliConfig, args: string[]) {
  const parse = () => {
    try {
      return parseArgs({
        args,
        allowPositionals: true,
        options: {
          list: flag,
          ask: flag,
          force: flag,
          plaintext: flag,
          type: one,
          office: one,
          id: one,
          'name-en': one,
          'name-ar': one,
          from: one,
          key: one,
          server: one,
          auth: one,
          scope: one,
          certificate: one,
          authority: one,
          separator: one,
          encoding: one,
          test: one,
          folder: one,
          secrets: one,
          set: many,
          values: many,
          date: many,
          calendar: many,
          day: many,
          constant: many,
          parameter: many,
        },
      });
    } catch (error) {
      throw new OptionsInvalid((error as Error).message);
    }
  };
  const { values, positionals } = parse();
  const [source, ...others] = positionals;
  if (source === undefined || others.length > 0) throw new OptionsInvalid(connectUsage);
  const folder = resolve(values.folder ?? '.');
  const state = basename(folder) === 'registries' ? basename(dirname(folder)) : '';
  const secrets = resolve(values.secrets ?? (state ? join(config.dataFolder, state, 'secrets') : 'secrets'));
  const form = { ...pick('separator', values.separator), ...pick('encoding', values.encoding) };
  if (!Check(CsvWriting, form))
    throw new OptionsInvalid(
      "--separator is one of ',' ';' '|' and a tab, --encoding one of utf-8, utf-16le, windows-1256.",
    );
  return { ...values, source, folder, secrets, form };
}
export type ConnectOptions = ReturnType<typeof readConnectOptions>;

const pick = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });

/** `A=B` at the first sign; throws what was expected. */
export function cut(text: string, sign: string, expected: string): [string, string] {
  const at = text.indexOf(sign);
  if (at < 1) throw new OptionsInvalid(`${text}: expected ${expected}`);
  return [text.slice(0, at), text.slice(at + sign.length)];
}
