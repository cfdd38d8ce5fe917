import type { Text } from '#kernel/languages';
import type { Figures } from '../tables/folder.ts';

export type AskedCode = {
  /** `sp-095a` */
  id: string;
  /** As the UN prints it: `#095a`. */
  printed: string;
  part: string;
  index: 'osi' | 'hci';
  /** The place of its question in the questionnaire, from 0; a question may have several codes. */
  question: number;
  title: Text;
  /** Which of the codes of its question it is, from 1; and how many there are. */
  nth: number;
  of: number;
};

/** Every yes-or-no code in the order of the toolkit. A title without an Arabic name is left in English. */
export function listCodes({ questions, questionNames }: Pick<Figures, 'questions' | 'questionNames'>): AskedCode[] {
  let question = -1;
  return questions.modules.flatMap((module) =>
    module.questions.flatMap(({ codes, title }) => {
      question += 1;
      return codes.map(
        (printed, at): AskedCode => ({
          id: `${module.code.toLowerCase()}-${printed.slice(1)}`,
          printed,
          part: module.code.toLowerCase(),
          index: module.index === 'OSI' ? 'osi' : 'hci',
          question,
          title: { ar: questionNames[title] ?? title, en: title },
          nth: at + 1,
          of: codes.length,
        }),
      );
    }),
  );
}
