/** The portal's colours and measures, without a state's own: a simulator must not look like the eID that it stands for. */
export const style = `
:root{--ink:#10201d;--ink-2:#465853;--line:#dde3df;--line-2:#7d8b86;--paper:#fff;--ground:#f7f6f2;--night:#0b1f1b;--brand:#0c5a4a;--warn:#7a4a00;--warn-tint:#fdf1dc;--bad:#a0141f;--bad-tint:#fcebec;--focus:#ffc247}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.65 "IBM Plex Sans Arabic",system-ui,sans-serif;overflow-wrap:anywhere}
.wrap{max-inline-size:60rem;margin-inline:auto;padding-inline:1rem}
header{background:var(--night);color:#eaf2ef}
header .wrap{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;justify-content:space-between;padding-block:.5rem}
header p{margin:0}header strong{background:#ffe2a0;color:#3b2a00;border-radius:4px;padding:.1rem .5rem}
header a{color:#ffe2a0;padding-block:.25rem}
main{padding-block:1.5rem 4rem}
h1{font-size:1.75rem;line-height:1.3;margin:0 0 1rem}h2{font-size:1.25rem;line-height:1.4;margin:0 0 .75rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:1.25rem;margin-block:1rem}
.card>:last-child{margin-block-end:0}
p,ul,ol,dl{margin:0 0 .75rem;max-inline-size:62ch}ul,ol{padding-inline-start:1.25rem}
.warn{background:var(--warn-tint);border-inline-start:4px solid var(--warn)}
.bad{background:var(--bad-tint);border-inline-start:4px solid var(--bad)}
.muted{color:var(--ink-2)}
a{color:var(--brand)}
:focus-visible{outline:3px solid var(--ink);outline-offset:3px;box-shadow:0 0 0 3px var(--focus);border-radius:4px}
code,pre{font:400 .9375rem/1.6 ui-monospace,Menlo,Consolas,monospace}
code{unicode-bidi:isolate}
pre{background:var(--night);color:#e4eeea;padding:1rem;border-radius:8px;white-space:pre-wrap;text-align:start;margin:0 0 .75rem}
fieldset{border:0;padding:0;margin:0 0 1rem;min-inline-size:0}legend{font-weight:600;padding:0;margin-block-end:.25rem}
.pick{display:flex;gap:.75rem;align-items:flex-start;padding:.5rem 0;border-block-end:1px solid var(--line)}
.pick input{inline-size:1.5rem;block-size:1.5rem;flex:none;accent-color:var(--brand);margin:.1rem 0 0}
.pick span span{display:block}
label.line{display:block;font-weight:600}
input[type=text],input[type=password]{font:inherit;inline-size:100%;max-inline-size:12rem;min-block-size:2.75rem;padding:.25rem .75rem;border:1px solid var(--line-2);border-radius:4px;background:var(--paper);color:inherit}
button{font:inherit;font-weight:600;min-block-size:2.75rem;padding:.4rem 1.25rem;border-radius:4px;border:1px solid var(--brand);background:var(--brand);color:#fff;cursor:pointer}
button.quiet{background:var(--paper);color:var(--brand)}
.acts{display:flex;flex-wrap:wrap;gap:.75rem}
.rows{list-style:none;padding:0;max-inline-size:none}
.rows li{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;border-block-end:1px solid var(--line);padding-block:.6rem}
.rows li>div{flex:1 1 16rem}
table{border-collapse:collapse;inline-size:100%;margin-block-end:.75rem}th,td{text-align:start;vertical-align:top;padding:.5rem .75rem .5rem 0;border-block-end:1px solid var(--line)}
[dir=rtl] th,[dir=rtl] td{padding:.5rem 0 .5rem .75rem}
.scroll{overflow-x:auto}.scroll table{min-inline-size:32rem}td code{white-space:nowrap}
.tag{display:inline-block;background:var(--bad-tint);color:var(--bad);border-radius:4px;padding:0 .5rem;font-weight:600}
`;
