package page

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/loose"
	"github.com/broadsheet-news/broadsheet/digest/prose"
)

const (
	maxNodes = 500 // of all the JSON-LD of a page
	maxGraph = 4   // graphs within one another
	maxDepth = 32  // lists and objects within one another
)

// node is a thing of schema.org, as far as an article needs it.
type node struct {
	ID          loose.Plain                 `json:"@id"`
	Type        loose.List[loose.Plain]     `json:"@type"`
	Graph       loose.List[json.RawMessage] `json:"@graph"`
	Entity      loose.List[json.RawMessage] `json:"mainEntity"`
	URL         loose.Text                  `json:"url"`
	Page        loose.List[ref]             `json:"mainEntityOfPage"`
	Headline    loose.Text                  `json:"headline"`
	Name        loose.Text                  `json:"name"`
	Description loose.Text                  `json:"description"`
	Body        loose.Plain                 `json:"articleBody"`
	Authors     loose.List[ref]             `json:"author"`
	Creators    loose.List[ref]             `json:"creator"`
	Images      loose.List[ref]             `json:"image"`
	Primary     loose.List[ref]             `json:"primaryImageOfPage"`
	Thumbnail   loose.List[loose.Text]      `json:"thumbnailUrl"`
	Published   loose.Text                  `json:"datePublished"`
	Modified    loose.Text                  `json:"dateModified"`
	Sections    loose.List[loose.Text]      `json:"articleSection"`
	Keywords    loose.List[loose.Text]      `json:"keywords"`
	Language    loose.Text                  `json:"inLanguage"`
	Free        json.RawMessage             `json:"isAccessibleForFree"`
	Publisher   ref                         `json:"publisher"`
	Sponsor     loose.List[ref]             `json:"sponsor"`
}

// ref is a thing that stands within another: itself, its name or address alone, or its
// @id, by which it is found elsewhere.
type ref struct {
	text    string // where it is a text alone
	ID      loose.Plain
	Name    loose.Text
	Address string
	Picture picture
	Logo    string
}

type picture struct {
	Caption, Credit string
	Width, Height   int
}

// UnmarshalJSON never fails.
func (r *ref) UnmarshalJSON(data []byte) error {
	*r = ref{}
	if data[0] == '"' {
		_ = json.Unmarshal(data, &r.text)
		r.text = strings.TrimSpace(r.text)
		r.ID = loose.Plain(r.text)
		return nil
	}
	var o struct {
		ID        loose.Plain            `json:"@id"`
		Name      loose.Text             `json:"name"`
		URL       loose.List[loose.Text] `json:"url"`
		Content   loose.List[loose.Text] `json:"contentUrl"`
		Caption   loose.Text             `json:"caption"`
		Credit    loose.Text             `json:"creditText"`
		Creator   loose.List[ref]        `json:"creator"`
		Copyright loose.List[ref]        `json:"copyrightHolder"`
		Width     length                 `json:"width"`
		Height    length                 `json:"height"`
		Logo      loose.List[ref]        `json:"logo"`
	}
	if data[0] != '{' || !loose.Read(data, &o) {
		return nil
	}
	r.ID, r.Name = o.ID, o.Name
	for _, list := range []loose.List[loose.Text]{o.Content, o.URL} {
		if r.Address == "" && len(list) > 0 {
			r.Address = string(list[0])
		}
	}
	r.Picture = picture{prose.Plain(string(o.Caption)), prose.Plain(string(o.Credit)), int(o.Width), int(o.Height)}
	for _, who := range append(o.Creator, o.Copyright...) {
		r.Picture.Credit = firstOf(r.Picture.Credit, who.name())
	}
	for _, logo := range o.Logo {
		r.Logo = firstOf(r.Logo, logo.Address, logo.text)
	}
	return nil
}

func (r ref) name() string { return prose.Plain(firstOf(string(r.Name), r.text)) }

// length is a number of pixels, or a QuantitativeValue of one.
type length int

// UnmarshalJSON never fails.
func (l *length) UnmarshalJSON(data []byte) error {
	var n loose.Number
	if data[0] == '{' {
		var quantity struct {
			Value loose.Number `json:"value"`
		}
		loose.Read(data, &quantity)
		n = quantity.Value
	} else {
		_ = n.UnmarshalJSON(data)
	}
	*l = length(n)
	return nil
}

// linked is all that a page says in JSON-LD.
type linked struct {
	nodes []node
	byID  map[loose.Plain]json.RawMessage
	read  map[loose.Plain]ref // of byID, those that were asked for
}

func readLinked(scripts []string) linked {
	l := linked{byID: map[loose.Plain]json.RawMessage{}, read: map[loose.Plain]ref{}}
	for _, script := range scripts {
		if data := unwrapped(script); !loose.Deep(data, maxDepth) {
			l.add(data, 0)
		}
	}
	return l
}

// unwrapped takes off what some wrap JSON in, and mends what is not quite it.
func unwrapped(script string) []byte {
	s := strings.TrimSpace(script)
	for _, wrap := range [][2]string{{"<!--", "-->"}, {"//<![CDATA[", "//]]>"}, {"/*<![CDATA[*/", "/*]]>*/"}, {"<![CDATA[", "]]>"}} {
		if rest, ok := strings.CutPrefix(s, wrap[0]); ok {
			s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), wrap[1]))
		}
	}
	return []byte(loose.Mend(strings.TrimSuffix(s, ";")))
}

func (l *linked) add(data json.RawMessage, depth int) {
	var list loose.List[json.RawMessage]
	if len(data) == 0 || depth > maxGraph || !json.Valid(data) || !loose.Read(data, &list) {
		return
	}
	for _, one := range list {
		var n node
		if len(l.nodes) == maxNodes || one[0] != '{' || !loose.Read(one, &n) {
			continue
		}
		l.nodes = append(l.nodes, n)
		if _, known := l.byID[n.ID]; n.ID != "" && !known {
			l.byID[n.ID] = one
		}
		for _, inner := range append(n.Graph, n.Entity...) {
			l.add(inner, depth+1)
		}
	}
}

// whole gives the thing that a reference stands for.
func (l linked) whole(r ref) ref {
	if r.Name != "" || r.Address != "" || r.ID == "" {
		return r
	}
	data, there := l.byID[r.ID]
	if !there {
		return r
	}
	full, known := l.read[r.ID]
	if !known {
		loose.Read(data, &full)
		l.read[r.ID] = full
	}
	return full
}

// articles are schema.org's kinds of article. Those that are news come first, then
// those that may be.
var articles = []map[string]bool{
	{
		"NewsArticle": true, "ReportageNewsArticle": true, "AnalysisNewsArticle": true, "BackgroundNewsArticle": true,
		"OpinionNewsArticle": true, "ReviewNewsArticle": true, "AskPublicNewsArticle": true, advertiser: true,
	},
	{
		"Article": true, "BlogPosting": true, "LiveBlogPosting": true, "Report": true, "SatiricalArticle": true,
		"TechArticle": true, "ScholarlyArticle": true, "SocialMediaPosting": true, "MedicalScholarlyArticle": true,
	},
	webPages,
}

var webPages = map[string]bool{"WebPage": true, "ItemPage": true}

const advertiser = "AdvertiserContentArticle"

func (n node) is(kinds map[string]bool) bool {
	for _, t := range n.Type {
		name := string(t)
		if at := strings.LastIndexAny(name, "/#:"); at >= 0 { // http://schema.org/NewsArticle
			name = name[at+1:]
		}
		if kinds[name] {
			return true
		}
	}
	return false
}

// article is the page's own article, empty where it has none: of several, that which names
// the page, then the first. What it leaves out the page's WebPage may say.
func (l linked) article(page string) node {
	n, found := node{}, false
	for _, kinds := range articles {
		if n, found = l.find(func(n node) bool { return n.is(kinds) && n.names(page) }); !found {
			n, found = l.find(func(n node) bool { return n.is(kinds) })
		}
		if found {
			break
		}
	}
	web, _ := l.find(func(n node) bool { return n.is(webPages) }) // an article itself where there is no other
	if n.Description == "" {
		n.Description = web.Description
	}
	if len(n.Images) == 0 {
		n.Images = web.Primary
	}
	if n.Language == "" {
		n.Language = web.Language
	}
	return n
}

// find gives the first thing of which something is true.
func (l linked) find(is func(node) bool) (n node, found bool) {
	if i := slices.IndexFunc(l.nodes, is); i >= 0 {
		return l.nodes[i], true
	}
	return node{}, false
}

func (n node) names(page string) bool {
	links := []string{string(n.URL)}
	for _, p := range n.Page {
		links = append(links, string(p.ID), p.Address)
	}
	for _, link := range links {
		if same, err := digest.CanonicalURL(link); err == nil && same == page {
			return true
		}
	}
	return false
}

// free tells whether everybody may read the article: the site says so as true, "True"
// or "http://schema.org/True".
func (n node) free() bool {
	said := strings.ToLower(strings.Trim(string(n.Free), `" `))
	return !strings.HasSuffix(said, "false") && said != "no"
}

// picture is the article's picture: the widest of those whose width is known, or the
// first.
func (l linked) picture(n node, base *url.URL) *digest.Image {
	var best *digest.Image
	logo := absolute(base, l.whole(n.Publisher).Logo)
	for _, r := range n.Images {
		r = l.whole(r)
		p := digest.Image{
			URL: absolute(base, firstOf(r.Address, r.text)), Caption: r.Picture.Caption, Credit: r.Picture.Credit,
			Width: r.Picture.Width, Height: r.Picture.Height,
		}
		if p.URL != "" && p.URL != logo && worthIt(p) && (best == nil || p.Width > best.Width) {
			best = &p
		}
	}
	for _, link := range n.Thumbnail {
		if p := (digest.Image{URL: absolute(base, string(link))}); best == nil && p.URL != "" && p.URL != logo && worthIt(p) {
			best = &p
		}
	}
	return best
}
