package prose

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

func TestTeaser(t *testing.T) {
	long := strings.Repeat("Many words without an end of the sentence go on ", 12)
	for _, c := range []struct{ name, summary, body, want string }{
		{"plain", "A short summary that says it all, in one line.", "", "A short summary that says it all, in one line."},
		{"whole sentences", "One sentence here. " + strings.Repeat("Another one there. ", 30), "", "One sentence here. " + strings.TrimSpace(strings.Repeat("Another one there. ", 11))},
		{"abbreviations", "Yesterday " + strings.Repeat("in the old harbour ", 10) + "Mr. Slip and Dr. Quay of St. Ives met for the first time. Then they left.", "", "Yesterday " + strings.Repeat("in the old harbour ", 10) + "Mr. Slip and Dr. Quay of St. Ives met for the first time."},
		{"never within a word", long, "", strings.TrimSpace(long[:240]) + "…"},
		{"continue reading", "<p>The council met on Monday and decided nothing. <a href='x'>Continue reading...</a></p>", "", "The council met on Monday and decided nothing."},
		{"brackets", "The council met on Monday and decided [&#8230;]", "", "The council met on Monday and decided…"},
		{"appeared first on", "<p>The council met on Monday and decided nothing.</p><p>The post <a>Council</a> appeared first on <a>Paper</a>.</p>", "", "The council met on Monday and decided nothing."},
		{"weiterlesen", "Der Rat tagte am Montag und beschloss nichts weiter. Weiterlesen →", "", "Der Rat tagte am Montag und beschloss nichts weiter."},
		{"reading is no boilerplate", "In the library you can read more about the harbour than anywhere", "", "In the library you can read more about the harbour than anywhere"},
		{"first true paragraph", "", "<h2>A heading which is long enough to be text</h2><p>By Ada Quay</p><figure><figcaption>A caption that is long enough to be a paragraph, too</figcaption></figure><p>The first true paragraph of the article stands here.</p>", "The first true paragraph of the article stands here."},
		{"double breaks", "", "By Ada<br><br>The first true paragraph of the article stands here.<br><br>The second one.", "The first true paragraph of the article stands here."},
		{"summary repeats the title", "Title", "<p>The first true paragraph of the article stands here.</p>", "The first true paragraph of the article stands here."},
		{"other stories", "<div class='mf-related'><p>Articles en rapport</p><ul><li><a href='x'>Another story, with a headline that is long enough</a></li></ul></div>", "", ""},
		{"other stories, without a class", "<p>À lire aussi : une autre histoire, dont le titre est assez long</p><ul><li><a href='x'>Another story, with a headline that is long enough</a>.</li></ul>", "", ""},
		{"other stories before the text", "", "<ul><li><a href='x'>Another story, with a headline that is long enough</a></li></ul><p>The first true paragraph of the article stands here.</p>", "The first true paragraph of the article stands here."},
		{"a list with links in it", "", "<ul><li><a href='x'>The council</a> met on Monday and decided nothing at all.</li></ul>", "The council met on Monday and decided nothing at all."},
		{"related in the text", "<p class='related'>The council is related to the harbour's owner by marriage.</p>", "", "The council is related to the harbour's owner by marriage."},
		{"a colon before a quotation", "", "<p>Ada Quay, in the Observer:</p><blockquote><p>Nothing was decided. Nobody was there.</p></blockquote><p>More.</p>", "Ada Quay, in the Observer: Nothing was decided. Nobody was there."},
		{"a colon before a picture", "", "<p>The council met on Monday, at last. The plan looks like this:</p><p><img src='https://a.example/p.jpg'></p><p>It was drawn last year.</p>", "The council met on Monday, at last."},
		{"a colon before a player", "", "<p>What the council's chair had to say of it all:</p><iframe src='https://v.example'></iframe><p>It was said last year.</p>", "What the council's chair had to say of it all…"},
		{"a colon before a list of links", "", "<p>The council met on Monday; the papers of the meeting :</p><ul><li><a href='x'>Agenda</a></li></ul><p>That is all.</p>", "The council met on Monday; the papers of the meeting…"},
		{"a colon at the end", "A summary that is cut off right here:", "", "A summary that is cut off right here…"},
		{"scripts say nothing", "<script>var x = 'a long text that is not to be seen by anybody';</script>", "", ""},
		{"ordinals", "Noch bis zum 30. November läuft der Wettbewerb. " + strings.Repeat("Mehr Text. ", 30), "", "Noch bis zum 30. November läuft der Wettbewerb. " + strings.TrimSpace(strings.Repeat("Mehr Text. ", 17))},
	} {
		got := Teaser(c.summary, Clean(c.body, nil), "Title")
		if got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
		if n := uniseg.GraphemeClusterCount(got); n > teaserMost {
			t.Errorf("%s: %d characters", c.name, n)
		}
	}
}

func TestClean(t *testing.T) {
	base, _ := url.Parse("https://a.example/x/y.HTML")
	for in, want := range map[string]string{
		`<p onclick="x()" style="color:red" class="c">a</p>`:        `<p>a</p>`,
		`<a href="../z" target="_blank">z</a>`:                      `<a href="https://a.example/z">z</a>`,
		`<a href="javascript:alert(1)">z</a>`:                       `z`,
		`<a href=" jAvAsCrIpT&#58;alert(1)">z</a>`:                  `z`,
		`<img src="p.jpg" alt="P" srcset="x" loading="lazy">`:       `<img src="https://a.example/x/p.jpg" alt="P"/>`,
		`<img src="data:image/png;base64,AA">b`:                     `b`,
		`<img data-src="/late.jpg" src="data:image/gif;base64,R0">`: `<img src="https://a.example/late.jpg"/>`,
		`a<img src="https://pixel.wp.com/b.gif?x">`:                 `a`,
		`a<img src="/t.gif" width="1" height="1">`:                  `a`,
		`<iframe src="https://a.example/"/> a <script src="x"/>b`:   `a b`,
		`a<audio src=x>b`:  `ab`,
		`a<IFRAME src=x>b`: `ab`,
		`a<canvas>b<br/>c`: `ab<br/>c`,
		`a<script src="x"/><p>b</p><script src="y"></script>c`:       `a<p>b</p>c`,
		`1 &lt; 2 < 3 <video/>c`:                                     `1 &lt; 2 &lt; 3 c`,
		`<img src="https://a.example/p.jpg" alt="the <video/> tag">`: `<img src="https://a.example/p.jpg" alt="the &lt;video/&gt; tag"/>`,
		`<object data="x"> <b>a</b>`:                                 `<b>a</b>`,
		`a<script>alert(1)`:                                          `a`,
		`<video/>a<textarea />b`:                                     `ab`,
		`<iframe src=x/>fallback</iframe>a`:                          `a`,
		`<script>alert(1)</script><style>p{}</style>a`:               `a`,
		`<iframe src="https://v.example"></iframe>a`:                 `a`,
		`<base href="https://b.example/"><a href="q">q</a>`:          `<a href="https://b.example/q">q</a>`,
		`<p>a<p>b`:                       `<p>a</p><p>b</p>`,
		`<svg><script>x</script></svg>a`: `a`,
		`<!-- c -->a`:                    `a`,
		`   `:                            ``,
		`<p></p><div> </div>`:            ``,
		`a<div class="x jp-relatedposts"><p>More</p><a href="https://b.example">b</a></div>`: `a`,
		`<div class="related">a</div>`: `<div>a</div>`,
		`<p dir="rtl" lang="ar-EG">a</p><span lang="de" class="x">b</span><span class="x">c</span>`:          `<p dir="rtl" lang="ar-EG">a</p><span lang="de">b</span>c`,
		`<div hidden>a</div><p style="color:red; display : none">b</p><p style="display:block">c</p>`:        `<p>c</p>`,
		`a<center>b</center>c <font size=7>d</font> <blink>e</blink>`:                                        `a<div>b</div>c d e`,
		`<a href="https://bank.example@b.example/" rel="opener" target="_top">z</a>`:                         `<a href="https://b.example/">z</a>`,
		`<a href="https://Мой.example/ы?q=ы&r='[]'">z</a>`:                                                   `<a href="https://xn--i1afg.example/%D1%8B?q=%D1%8B&amp;r=&#39;[]&#39;">z</a>`,
		`<a href="ht	tps://b.example/50%">z</a>`:                                                             `<a href="https://b.example/50%25">z</a>`,
		`<a href="mailto:desk@b.example">z</a><a href="mailto:">y</a><a href="tel:1">x</a><a name="w">w</a>`: `<a href="mailto:desk@b.example">z</a>yxw`,
		`<a href="file:///etc/passwd">z</a><a href="https:b.example">y</a><a href="vbscript:x">x</a>`:        `zyx`,
		`<img srcset="p.jpg 1x, q.jpg 2x" width="600px" height="50%" alt="">`:                                `<img src="https://a.example/x/q.jpg" alt="" width="600"/>`,
		`<img src="data:image/gif;base64,R0" srcset="s.jpg 300w, l,1.jpg 1200w, h.jpg 4000w">`:               `<img src="https://a.example/x/l,1.jpg"/>`,
		`<img src="" srcset="h.jpg 4000w, g.jpg 3000w">`:                                                     `<img src="https://a.example/x/g.jpg"/>`,
		`<img srcset="p.jpg, q.jpg 1.5x,">`:                                                                  `<img src="https://a.example/x/q.jpg"/>`,
		`<img src="grey.jpg" data-src="p.jpg">`:                                                              `<img src="https://a.example/x/p.jpg"/>`,
		`a<img src="https://vg08.met.vgwort.de/na/1"><img src="/count/pixel.gif?x=1"><img src="mailto:a@b">`: `a`,
		`<table border=1><tr><th scope="col" style="x">a<td colspan="2" rowspan="9999">b</table>`:            `<table><tbody><tr><th scope="col">a</th><td colspan="2">b</td></tr></tbody></table>`,
		`<noscript><img src=x onerror=y></noscript><template>t</template><math><mi>x</mi></math>a`:           `a`,
		`a<plaintext><b>b</b>`:               `a`,
		`<![CDATA[x]]><?php y ?><!-->z`:      `z`,
		`<h4>a</h4><h1>b</h1>`:               `<h4>a</h4><h1>b</h1>`,
		`<strike>a</strike> <tt>b</tt>`:      `<s>a</s> <code>b</code>`,
		`<li>a<li>b`:                         `<li>a</li><li>b</li>`,
		`<video controls>No video.</video>a`: `a`,
	} {
		if got := Clean(in, base).HTML; got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestFlat reduces to its words what is no tree, or too large a one.
func TestFlat(t *testing.T) {
	deep := strings.Repeat("<div>", 600) + "The first.<script>no</script><p>The <b>second</b> & last." + strings.Repeat("</div>", 600)
	c := Clean(deep, nil)
	if want := "<p>The first.</p><p>The second &amp; last.</p>"; c.HTML != want || len(c.Paragraphs) != 2 {
		t.Errorf("%q %q", c.HTML, c.Paragraphs)
	}
	if c := Clean(strings.Repeat("<b>x</b> ", maxHTML/8), nil); !c.TooLong || c.HTML != "" {
		t.Errorf("%d bytes, too long: %v", len(c.HTML), c.TooLong)
	}
	// Deeper than is kept, but a tree: the words stay.
	if c := Clean(strings.Repeat("<div>", 300)+"word", nil); strings.Count(c.HTML, "<div>") != maxDepth || !strings.Contains(c.HTML, "word") {
		t.Errorf("%q", c.HTML)
	}
}

// TestOpenPlayerInFlat: what follows a player that nobody closed is said, too, where a text is
// reduced to its words.
func TestOpenPlayerInFlat(t *testing.T) {
	for _, in := range []string{alive(400) + strings.Repeat("x<p>", 3_000), strings.Repeat("<div>", 700) + "deep"} {
		c := Clean("<p>First.<iframe src=x>Second."+in, nil)
		if got := strings.Join(c.Paragraphs, " "); !strings.HasPrefix(got, "First.Second.") {
			t.Errorf("%.60q", got)
		}
	}
}

// TestHostile gives texts that are made to take long: an answer comes, and it holds.
func TestHostile(t *testing.T) {
	for _, piece := range []string{
		"<b>", "<a href=x>", "<a href=https://a.example/>x", "<table>", "<table><td>", "<p><b><i>", "</p>", "<li>", "<h1>", "<div><b>", "<img src=https://a.example/1.jpg>",
		"<svg>", "<math><mtext>", "<select><option>", "<!--", "<a b=", "&amp;", "&", "<", "<x y z ", "<template>", "<font><p>", "<nobr>", "<form>", "read more ", "…",
		"<p>Read more</p>", "<ul><li><a href=https://a.example/>x</a>", "[", "<i><table>", "<span lang=de>", "<dd>", "<applet>", "<frameset>", "A. ", "\u00a0",
	} {
		holdClean(t, strings.Repeat(piece, (64<<10)/len(piece)))
	}
}
