import { expect, test } from 'vitest';
import type { Answers, Condition, FormDefinition } from '../forms/contract.ts';
import { checkForm } from '../forms/findings.ts';
import { validateGiven } from '../forms/given.ts';
import { describePage } from '../forms/models.ts';
import { askedOn, formFor, keepAsked, listPages, openForm, validateAnswers, validatePage } from '../forms/rules.ts';

const label = { ar: 'سؤال', en: 'Question' };
const properties = {
  work: { type: 'string', enum: ['own', 'hired', 'none'] },
  topics: { type: 'array', items: { type: 'string', enum: ['tax', 'law'] }, uniqueItems: true },
  married: { type: 'boolean' },
  staff: { type: 'integer', minimum: 0, maximum: 500 },
  wage: { type: 'integer', minimum: 0 },
  since: { type: 'string', maxLength: 10 },
  more: { type: 'string', maxLength: 200 },
  last: { type: 'string', maxLength: 200 },
};
const choose = (...values: string[]) => values.map((value) => ({ value, label }));
const formOf = (more: Condition, last?: Condition): FormDefinition => ({
  pages: [
    { id: 'first', title: label, questions: ['work', 'topics', 'married', 'staff', 'wage', 'since'] },
    { id: 'second', title: label, questions: ['more'] },
    { id: 'third', title: label, questions: ['last'] },
  ],
  questions: {
    work: { kind: 'radios', label, options: choose('own', 'hired', 'none') },
    topics: { kind: 'checkboxes', label, options: choose('tax', 'law') },
    married: { kind: 'yes-no', label },
    staff: { kind: 'year', label },
    wage: { kind: 'money', label, currency: 'BHD' },
    since: { kind: 'date', label },
    more: { kind: 'text', label, when: more },
    last: { kind: 'text', label, ...(last ? { when: last } : {}) },
  },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required: ['more'],
    additionalProperties: false,
  },
});
const home = {
  'person-identity': { nationality: 'BH', birth_date: '1990-05-01' },
  'degree-record': { graduation_year: 2020 },
};

test.each<[string, Condition, Answers, boolean]>([
  ['one value', { question: 'work', is: ['own', 'hired'] }, { work: 'hired' }, true],
  ['another value', { question: 'work', is: ['own'] }, { work: 'hired' }, false],
  ['no answer', { question: 'work', is: ['own'] }, {}, false],
  ['one of several that are ticked', { question: 'topics', is: ['tax'] }, { topics: ['law', 'tax'] }, true],
  ['yes', { question: 'married', is: ['yes'] }, { married: true }, true],
  ['more than', { question: 'staff', above: 5 }, { staff: 5 }, false],
  ['more than, passed', { question: 'staff', above: 5 }, { staff: 6 }, true],
  ['from one number to another, its first', { question: 'staff', least: 5, most: 9 }, { staff: 5 }, true],
  ['from one number to another, beyond', { question: 'staff', least: 5, most: 9 }, { staff: 10 }, false],
  ['less than', { question: 'wage', below: 500_000 }, { wage: 499_999 }, true],
  ['less than, its end', { question: 'wage', below: 500_000 }, { wage: 500_000 }, false],
  ['a number that is not there', { question: 'wage', below: 500_000 }, {}, false],
  ['from a day', { question: 'since', from: '2020-01-01' }, { since: '2020-01-01' }, true],
  ['to a day', { question: 'since', to: '2020-01-01' }, { since: '2020-01-02' }, false],
  ['between days', { question: 'since', from: '2020-01-01', to: '2020-12-31' }, { since: '2020-06-01' }, true],
  ['evidence', { evidence: 'person-identity.nationality', is: ['BH', 'KW'] }, {}, true],
  ['evidence of another kind', { evidence: 'person-identity.nationality', is: ['SA'] }, {}, false],
  ['evidence that is not there', { evidence: 'conviction-record.convictions', is: ['none'] }, {}, false],
  ['evidence that is missing', { evidence: 'conviction-record.convictions', missing: true }, {}, true],
  ['evidence that is there', { evidence: 'person-identity.nationality', missing: true }, {}, false],
  ['a day of the evidence', { evidence: 'person-identity.birth_date', to: '1999-12-31' }, {}, true],
  ['a number of the evidence', { evidence: 'degree-record.graduation_year', above: 2020 }, {}, false],
  [
    'all of several',
    {
      all: [
        { question: 'work', is: ['own'] },
        { question: 'staff', least: 1 },
      ],
    },
    { work: 'own', staff: 1 },
    true,
  ],
  [
    'all but one',
    {
      all: [
        { question: 'work', is: ['own'] },
        { question: 'staff', least: 1 },
      ],
    },
    { work: 'own', staff: 0 },
    false,
  ],
  [
    'any of several ways',
    {
      any: [
        { question: 'married', is: ['yes'] },
        {
          all: [
            { question: 'work', is: ['own'] },
            { question: 'staff', least: 1 },
          ],
        },
      ],
    },
    { married: false, work: 'own', staff: 2 },
    true,
  ],
  [
    'none of several ways',
    {
      any: [
        { question: 'married', is: ['yes'] },
        {
          all: [
            { question: 'work', is: ['own'] },
            { question: 'staff', least: 1 },
          ],
        },
      ],
    },
    { married: false, work: 'none', staff: 2 },
    false,
  ],
])('a question is asked under its condition alone: %s', (_name, when, answers, isAsked) => {
  const definition = formOf(when);
  expect(checkForm(definition)).toEqual([]);
  const form = formFor(openForm(definition, 'BH'), home);
  const page = definition.pages[1]!;
  // The task list, the page, what is posted by a browser and by a program, and what keeps it from being sent: all the same.
  expect(listPages(form, answers).includes(page)).toBe(isAsked);
  expect(askedOn(form, page, answers)).toEqual(isAsked ? ['more'] : []);
  expect(describePage(form, 'first', { language: 'en', answers }).nextPageId).toBe(isAsked ? 'second' : 'third');
  expect(validateAnswers(form, answers).map(({ field }) => field)).toEqual(isAsked ? ['more'] : []);
  expect(validatePage(form, 'second', {}, answers).errors.length).toBe(isAsked ? 1 : 0);
  expect(validateGiven(form, { more: 'x' }, answers).unasked).toEqual(isAsked ? [] : ['more']);
  expect('more' in keepAsked(form, { ...answers, more: 'x' })).toBe(isAsked);
});

test.each<[string, Condition, string]>([
  [
    'a question that there is not',
    { question: 'nothing', is: ['x'] },
    "'more' depends on 'nothing', which is no question of the form",
  ],
  [
    'a later question',
    { question: 'last', is: ['x'] },
    "'more' depends on 'last', which must be asked on an earlier page",
  ],
  [
    'evidence that there is not',
    { evidence: 'person-identity.shoe_size', above: 40 },
    "'more' depends on 'person-identity.shoe_size', which no evidence has",
  ],
  [
    'a value that is not offered',
    { question: 'work', is: ['own', 'rented'] },
    "'more' depends on 'rented', which is no answer to 'work'",
  ],
  ['words as numbers', { question: 'work', above: 1 }, "'more' compares 'work' with numbers, and it is none"],
  ['a number as a day', { question: 'staff', from: '2020-01-01' }, "'more' compares 'staff' with days, and it is none"],
  [
    'two subjects',
    { question: 'work', evidence: 'person-identity.sex', is: ['x'] },
    "the condition of 'more' needs a question or a field of evidence in each comparison, and not both",
  ],
  [
    'two sorts of comparison',
    { question: 'staff', is: ['1'], above: 2 },
    "the condition of 'more' compares 'staff' with values, with numbers, with days or with nothing: with one of them",
  ],
  [
    'an answer that is missing',
    { question: 'work', missing: true },
    "'more' hangs on 'work' missing, which only evidence can be",
  ],
  [
    'evidence that is missing and something else',
    {
      all: [
        { evidence: 'person-identity.nationality', missing: true },
        { evidence: 'person-identity.nationality', is: ['BH'] },
      ],
    },
    "'more' is never asked: its condition can never hold",
  ],
  ['more than it may be', { question: 'staff', above: 500 }, "'more' is never asked: its condition can never hold"],
  [
    'between two whole numbers',
    { question: 'staff', above: 4, below: 5 },
    "'more' is never asked: its condition can never hold",
  ],
  [
    'days the wrong way round',
    { question: 'since', from: '2021-01-01', to: '2020-01-01' },
    "'more' is never asked: its condition can never hold",
  ],
  [
    'two values of one question at once',
    {
      all: [
        { question: 'work', is: ['own'] },
        { question: 'work', is: ['none'] },
      ],
    },
    "'more' is never asked: its condition can never hold",
  ],
  [
    'one way that can be and one that cannot',
    {
      any: [
        { question: 'married', is: ['no'] },
        {
          all: [
            { question: 'staff', most: 1 },
            { question: 'staff', above: 1 },
          ],
        },
      ],
    },
    "'more': a part of its condition can never hold (staff, staff)",
  ],
])('the check of a service finds what a condition cannot mean: %s', (_name, when, finding) => {
  expect(checkForm(formOf(when))).toContain(finding);
});

test('a condition that hangs on a question is looked at with the condition of that question', () => {
  const own = { question: 'work', is: ['own'] };
  expect(checkForm(formOf(own, { question: 'more', is: ['x'] }))).toEqual([]);
  expect(
    checkForm(
      formOf(own, {
        all: [
          { question: 'more', is: ['x'] },
          { question: 'work', is: ['none'] },
        ],
      }),
    ),
  ).toEqual(["'last' is never asked: its condition can never hold"]);
  // Several of what can be ticked may be ticked at once.
  const both = {
    all: [
      { question: 'topics', is: ['tax'] },
      { question: 'topics', is: ['law'] },
    ],
  };
  expect(checkForm(formOf(both))).toEqual([]);
});
