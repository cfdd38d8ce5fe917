import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { Text } from '#kernel/languages';
import { type Frame, Layout, type NavItem } from './layout.tsx';
import type { AssetLinks } from './look/assets.ts';
import { type MessageKey, type MessageParams, portalTexts, ReadBy, type Reader, write } from './reader.tsx';

/** What a title or a breadcrumb is written with, outside of any component. */
export type Speaker = {
  t: (key: MessageKey, params?: MessageParams) => string;
  say: (text: Text) => string;
  reader: Reader;
};

export type Crumb = { href: string; words: string };

/**
 * A page: a pure function of its view. `area` chooses the frame around it (portal, the eID of the home state, the
 * office's console, the operator's address); `scripts` name the islands that make it nicer and that it works without.
 */
export type Page<View> = {
  name: string;
  title: (view: View, speaker: Speaker) => string;
  hasErrors?: (view: View) => boolean;
  nav?: NavItem;
  area?: 'portal' | 'eid' | 'office' | 'operator';
  crumbs?: (view: View, speaker: Speaker) => Crumb[];
  scripts?: Array<keyof AssetLinks['scripts']>;
  isFullWidth?: true;
  Body: (props: { view: View }) => ReactNode;
};

/** Keeps the view's type with the page. */
export function definePage<View>(page: Page<View>): Page<View> {
  return page;
}

/** Draws a whole document. The answer is HTML with neither inline script nor inline style, for a strict CSP. */
export function renderPage<View>(page: Page<View>, view: View, frame: Frame): string {
  const reader: Reader = {
    language: frame.language,
    digits: frame.digits ?? (frame.language === 'ar' ? 'arab' : 'latn'),
    timeZone: frame.timeZone,
  };
  const speaker: Speaker = {
    reader,
    t: (key, params) => write(portalTexts, reader, key, params),
    say: (text) => text[reader.language],
  };
  const title = page.title(view, speaker);
  const html = renderToStaticMarkup(
    <ReadBy reader={reader}>
      <Layout
        frame={frame}
        title={page.hasErrors?.(view) ? speaker.t('frame.errorTitle', { title }) : title}
        area={page.area ?? 'portal'}
        nav={page.nav}
        crumbs={page.crumbs?.(view, speaker) ?? []}
        scripts={page.scripts ?? []}
        isFullWidth={page.isFullWidth ?? false}
      >
        <page.Body view={view} />
      </Layout>
    </ReadBy>,
  );
  return `<!doctype html>${html}`;
}
