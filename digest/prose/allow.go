package prose

import (
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// allowed are the elements that a text is rebuilt from, with the attributes that each
// keeps, in the order in which they are written: what an article is made of, and
// nothing that runs, frames, styles, asks or counts. Of any other element the content
// alone is kept (kinds.go), or not even that.
var allowed = map[atom.Atom][]attribute{
	atom.P: {}, atom.Br: {}, atom.Hr: {}, atom.Div: {}, atom.Span: {}, atom.Section: {}, atom.Article: {},
	atom.H1: {}, atom.H2: {}, atom.H3: {}, atom.H4: {}, atom.H5: {}, atom.H6: {},
	atom.Ul: {}, atom.Ol: {{"start", whole}}, atom.Li: {}, atom.Dl: {}, atom.Dt: {}, atom.Dd: {},
	atom.Blockquote: {}, atom.Q: {}, atom.Cite: {}, atom.Pre: {}, atom.Code: {}, atom.Kbd: {}, atom.Samp: {}, atom.Var: {},
	atom.Em: {}, atom.Strong: {}, atom.B: {}, atom.I: {}, atom.U: {}, atom.S: {}, atom.Del: {}, atom.Ins: {}, atom.Mark: {},
	atom.Small: {}, atom.Sub: {}, atom.Sup: {}, atom.Abbr: {{"title", anything}}, atom.Time: {{"datetime", moment}},
	atom.A:      {{"href", address}},
	atom.Img:    {{"src", address}, {"alt", anything}, {"width", whole}, {"height", whole}},
	atom.Figure: {}, atom.Figcaption: {},
	atom.Table: {}, atom.Caption: {}, atom.Thead: {}, atom.Tbody: {}, atom.Tfoot: {}, atom.Tr: {},
	atom.Td: {{"colspan", spans}, {"rowspan", spans}}, atom.Th: {{"colspan", spans}, {"rowspan", spans}, {"scope", scopes}},
}

// everywhere are the attributes that each element keeps: a text's language and the
// direction it is read in.
var everywhere = []attribute{
	{"dir", lazyregexp.New(`^(?:ltr|rtl|auto)$`)},
	{"lang", lazyregexp.New(`^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}$`)},
}

// attribute is one that is kept where its value has that form.
type attribute struct {
	key  string
	form *lazyregexp.Regexp
}

var (
	anything *lazyregexp.Regexp // text, which is escaped
	address  *lazyregexp.Regexp // of the web, or a mailbox: see link.go
	whole    = lazyregexp.New(`^[0-9]{1,5}$`)
	spans    = lazyregexp.New(`^[1-9][0-9]{0,2}$`) // a cell of 65,534 rows is a way to fill a memory
	scopes   = lazyregexp.New(`^(?:row|col|rowgroup|colgroup)$`)
	moment   = lazyregexp.New(`^[0-9TZ:.+ -]{4,35}$`)
)

// policy is the same list as bluemonday knows it, which has the last word: what we
// write has to come through it unchanged.
var policy = sync.OnceValue(newPolicy)

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	for e, attributes := range allowed {
		p.AllowElements(e.String())
		for _, a := range attributes {
			if b := p.AllowAttrs(a.key); a.form == nil {
				b.OnElements(e.String())
			} else {
				b.Matching(a.form.Compiled()).OnElements(e.String())
			}
		}
	}
	for _, a := range everywhere {
		p.AllowAttrs(a.key).Matching(a.form.Compiled()).Globally()
	}
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
}
