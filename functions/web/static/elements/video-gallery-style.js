/** How a gallery looks. */

import { sheet } from "../dom.js";

export const style = sheet(`
section { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
.head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; min-height: 2.75rem; }
.head > :first-child { border-radius: 0.3rem; }
[role="alert"]:empty { margin-top: -1rem; }
.notice { align-items: center; }
.notice button { margin-inline-start: auto; flex: none; background: none; color: inherit; border-color: currentColor; }
.none { display: grid; justify-items: center; gap: 0.5rem; padding: clamp(2rem, 6vw, 4rem) 1rem; border: 1px dashed var(--line); border-radius: var(--round); text-align: center; }
.none[data-kind=""], .none:empty { display: none; }
.none button { margin-top: 0.6rem; }
.none .icon { width: 2rem; height: 2rem; color: var(--quiet); }
.more { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 0.5rem 1rem; }
`);
