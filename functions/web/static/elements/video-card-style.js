/** How a card looks. */

import { sheet } from "../dom.js";

export const style = sheet(`
:host { display: flex; flex-direction: column; height: 100%; overflow: hidden; border: 1px solid var(--line); border-radius: var(--round); background: var(--surface); transition: border-color 120ms, box-shadow 120ms; }
:host(:hover) { border-color: var(--edge); box-shadow: var(--shade); }
:host(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.frame { position: relative; display: grid; aspect-ratio: 3 / 2; overflow: clip; background: var(--sunken); }
img, .preview { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; object-position: 50% 35%; }
.preview { opacity: 0; transition: opacity 250ms; pointer-events: none; }
.preview.moving { opacity: 1; }
button.play { position: absolute; inset: 0; width: 100%; height: 100%; padding: 0; border: 0; border-radius: 0; background: none; z-index: 1; }
button.play:focus-visible { outline-offset: -4px; outline-color: #fff; box-shadow: inset 0 0 0 6px var(--accent); }
.disc { display: grid; place-items: center; width: 3rem; height: 3rem; border-radius: 50%; background: rgb(14 13 11 / 55%); color: #fff; backdrop-filter: blur(4px); transition: scale 120ms, background-color 120ms, opacity 250ms; }
.disc .icon { fill: currentColor; translate: 1px 0; }
button.play:hover .disc { scale: 1.08; background: rgb(14 13 11 / 75%); }
.frame:has(.moving) .disc { opacity: 0; }
.badges { position: absolute; inset: 0.6rem auto auto 0.6rem; z-index: 2; display: flex; flex-wrap: wrap; gap: 0.3rem; pointer-events: none; }
.badges .badge { background: var(--surface); }
.badge .spinner { width: 0.8em; height: 0.8em; border-width: 1.5px; }
.length { position: absolute; inset: auto 0.6rem 0.6rem auto; z-index: 2; padding: 0.05rem 0.45rem; border-radius: 0.4rem; background: rgb(14 13 11 / 72%); color: #fff; font-size: 0.75rem; font-weight: 600; pointer-events: none; }
.making { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 0.1rem; padding: 2.4rem 1rem 0.75rem; background: var(--tint); color: var(--quiet); text-align: center; }
.making .clock { color: var(--text); font-size: 1.75rem; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.02em; line-height: 1.2; }
.making .chip { flex: none; margin-top: 0.6rem; }
.failed { background: var(--bad-tint); color: var(--bad); }
.reason { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; overflow-wrap: anywhere; line-height: 1.4; }
.body { display: flex; flex-direction: column; flex: 1; padding: 0.7rem 0.4rem 0.3rem 0.9rem; }
h3 { display: flex; flex: 1; align-items: flex-start; min-height: 2.75rem; padding-inline-end: 0.5rem; }
button.title { display: -webkit-box; width: 100%; min-height: 2.75rem; max-height: 2.8em; padding: 0; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; border: 0; border-radius: 0.3rem; background: none; font-weight: 550; line-height: 1.4; text-align: start; overflow-wrap: anywhere; text-wrap: wrap; }
button.title:hover { text-decoration: underline; text-underline-offset: 0.2em; }
.foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 0.25rem; }
time { font-size: 0.8125rem; white-space: nowrap; }
.actions { display: flex; flex-wrap: wrap; justify-content: flex-end; margin-inline-start: auto; }
.actions button { color: var(--quiet); }
@media (pointer: fine) { .actions button.round { width: 2.35rem; min-height: 2.35rem; } }
.actions button:hover { color: var(--text); }
.actions button.danger:hover { color: var(--bad); border-color: transparent; background: var(--bad-tint); }
@media (forced-colors: active) { :host, .length { border: 1px solid; } }
`);
