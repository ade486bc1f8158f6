"""Style and script of the page. Light or dark, as the system is set; no information is in colour alone."""

from __future__ import annotations

from markupsafe import Markup

_LIGHT = (
    "--page:#f4f6f9;--surface:#fff;--sunk:#edf0f5;--text:#18202c;--muted:#535f70;--line:#cdd5df;--accent:#1d54bf;"
    "--one:#bcd2f7;--two:#dbe7cf;--three:#f3dcb8;--four:#e3d0ee;--ink:#18202c;--good:#1a6b3c;--bad:#a3211b;"
    "--link:#7488a5"
)
_DARK = (
    "--page:#0f141b;--surface:#19202a;--sunk:#222b37;--text:#e7ebf1;--muted:#a3afbf;--line:#3a4655;--accent:#8db6ff;"
    "--one:#2d4f86;--two:#3d5a34;--three:#6e5220;--four:#593a6b;--ink:#f2f5f9;--good:#74d29b;--bad:#ff9a90;"
    "--link:#7f93b0"
)
THEME = Markup(":root{color-scheme:light dark;%s}@media(prefers-color-scheme:dark){:root{%s}}") % (_LIGHT, _DARK)

DRAWING = Markup("""
.fleet{display:block;max-width:100%;height:auto;font-family:system-ui,sans-serif}
.fleet .machine{fill:var(--surface);stroke:var(--line)}
.fleet .group{fill:var(--sunk);stroke:var(--line)}
.fleet .card{fill:var(--accent)}
.fleet text{fill:var(--text)}
.fleet .name{font-weight:600}
.fleet .over{paint-order:stroke;stroke:var(--surface);stroke-width:4;stroke-linejoin:round}
.fleet .note,.fleet .wave{fill:var(--muted)}
.fleet .link{fill:none;stroke:var(--link);stroke-width:1.4}
.fleet .crossing{stroke-dasharray:5 4}
.fleet .tip{fill:var(--link)}
""")

PAGE = Markup("""
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif;overflow-wrap:break-word}
.skip{position:absolute;left:-999px;top:0;background:var(--surface);padding:.6rem 1rem;z-index:2}
.skip:focus{left:.5rem;top:.5rem}
header,main,footer{max-width:1400px;margin:0 auto;padding:0 clamp(.9rem,2.5vw,2rem)}
header{padding-top:1.6rem}
h1{font-size:clamp(1.6rem,4vw,2.2rem);line-height:1.15;margin:0}
h2{font-size:1.35rem;margin:0 0 .2rem}
h3{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:.3rem 0}
.muted{color:var(--muted)}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.2rem,1fr));gap:.7rem;margin:1.1rem 0}
.figures div{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:.6rem .9rem}
.figures dt{color:var(--muted);font-size:.85rem}
.figures dd{margin:0;font-size:1.3rem;font-weight:650;line-height:1.25}
.figures small{display:block;font-size:.8rem;font-weight:400;color:var(--muted)}
nav ul{display:flex;flex-wrap:wrap;gap:.4rem;list-style:none;margin:0 0 1.2rem;padding:0}
nav a{display:block;padding:.3rem .8rem;background:var(--surface);border:1px solid var(--line);border-radius:99px;
text-decoration:none}
nav a:hover{border-color:var(--accent)}
section{background:var(--surface);border:1px solid var(--line);border-radius:14px;
padding:1.1rem clamp(.8rem,2vw,1.5rem);margin:0 0 1.2rem}
section.plain{background:none;border:0;padding:0}
figure{margin:0}
figcaption{color:var(--muted);font-size:.9rem;margin:.2rem 0 .8rem}
.narrow{display:none}
.fleet a{text-decoration:none;cursor:pointer}
.fleet a:focus-visible{outline:none}
.fleet a:hover .group,.fleet a:focus-visible .group{stroke:var(--accent);stroke-width:3}
.fleet.picked .link{opacity:.13}
.fleet.picked .link.on{opacity:1;stroke:var(--accent);stroke-width:2.4}
.scroll{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:600;padding:.2rem 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--muted);font-weight:500;font-size:.85rem}
tbody th{font-weight:600}
.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.wave{width:4rem}
tr:target{background:var(--sunk);outline:2px solid var(--accent)}
code{font:.92em ui-monospace,monospace;overflow-wrap:anywhere}
details,.summary{border-top:1px solid var(--line);padding:.5rem 0;margin:0}
.summary{font-weight:600;padding:.65rem 0 .65rem 1.05rem}
summary{cursor:pointer;font-weight:600;padding:.15rem 0}
.memory{margin:.9rem 0}
.memory p{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;margin:0 0 .25rem}
.bar{display:flex;color:var(--text);height:2rem;border:1px solid var(--line);border-radius:7px;overflow:hidden}
.bar span{min-width:3px;border-right:1px solid var(--surface);padding:.3rem .15rem;overflow:hidden;white-space:nowrap;
font-size:.8rem;line-height:1.25}
.bar b{font-weight:500;background:var(--surface);border-radius:3px;padding:0 .3rem}
.fill-1{background:var(--one)}
.fill-2{background:repeating-linear-gradient(45deg,var(--two) 0 7px,var(--surface) 7px 9px)}
.fill-3{background:repeating-linear-gradient(0deg,var(--one) 0 5px,var(--surface) 5px 7px)}
.fill-4{background:repeating-linear-gradient(-45deg,var(--three) 0 3px,var(--surface) 3px 6px)}
.fill-5{background:linear-gradient(var(--surface) 1px,transparent 1px) 0 0/6px 6px,
linear-gradient(90deg,var(--surface) 1px,transparent 1px) 0 0/6px 6px,var(--two)}
.fill-6{background:repeating-linear-gradient(90deg,var(--one) 0 9px,var(--ink) 9px 10px)}
.fill-context{background:radial-gradient(var(--ink) 1px,transparent 1.5px) 0 0/7px 7px,var(--three)}
.fill-reserve{background:repeating-linear-gradient(90deg,var(--four) 0 4px,var(--surface) 4px 6px)}
.fill-free{background:var(--surface)}
.key{display:flex;flex-wrap:wrap;gap:.15rem 1rem;list-style:none;margin:.4rem 0 0;padding:0;font-size:.87rem}
.key i{display:inline-block;width:1.1rem;height:.85rem;border:1px solid var(--muted);border-radius:3px;
vertical-align:-.1em;margin-right:.35rem}
.bar,.key i{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.good{color:var(--good);font-weight:600}
.bad{color:var(--bad);font-weight:600}
footer{color:var(--muted);padding-bottom:2rem;font-size:.9rem}
@media(max-width:760px){.bar b{display:none}
.wide{display:none}.narrow{display:block}th,td{padding-right:.6rem;min-width:7.5rem}
.figure{min-width:0}td.wave,th.wave{min-width:0;width:auto}
section.plain svg{margin:0 -2px}}
@media(forced-colors:active){.bar,.key i{forced-color-adjust:none}}
@media print{nav,.skip{display:none}.memory,tr{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}}
""")

SCRIPT = Markup("""
for(const drawing of document.querySelectorAll("svg.fleet")){
const pick=e=>{const box=e.target.closest("[data-group]"),id=box&&box.dataset.group;
drawing.classList.toggle("picked",!!id);
for(const l of drawing.querySelectorAll(".link"))
l.classList.toggle("on",!!id&&(l.dataset.from===id||l.dataset.to===id))};
const none=()=>drawing.classList.remove("picked");
for(const kind of["mouseover","focusin"])drawing.addEventListener(kind,pick);
for(const kind of["mouseleave","focusout"])drawing.addEventListener(kind,none)}
""")
"""Highlights the connections of the group under the pointer or with the focus; the page is complete without it."""
