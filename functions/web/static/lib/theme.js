/** The shared style sheet: colors, type, buttons and fields. The page and every element adopt it. */

import { sheet } from "./dom.js";

export const themeSheet = sheet(`
:root, :host {
  --ground: light-dark(#f6f5f2, #121214);
  --surface: light-dark(#ffffff, #1c1c1f);
  --raised: light-dark(#ffffff, #242428);
  --sunken: light-dark(#eeece7, #17171a);
  --text: light-dark(#1d1c1a, #f1f0ec);
  --quiet: light-dark(#656259, #a5a29b);
  --line: light-dark(#dcd9d1, #34343a);
  --edge: light-dark(#8d897e, #77767e);
  --accent: light-dark(#3d4fd1, #a3aeff);
  --on-accent: light-dark(#ffffff, #14151f);
  --tint: light-dark(#eceefb, #24263a);
  --bad: light-dark(#b3261e, #ff9a91);
  --bad-tint: light-dark(#fcedeb, #3a2221);
  --good: light-dark(#1a6b3c, #7fd6a0);
  --good-tint: light-dark(#e6f4ea, #1d3226);
  --warm: light-dark(#855300, #f0c070);
  --warm-tint: light-dark(#fbf1dc, #362c19);
  --shade: 0 1px 2px rgb(20 18 14 / 6%), 0 8px 24px -12px rgb(20 18 14 / 22%);
  --lift: 0 2px 4px rgb(20 18 14 / 8%), 0 24px 64px -16px rgb(20 18 14 / 40%);
  --round: 0.875rem;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
:host { display: block; }
/* Also where the embedding page sets these for all elements. */
:host { color: var(--text) !important; font: 400 1rem/1.5 var(--font) !important; letter-spacing: normal !important; text-align: start !important; text-transform: none !important; }
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
h1, h2, h3 { margin: 0; font-weight: 650; letter-spacing: -0.015em; line-height: 1.25; text-wrap: balance; }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.2vw, 2rem); }
h2 { font-size: 1.25rem; }
h3 { font-size: 1rem; letter-spacing: 0; }
p { margin: 0; }
a { color: var(--accent); text-underline-offset: 0.2em; }
.quiet { color: var(--quiet); }
.small { font-size: 0.875rem; }
.icon { flex: none; width: 1.25em; height: 1.25em; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.panel { background: var(--surface); border: 1px solid var(--line); border-radius: var(--round); padding: clamp(1rem, 0.6rem + 1.6vw, 1.5rem); }

button, .button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.45em; min-height: 2.75rem; padding: 0.35rem 1.1rem;
  border: 1px solid var(--line); border-radius: 999px; background: var(--surface); color: var(--text);
  font: inherit; font-size: 0.9375rem; font-weight: 550; line-height: 1.2; text-decoration: none; cursor: pointer;
  transition: background-color 120ms, border-color 120ms, color 120ms;
}
button:hover, .button:hover { border-color: var(--accent); color: var(--accent); }
button:disabled { opacity: 0.55; cursor: default; pointer-events: none; }
button.main, .button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.main:hover, .button.main:hover { background: color-mix(in srgb, var(--accent) 86%, var(--text)); color: var(--on-accent); }
button.plain { border-color: transparent; background: none; color: inherit; }
button.plain:hover { background: var(--sunken); }
button.danger:hover { border-color: var(--bad); color: var(--bad); }
button.round { width: 2.75rem; padding: 0; }
button.chip { min-height: 2.25rem; padding: 0.2rem 0.85rem; font-size: 0.875rem; }
button[aria-pressed="true"], button[aria-selected="true"].chip { background: var(--tint); border-color: var(--accent); color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

label, .label { display: block; font-size: 0.875rem; font-weight: 600; }
input, select, textarea {
  display: block; width: 100%; min-height: 2.75rem; padding: 0.55rem 0.8rem; border: 1px solid var(--edge); border-radius: 0.625rem;
  background: var(--raised); color: inherit; font: inherit;
}
input[type="checkbox"], input[type="radio"] { display: inline-block; width: 1.15rem; height: 1.15rem; min-height: 0; accent-color: var(--accent); }
input[type="range"] { padding: 0; border: 0; background: none; accent-color: var(--accent); }
textarea { min-height: 7rem; resize: vertical; line-height: 1.5; }
::placeholder { color: var(--quiet); opacity: 1; }
input:focus-visible, select:focus-visible, textarea:focus-visible { outline-offset: 0; border-color: var(--accent); }
[aria-invalid="true"] { border-color: var(--bad); }
.field { display: grid; gap: 0.35rem; align-content: start; }
.hint { font-size: 0.8125rem; color: var(--quiet); }
.error { font-size: 0.875rem; color: var(--bad); }
.notice { display: flex; gap: 0.6rem; padding: 0.75rem 0.9rem; border-radius: 0.625rem; background: var(--sunken); font-size: 0.9375rem; }
.notice.bad { background: var(--bad-tint); color: var(--bad); }
.notice.good { background: var(--good-tint); color: var(--good); }
.notice.warm { background: var(--warm-tint); color: var(--warm); }
.badge { display: inline-flex; align-items: center; gap: 0.3em; padding: 0.1rem 0.55rem; border-radius: 999px; background: var(--sunken); color: var(--text); font-size: 0.75rem; font-weight: 600; line-height: 1.5; }
.badge.good { background: var(--good-tint); color: var(--good); }
.badge.bad { background: var(--bad-tint); color: var(--bad); }
.badge.warm { background: var(--warm-tint); color: var(--warm); }
.badge.busy { background: var(--tint); color: var(--accent); }

dialog { width: min(44rem, 100vw - 2rem); max-height: calc(100dvh - 2rem); padding: 0; overflow: auto; border: 1px solid var(--line); border-radius: 1.125rem; background: var(--surface); color: var(--text); box-shadow: var(--lift); overscroll-behavior: contain; }
dialog::backdrop { background: rgb(14 13 11 / 55%); backdrop-filter: blur(3px); }
.spinner { flex: none; display: inline-block; width: 1.15em; height: 1.15em; border: 2px solid currentColor; border-inline-end-color: transparent; border-radius: 50%; animation: turn 900ms linear infinite; }
.skeleton { border-radius: 0.5rem; background: linear-gradient(100deg, var(--sunken) 40%, var(--line) 50%, var(--sunken) 60%) 0 / 300% 100%; animation: sweep 1.6s linear infinite; }
@keyframes turn { to { rotate: 1turn; } }
@keyframes sweep { from { background-position: 100% 0; } to { background-position: -50% 0; } }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { transition: none !important; animation: none !important; }
  .spinner { animation: turn 3s linear infinite !important; } /* the only sign that work is in progress */
}
@media (forced-colors: active) { .icon { stroke: currentColor; } button, .badge, .notice { border: 1px solid; } }
`);
