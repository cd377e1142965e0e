"""The style sheet of the page."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #55606f; --line: #d9dee5;
  --paper: #ffffff; --card: #f5f7fa; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a5afbc; --line: #3a4350;
  --paper: #14181e; --card: #1e242c; --accent: #6cb8e6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: clamp(1.45rem, 1.1rem + 1.6vw, 2.1rem); line-height: 1.2; margin: 0 0 4px; }
h1, h2, p, dd, dt, caption, figcaption, summary, nav { overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 40px 0 10px; padding-bottom: 4px;
  border-bottom: 2px solid var(--line); }
p { margin: 10px 0; max-width: 78ch; }
a { color: var(--accent); }
code { font-size: .93em; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; padding: 0;
  margin: 14px 0 0; }
.note, caption, figcaption { color: var(--soft); font-size: .875rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 10px;
  margin: 20px 0 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 10px 12px; }
.tiles dt { color: var(--soft); font-size: .82rem; line-height: 1.3; }
.tiles dd { margin: 2px 0 0; font-size: 1.2rem; font-weight: 600; }
.facts { margin: 10px 0; }
.facts div { display: grid; grid-template-columns: minmax(110px, 190px) 1fr; gap: 12px;
  padding: 3px 0; border-bottom: 1px solid var(--line); }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.terms dt { font-weight: 600; margin-top: 10px; }
.terms dd { margin: 0 0 0 1em; max-width: 76ch; }
.scroll { overflow-x: auto; margin: 14px 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
caption { text-align: left; padding-bottom: 4px; }
th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--line); font-size: .85rem;
  white-space: normal; min-width: 5.5em; }
tbody th { text-align: left; font-weight: 500; white-space: normal; min-width: 9em;
  max-width: 24em; overflow-wrap: anywhere; position: sticky; left: 0; background: var(--paper); }
details { margin: 10px 0; }
summary { cursor: pointer; color: var(--accent); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr));
  gap: 18px; align-items: start; margin: 14px 0; }
figure { margin: 0; min-width: 0; max-width: 540px; }
figure svg { display: block; width: 100%; height: auto; background: #ffffff; border-radius: 6px;
  border: 1px solid var(--line); }
figcaption { padding-top: 4px; }
footer { margin-top: 44px; padding-bottom: 28px; color: var(--soft); font-size: .85rem; }
@media (max-width: 480px) { main, header, footer { padding-left: 12px; padding-right: 12px; }
  .facts div { grid-template-columns: 1fr; gap: 0; } }
@media print { :root { color-scheme: light; --ink: #000000; --soft: #444444; --line: #cccccc;
  --paper: #ffffff; --card: #ffffff; }
  @page { margin: 15mm; }
  body { font-size: 10.5pt; } nav { display: none; }
  main, header, footer { max-width: none; padding: 0; }
  .figures { display: block; }
  figure { break-inside: avoid; max-width: 130mm; margin: 0 0 12px; }
  .scroll { overflow: visible; } table { font-size: 8.5pt; } th, td { padding-right: 8px; }
  thead { display: table-header-group; } tr, .tiles div, .facts div { break-inside: avoid; }
  h2, caption { break-after: avoid; } thead th { min-width: 0; font-size: 8pt; }
  tbody th { min-width: 8.5em; position: static; } }
"""
