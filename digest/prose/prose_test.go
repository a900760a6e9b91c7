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
		`<script>alert(1)</script><style>p{}</style>a`:              `a`,
		`<iframe src="https://v.example"></iframe>a`:                `a`,
		`<base href="https://b.example/"><a href="q">q</a>`:         `<a href="https://b.example/q">q</a>`,
		`<p>a<p>b`:                       `<p>a</p><p>b</p>`,
		`<svg><script>x</script></svg>a`: `a`,
		`<!-- c -->a`:                    `a`,
		`   `:                            ``,
		`<p></p><div> </div>`:            ``,
		`a<div class="x jp-relatedposts"><p>More</p><a href="https://b.example">b</a></div>`: `a`,
		`<div class="related">a</div>`: `<div>a</div>`,
	} {
		if got := Clean(in, base).HTML; got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}
