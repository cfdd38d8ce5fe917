import { type Finding, findingWords } from '#modules/catalogue';
import { useSay } from '../reader.tsx';
import { Code } from './values.tsx';

/** What is wrong with a service, file by file. */
export function FindingList({ findings }: { findings: Finding[] }) {
  const say = useSay();
  return (
    <ul>
      {findings.map(({ file, problem }) => (
        <li key={`${file} ${problem}`}>
          <Code>{file}</Code>: {say(findingWords(problem))}
        </li>
      ))}
    </ul>
  );
}
