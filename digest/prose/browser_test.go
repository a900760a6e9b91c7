package prose

import (
	"context"
	"encoding/json"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// runs are texts that run something in a browser when nobody cleans them, or load it.
var runs = []string{
	`<script>hit()</script>`, `<img src=x onerror=hit()>`, `<svg onload=hit()>`, `<svg><script>hit()</script></svg>`, `<body onload=hit()>`,
	`<details open ontoggle=hit()>x</details>`, `<input autofocus onfocus=hit()>`, `<iframe srcdoc="<script>parent.hit()</script>"></iframe>`,
	`<iframe src="javascript:parent.hit()"></iframe>`, `<video><source onerror=hit()></video>`, `<audio src=x onerror=hit()></audio>`,
	`<object data="javascript:hit()"></object>`, `<embed src="javascript:hit()">`, `<marquee onstart=hit()>x</marquee>`,
	`<style>@import "data:text/css,";</style><style onload=hit()></style>`, `<svg><animate onbegin=hit() attributeName=x dur=1s></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=hit()&gt;">`,
	`<math><mtext><table><mglyph><style><math><img src=x onerror=hit()>`,
	`<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=hit()>`,
	`<svg></p><style><a id="</style><img src=x onerror=hit()>">`, `<noscript><p title="</noscript><img src=x onerror=hit()>">`,
	`<svg><style><img src=x onerror=hit()></style></svg>`, `<template><img src=x onerror=hit()></template><img src=x onerror="hit()">`,
	`<a href="javascript:hit()" id=click>x</a>`, `<a href="java&#10;script:hit()" id=click>x</a>`, `<a href="&#1;javascript:hit()" id=click>x</a>`,
	`<a href="data:text/html,<script>opener.hit()</script>" id=click>x</a>`, `<form action="javascript:hit()"><button id=click>x</button></form>`,
	`<svg><a xlink:href="javascript:hit()" id=click><text x=9 y=9>x</text></a></svg>`, `<math href="javascript:hit()" id=click>x</math>`,
	`<meta http-equiv=refresh content="0;url=javascript:hit()">`, `<link rel=stylesheet href="data:text/css,*{}" onload=hit()>`,
	`<img src="x` + "`" + `onerror=hit() ` + "`" + `"><img alt="` + "``" + `onerror=hit()" src=x onerror=hit()>`, `<img src=x:x onerror=hit() //`, `<<img src=x onerror=hit()>`,
	`<img/src=x/onerror=hit()>`, "<img\x0csrc=x\x0conerror=hit()>", `<xmp><p title="</xmp><img src=x onerror=hit()>">`, `<!--><img src=x onerror=hit()>-->`,
	`<![CDATA[><img src=x onerror=hit()>]]>`, `<?xml <img src=x onerror=hit()>?>`, `<title><img title="</title><img src=x onerror=hit()>">`,
	`<textarea><p title="</textarea><img src=x onerror=hit()>">`, `<select><style><img src=x onerror=hit()></style></select>`,
	`<svg><foreignObject><iframe srcdoc="<script>parent.parent.hit()</script>">`, `<table background="javascript:hit()"><td onmouseover=hit() id=over>x`,
	`<p style="background:url(https://127.0.0.1:1/x)">x</p>`, `<div style="position:fixed;inset:0" onclick=hit() id=click>x</div>`, `<button popovertarget=p id=click>x</button><div popover id=p onbeforetoggle=hit()>y</div>`,
}

// TestBrowser shows what was cleaned in a real Chromium: nothing runs, nothing loads, and
// its own tree holds what is allowed and nothing else. Of what was not cleaned it runs
// nearly all, so that the test would see it.
func TestBrowser(t *testing.T) {
	chromium := parts.Chromium.Need(t)
	base, _ := url.Parse("https://paper.example/")
	var raw, cleaned []string
	for _, in := range append(append([]string{}, runs...), hostile...) {
		raw = append(raw, in)
		// A picture of the web is the pipeline's affair: none is to be asked for here.
		cleaned = append(cleaned, strings.ReplaceAll(Clean(in, base).HTML, "<img src=\"http", "<img src=\"data:,"))
	}
	if found := look(t, chromium, raw[:len(runs)]); found.Hits < len(runs)/2 {
		t.Errorf("uncleaned, %d of %d run: the test is blind", found.Hits, len(runs))
	}
	found := look(t, chromium, cleaned)
	if found.Hits != 0 || len(found.Strange) != 0 || len(found.Loaded) != 0 || found.Places != len(cleaned) {
		t.Errorf("%+v, of %d texts", found, len(cleaned))
	}
}

type seen struct {
	Hits    int
	Strange []string // elements and attributes that are not allowed
	Loaded  []string // addresses
	Places  int      // texts that are in their place
}

// look shows texts on one page, clicks what asks for it, and tells what came of it.
func look(t *testing.T, chromium string, texts []string) (found seen) {
	t.Helper()
	allow, err := json.Marshal(survivors)
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html><meta charset=utf-8><script>hits=new Set();now=-1;hit=()=>hits.add(now)</script><body><script>
const texts=` + inScript(t, texts) + `, allow=` + string(allow) + `, strange=[], loaded=[];
let places=0;
(async()=>{
 for(let i=0;i<texts.length;i++){
  now=i;
  const f=document.createElement('iframe');
  f.srcdoc='<!DOCTYPE html><script>hit=()=>parent.hit()</'+'script><body><table><tr><td id=in>'+texts[i]+'</td></tr></table><hr id=behind>';
  document.body.append(f);
  await new Promise(r=>{f.onload=r;setTimeout(r,500)});
  const d=f.contentDocument; if(!d)continue;
  for(const e of d.querySelectorAll('#click')){try{e.click?e.click():e.dispatchEvent(new MouseEvent('click',{bubbles:true}))}catch(x){}}
  for(const e of d.querySelectorAll('#over'))e.dispatchEvent(new MouseEvent('mouseover'));
  await new Promise(r=>setTimeout(r,30));
  const place=d.getElementById('in'), behind=d.getElementById('behind');
  if(place&&behind&&behind.parentNode===d.body&&behind.previousElementSibling&&behind.previousElementSibling.tagName==='TABLE')places++;
  for(const e of place?place.querySelectorAll('*'):[]){
   if(!(e.localName in allow)||e.namespaceURI!=='http://www.w3.org/1999/xhtml'){strange.push(i+' <'+e.localName+'>');continue}
   for(const a of e.attributes)if(!(allow[e.localName]+' dir lang').split(' ').includes(a.name))strange.push(i+' '+a.name);
  }
  try{for(const e of f.contentWindow.performance.getEntriesByType('resource'))if(!e.name.startsWith('data:'))loaded.push(e.name)}
  catch(x){loaded.push('elsewhere: '+i)} // it has gone to another page
  f.remove();
 }
 const pre=document.createElement('pre');pre.id='result';
 pre.textContent=JSON.stringify({Hits:hits.size,Strange:strange,Loaded:loaded,Places:places});
 document.body.append(pre);
})()
</script>`)
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=600000", "--dump-dom", "file://"+file)
	out, err := cmd.Output()
	m := regexp.MustCompile(`<pre id="result">(.*?)</pre>`).FindSubmatch(out)
	if m == nil {
		t.Fatalf("Chromium says nothing: %v, %d bytes", err, len(out))
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// inScript is a list as it may stand in a script.
func inScript(t *testing.T, texts []string) string {
	t.Helper()
	list, err := json.Marshal(texts) // which writes "<" as \u003c
	if err != nil {
		t.Fatal(err)
	}
	return string(list)
}
