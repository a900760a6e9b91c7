package newsroom

import (
	"context"
	"fmt"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// Detour is where a link of an edition leads now.
type Detour struct {
	Letter *config.Newsletter
	To     string               // the mirror's address; empty: none works
	Page   templates.DetourPage // what is shown then
}

// Detour finds where a link of an edition leads now, by its number. It knows nothing but
// what was frozen, and keeps nothing. Errors: store.ErrNotFound.
func (n *Newsroom) Detour(ctx context.Context, newsletter string, slot digest.Slot, number int) (Detour, error) {
	unknown := fmt.Errorf("detour: %w", store.ErrNotFound)
	letter, ok := n.Config.Newsletter(newsletter)
	if !ok || !slot.Valid() {
		return Detour{}, unknown
	}
	row, err := n.Store.EditionBySlot(ctx, letter.Name, slot)
	if err != nil {
		return Detour{}, err
	}
	var all detours
	if _, err := n.recall(ctx, detourKey(row.ID), &all); err != nil {
		return Detour{}, err
	}
	for _, l := range all.Links {
		if l.Number == number {
			return n.detourTo(ctx, letter, row, l)
		}
	}
	return Detour{}, unknown
}

func (n *Newsroom) detourTo(ctx context.Context, letter *config.Newsletter, row store.Edition, l detour) (Detour, error) {
	d := Detour{Letter: letter, Page: templates.DetourPage{Title: l.Title, Tries: []string{l.URL}}}
	m := letter.Mirrors
	if m == nil { // there are none any more
		d.To = l.URL
		return d, nil
	}
	rest, ok := n.below(letter, l.URL)
	if !ok { // the configuration says something else now
		d.To = l.URL
		return d, nil
	}
	mirror, err := n.mirror(ctx, m)
	if err != nil {
		return d, err
	}
	if mirror != "" {
		d.To = mirror + rest
		return d, nil
	}
	d.Page.Tries = nil
	for _, a := range addresses(m) {
		d.Page.Tries = append(d.Page.Tries, a+rest)
	}
	d.Page.Tries = append(d.Page.Tries, l.URL)
	if m.Text {
		d.Page.Story, err = n.storyOf(ctx, row, l.URL)
	}
	return d, err
}

// storyOf is a story of an edition as it was frozen; none where the link is no story's.
func (n *Newsroom) storyOf(ctx context.Context, row store.Edition, link string) (digest.Story, error) {
	stored, err := n.Store.Said(ctx, row.ID, row.Revision)
	if err != nil {
		return digest.Story{}, err
	}
	for _, it := range stored.Content.Items() {
		if templates.Link(it.Story.URL, n.Config.Site.String()) == link {
			return it.Story, nil
		}
	}
	return digest.Story{}, nil
}

// MirrorPage leads the links of an edition's page on the web to mirrors, as its mails do.
func (n *Newsroom) MirrorPage(ctx context.Context, letter *config.Newsletter, row store.Edition, page string) (string, error) {
	m := letter.Mirrors
	if m == nil {
		return page, nil
	}
	e := &Printed{Edition: row, Letter: letter}
	if m.Links == config.ByPage {
		var d detours
		_, err := n.recall(ctx, detourKey(row.ID), &d)
		return inHTML(page, n.through(e, d)), err
	}
	mirror, err := n.mirror(ctx, m)
	if err != nil {
		return page, err
	}
	if mirror == "" {
		mirror = m.At[0].String()
	}
	return inHTML(page, n.written(letter, mirror)), nil
}
