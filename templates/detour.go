package templates

import (
	"html/template"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// DetourPage stands where no mirror of the site works: where a link leads, and, if the
// newsroom allows that, the story as the edition has it.
type DetourPage struct {
	Title string       // of the story; empty: the link is no story's
	Tries []string     // addresses to try
	Story digest.Story // zero: it is not shown
}

func (DetourPage) partial() string { return "detour" }

func (p DetourPage) title(v *pageView) string {
	return firstOf(clean(p.Title, titleRunes), v.W.DetourTitle)
}

// detourView is what the partial of a DetourPage reads.
type detourView struct {
	Tries   []string
	Article template.HTML // empty: the teaser stands there, if there is one
	Teaser  string
}

func (p DetourPage) view(w *words.Catalogue) detourView {
	d := detourView{Teaser: clean(p.Story.Teaser, teaserRunes)}
	for _, to := range p.Tries {
		if to = link(to, ""); to != "" {
			d.Tries = append(d.Tries, to)
		}
	}
	s := &story{edition: &edition{W: w}, Title: clean(p.Title, titleRunes)}
	d.Article = template.HTML(bare(joinedHTML(s.article(p.Story, 2))))
	return d
}

// bare takes the places for styles off an article: a page has its styles in a file. Its
// words cannot hold these strings, for in them a quote is "&#34;".
func bare(article string) string {
	return strings.NewReplacer(` style=""`, "", ` class="i"`, "", ` class="m"`, "", ` class="a"`, "").Replace(article)
}
