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
