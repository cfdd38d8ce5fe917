import type { Text } from '#kernel/languages';
import type { ServiceFiles } from '#modules/catalogue';
import { isText, listTexts, printJson, readJson, type TextPlace, valueIn } from '../places.ts';

/** Every text of a file, or none where the service has no such file or it is no JSON. */
export function listTextsOf(files: ServiceFiles, file: string): TextPlace[] {
  try {
    return listTexts(file, readJson(files, file));
  } catch {
    return [];
  }
}

/** Puts texts in their places, by the path that `listTextsOf` gave with dots between. What is no text there stays as it is. */
export function putTexts(files: ServiceFiles, file: string, texts: Record<string, Text>): ServiceFiles {
  const whole = readJson<object>(files, file);
  if (!whole) return files;
  let isChanged = false;
  for (const { path, value } of listTextsOf(files, file)) {
    const given = texts[path.join('.')];
    if (!given || (given.ar === value.ar && given.en === value.en)) continue;
    const parent = valueIn(whole, path.slice(0, -1)) as Record<string, unknown>;
    if (!isText(parent[path.at(-1)!])) continue;
    parent[path.at(-1)!] = { ar: given.ar, en: given.en };
    isChanged = true;
  }
  return isChanged ? { ...files, [file]: printJson(whole) } : files;
}
