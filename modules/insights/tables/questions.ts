import { type Static, Type } from 'typebox';

/** The yes-or-no questions of the Online Services Index and of e-government literacy, as the UN's toolkit lists them. */
export const QuestionFile = Type.Object({
  modules: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      index: Type.Union([Type.Literal('OSI'), Type.Literal('HCI')]),
      questions: Type.Array(Type.Object({ codes: Type.Array(Type.String()), title: Type.String() })),
    }),
  ),
});
export type QuestionFile = Static<typeof QuestionFile>;

/** One switch: a code within a part. A few codes stand in two parts, so only both together name it. */
export type Question = { part: string; code: string; title: string };

/** All switches of the questionnaire, in its order. */
export function listQuestions({ modules }: QuestionFile): Question[] {
  return modules.flatMap(({ code: part, questions }) =>
    questions.flatMap(({ codes, title }) => codes.map((code) => ({ part: part.toLowerCase(), code, title }))),
  );
}
