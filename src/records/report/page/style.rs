//! How the page looks: light or dark as the reader's system wears it, always light on paper, one sheet of A4.

/// The style sheet. Left and right are told apart by place and word too, never by colour alone.
pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--card:#f3f5f8;--text:#14181d;--muted:#56606c;--line:#c9d0d9;\
--left:#c8282b;--right:#1f8a34;--none:#7b8794;--box:#b36a00}\
@media screen and (prefers-color-scheme:dark){:root{--ground:#101317;--card:#181c22;--text:#e8ecf1;--muted:#98a2ae;\
--line:#2a3038;--left:#e5383b;--right:#2fb344;--none:#98a2ae;--box:#f2a93b}}\
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);\
font:16px/1.45 Inter,'Noto Sans','Noto Sans SC',system-ui,sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}\
main{max-width:60rem;margin:0 auto;padding:1.5rem 1.25rem}h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}\
h2{font-size:1rem;margin:1.25rem 0 .4rem}header p,.muted,footer{color:var(--muted)}header p{margin:.1rem 0 0}p{margin:.25rem 0}\
.call{background:var(--card);border:0 solid var(--none);border-width:0 8px;border-radius:8px;padding:.9rem 1.25rem;margin:1rem 0 .5rem}\
.call.left{border-width:0 0 0 12px;border-color:var(--left)}.call.right{border-width:0 12px 0 0;border-color:var(--right)}\
.call>b{font-size:2.1rem;line-height:1.15;margin-right:1rem}.sure{white-space:nowrap;font-weight:600}\
.muted{font-size:.85rem}.bar{display:flex;height:10px;margin:.5rem 0 .25rem;border-radius:5px;overflow:hidden}.bar i{display:block}\
i.left{background:var(--left)}i.right{background:var(--right)}i.none{background:var(--none)}.own{margin:.5rem 0}\
.pictures{display:grid;gap:.75rem}.two{grid-template-columns:1fr 1fr}.three{grid-template-columns:1fr 1fr 1fr}figure{margin:0;break-inside:avoid}\
img{display:block;width:100%;border-radius:6px}figcaption{font-size:.85rem;margin-top:.2rem}\
.lanes{break-inside:avoid}svg{display:block;width:100%;height:auto;background:var(--card);border-radius:8px}\
text{fill:var(--text);font:12px Inter,'Noto Sans','Noto Sans SC',system-ui,sans-serif}.axis{fill:var(--muted)}\
.l{fill:var(--left)}.r{fill:var(--right)}.on{fill:#fff}.grid{stroke:var(--line)}.touch{stroke:var(--text);stroke-dasharray:4 3}\
.lists{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:0 2rem}ul{margin:0;padding-left:1.1rem}\
li{margin:.1rem 0}footer{font-size:.8rem;margin-top:1.25rem;border-top:1px solid var(--line);padding-top:.5rem}\
@media (max-width:34rem){.pictures{grid-template-columns:1fr}}\
@page{size:A4;margin:12mm}\
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}.call>b{font-size:19pt}h1{font-size:15pt}\
h2{margin:.7rem 0 .3rem}.pictures{gap:.4rem .6rem}.two{grid-template-columns:1fr 1fr;max-width:158mm}\
.three{grid-template-columns:1fr 1fr 1fr}img{max-height:52mm;object-fit:contain}\
footer{margin-top:.7rem}}";
