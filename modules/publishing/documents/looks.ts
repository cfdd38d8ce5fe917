import type { Text } from '#kernel/languages';

// Typst. Each begins after the letterhead of the seals, which gives `ar`, `en`, `quiet`, `line-ink` and `verify-code()`; every sentence is in `data`.

const settings = String.raw`#let accent = rgb("#1f7a4f")
#let left-side(body) = align(left, en(body))
#let pair(first, second) = grid(columns: (1fr, 1fr), column-gutter: 6mm, align: (right + top, left + top), ar(first), en(second))
#let texts(title, items) = if items.len() > 0 [
  == #ar(text(size: 11pt, title.ar)) #h(1fr) #en(text(size: 10pt, fill: quiet, title.en))
  #for item in items { pair(item.ar, text(fill: quiet, item.en)) }
]
#let row(label, value-ar, value-en) = (
  ar(text(fill: quiet, label.ar)), ar(value-ar), en(value-en), en(text(fill: quiet, label.en)),
)
#let rows(..cells) = table(
  columns: (auto, 1fr, 1fr, auto),
  stroke: (x, y) => if y > 0 { (top: 0.5pt + line-ink) },
  inset: (x: 1.5mm, y: 1.6mm),
  align: (right, right, left, left),
  ..cells,
)
#let numbers() = (
  ..row((ar: "رقم القرار", en: "Decision number"), en(data.decisionNumber), data.decisionNumber),
  ..row((ar: "رقم الطلب", en: "Application"), en(data.reference), data.reference),
  ..row(
    (ar: "التاريخ", en: "Date"),
    [#data.decidedOn.ar.gregorian\ #data.decidedOn.ar.hijri],
    [#data.decidedOn.en.gregorian\ #data.decidedOn.en.hijri],
  ),
)
#let facts() = data.facts.map(fact => row(fact.label, text(weight: 600, fact.value.ar), text(weight: 600, fact.value.en))).flatten()
#let seal() = grid(
  columns: (1fr, auto),
  column-gutter: 6mm,
  align: (right + horizon, left + horizon),
  [
    #ar(text(size: 8.5pt, data.sealNote.ar))
    #left-side(text(size: 8pt, fill: quiet, data.sealNote.en))
  ],
  verify-code(),
)
#set text(size: 9.5pt)
#set par(leading: 0.7em, spacing: 0.85em)
`;

const grounds = `
#texts((ar: "الأسباب", en: "Reasons"), data.reasons)
#texts((ar: "الأساس القانوني", en: "Legal basis"), data.legalBasis)
#v(1fr)
#seal()
`;

const sheet = `
#pair(text(size: 12pt, weight: 600, data.issuer.ar), text(size: 9.5pt, fill: quiet, data.issuer.en))
#line(length: 100%, stroke: 1.4pt + accent)

= #ar(text(size: 17pt, data.title.ar))
#left-side(text(size: 11.5pt, fill: quiet, data.title.en))

#rows(..numbers())
#block(width: 100%, inset: 4mm, radius: 2mm, stroke: 0.8pt + accent, {
  pair(
    text(size: 14pt, weight: 600, fill: accent, data.outcomeText.ar),
    text(size: 12pt, weight: 600, fill: accent, data.outcomeText.en),
  )
  pair(data.statement.ar, text(fill: quiet, data.statement.en))
})
#rows(..facts())
`;

const letter = String.raw`
#pair(text(size: 12pt, weight: 600, data.issuer.ar), text(size: 9.5pt, fill: quiet, data.issuer.en))
#line(length: 100%, stroke: 0.6pt + line-ink)
#pair(
  [#en(data.decisionNumber)\ #data.decidedOn.ar.gregorian\ #data.decidedOn.ar.hijri],
  text(fill: quiet)[#data.decisionNumber\ #data.decidedOn.en.gregorian\ #data.decidedOn.en.hijri],
)
#v(6mm)

= #ar(text(size: 14pt, data.title.ar))
#left-side(text(size: 11pt, fill: quiet, data.title.en))
#v(2mm)
#ar(text(size: 11pt, [#text(weight: 600, data.outcomeText.ar). #data.statement.ar]))
#left-side([#text(weight: 600, data.outcomeText.en). #data.statement.en])
#v(2mm)
#rows(..facts(), ..row((ar: "رقم الطلب", en: "Application"), en(data.reference), data.reference))
`;

const certificate = `
#align(center, {
  ar(text(size: 12pt, weight: 600, data.issuer.ar))
  linebreak()
  en(text(size: 9.5pt, fill: quiet, data.issuer.en))
})
#v(4mm)
#block(width: 100%, inset: 7mm, stroke: (top: 1.4pt + accent, bottom: 1.4pt + accent), align(center)[
  = #ar(text(size: 20pt, data.title.ar))
  #en(text(size: 13pt, fill: quiet, data.title.en))
  #v(3mm)
  #ar(text(size: 15pt, weight: 600, fill: accent, data.outcomeText.ar))
  #h(4mm)
  #en(text(size: 12pt, weight: 600, fill: accent, data.outcomeText.en))
  #v(2mm)
  #ar(data.statement.ar)

  #en(text(fill: quiet, data.statement.en))
])
#v(3mm)
#rows(..facts())
#rows(..numbers())
`;

export type Look = 'sheet' | 'letter' | 'certificate';

/** Ready-made looks of documents, the first of which a new service has. All of them show the same. */
export const looks: ReadonlyArray<{ id: Look; names: Text; source: string }> = [
  { id: 'sheet', names: { ar: 'ورقة بجداول', en: 'A sheet with tables' }, source: settings + sheet + grounds },
  { id: 'letter', names: { ar: 'رسالة', en: 'A letter' }, source: settings + letter + grounds },
  { id: 'certificate', names: { ar: 'شهادة', en: 'A certificate' }, source: settings + certificate + grounds },
];
