package newsroom

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
	"github.com/broadsheet-news/broadsheet/templates"
)

// detours are the links of an edition that our page sends on, by their numbers. A
// number keeps its link for good, since it stands in mails: a mended revision adds
// numbers, and changes none.
type detours struct {
	Links []detour `json:"links"`
}

type detour struct {
	Number int    `json:"number"`
	URL    string `json:"url"`
	Title  string `json:"title,omitempty"` // of the story
}

func detourKey(edition int64) string { return fmt.Sprintf("detours/%d", edition) }

// mirrored puts mirrors in place of the site in what was rendered. That comes after
// the approval's hash: an editor approves what is said, not the way by which readers
// get to it, and a mirror that dies an hour before the slot must not hold the edition.
func (n *Newsroom) mirrored(ctx context.Context, e *Edition, all []Rendering) ([]Rendering, error) {
	m := e.Letter.Mirrors
	if m == nil {
		return all, nil
	}
	var to func(string) string
	if m.Links == config.Written {
		base, err := n.mirrorToWrite(ctx, e, m)
		if err != nil {
			return nil, err
		}
		to = n.written(e.Letter, base)
	} else {
		d, err := n.numbered(ctx, e, all)
		if err != nil {
			return nil, err
		}
		to = n.through(&e.Printed, d)
	}
	moved := slices.Clone(all)
	for i := range moved {
		moved[i].HTML, moved[i].Text = inHTML(moved[i].HTML, to), inText(moved[i].Text, to)
	}
	return moved, nil
}

// mirrorToWrite is an operator's choice, or the first mirror that answers now. Where
// none does it is the first, and people are told: the mail has to go.
func (n *Newsroom) mirrorToWrite(ctx context.Context, e *Edition, m *config.Mirrors) (string, error) {
	choice, _, err := n.mirrorsKnown(ctx, m)
	if err != nil || choice.Mirror != "" {
		return choice.Mirror, err
	}
	problems := n.lookAt(ctx, m)
	if i := slices.Index(problems, ""); i >= 0 {
		return m.At[i].String(), nil
	}
	first := m.At[0].String()
	n.Log.Warn("no mirror answers: the first is written into the mail", "edition", e.Ref(), "mirror", first, "problem", problems[0])
	body := fmt.Sprintf("None of the mirrors of %s answers. Links in the mail lead to %s all the same.\n", m.Site.Host, first)
	for i, a := range addresses(m) {
		body += "\n- " + a + ": " + problems[i]
	}
	return first, n.tell(ctx, e.Letter, e.Ref()+": no mirror answers", body, fmt.Sprintf("mirrors/%d/%d", e.ID, e.Revision.Number))
}

// below is what of a link stands below the mirrored site. Pages of ours are not part
// of that, even on the same host, and nor are payments: money goes where it always did.
func (n *Newsroom) below(letter *config.Newsletter, link string) (rest string, ok bool) {
	site := letter.Mirrors.Site
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || bareHost(u.Host) != bareHost(site.Host) {
		return "", false
	}
	rest, ok = strings.CutPrefix(u.EscapedPath(), site.EscapedPath())
	if !ok || rest != "" && rest[0] != '/' || link == n.Config.Site.String() || strings.HasPrefix(link, n.at("/")) {
		return "", false
	}
	if a := letter.Look.Support; a != nil && slices.ContainsFunc(slices.Concat(a.Once, a.Monthly, a.Annual), func(x templates.Amount) bool {
		return templates.Link(x.URL, n.Config.Site.String()) == link
	}) {
		return "", false
	}
	if u.RawQuery != "" {
		rest += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		rest += "#" + u.EscapedFragment()
	}
	return rest, true
}

func bareHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// written leads links of the site to a mirror.
func (n *Newsroom) written(letter *config.Newsletter, base string) func(string) string {
	return func(link string) string {
		if rest, ok := n.below(letter, link); ok {
			return base + rest
		}
		return link
	}
}

// through leads links of the site to our page.
func (n *Newsroom) through(e *Printed, d detours) func(string) string {
	numbers := map[string]int{}
	for _, l := range d.Links {
		numbers[l.URL] = l.Number
	}
	return func(link string) string {
		if number, ok := numbers[link]; ok {
			return n.DetourURL(e.Newsletter, e.Slot, number)
		}
		return link
	}
}

// numbered gives every link of the site in an edition its number, and keeps them: the
// stories in the order they are printed, then whatever else leads there.
func (n *Newsroom) numbered(ctx context.Context, e *Edition, all []Rendering) (detours, error) {
	var d detours
	if _, err := n.recall(ctx, detourKey(e.ID), &d); err != nil {
		return d, err
	}
	next, known := 1, map[string]bool{}
	for _, l := range d.Links {
		next, known[l.URL] = max(next, l.Number+1), true
	}
	add := func(link, title string) {
		if _, ok := n.below(e.Letter, link); ok && !known[link] {
			known[link] = true
			d.Links = append(d.Links, detour{next, link, title})
			next++
		}
	}
	for _, it := range e.Revision.Items() {
		add(templates.Link(it.Story.URL, n.Config.Site.String()), it.Story.Title)
	}
	for _, r := range all {
		for _, m := range hrefs.FindAllStringSubmatch(r.HTML, -1) {
			add(html.UnescapeString(m[1]), "")
		}
	}
	return d, n.remember(ctx, detourKey(e.ID), d)
}

var (
	hrefs     = lazyregexp.New(`\bhref="([^"]*)"`)
	bareLinks = lazyregexp.New(`https?://[^\s<>"]+`)
)

// afterLink are signs that end a sentence rather than a link.
const afterLink = ".,;:!?)»”"

func inHTML(page string, to func(string) string) string {
	return hrefs.ReplaceAllStringFunc(page, func(found string) string {
		link := html.UnescapeString(found[len(`href="`) : len(found)-1])
		if moved := to(link); moved != link {
			return `href="` + html.EscapeString(moved) + `"`
		}
		return found
	})
}

func inText(text string, to func(string) string) string {
	return bareLinks.ReplaceAllStringFunc(text, func(found string) string {
		link := strings.TrimRight(found, afterLink)
		if moved := to(found); moved != found {
			return moved
		}
		return to(link) + found[len(link):]
	})
}

// DetourURL is the page that sends a reader on to a link of an edition, by the mirror
// that works when it is asked for. It is the same for every reader.
func (n *Newsroom) DetourURL(newsletter string, slot digest.Slot, number int) string {
	return n.at(PathDetour, newsletter, string(slot), strconv.Itoa(number))
}
