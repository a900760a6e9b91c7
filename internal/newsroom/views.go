package newsroom

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/views"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
)

// addViews puts the page views in. Without them the edition is made all the same, and
// every story counts as read as the next: the warnings say why.
func (n *Newsroom) addViews(ctx context.Context, letter *config.Newsletter, s *digest.Snapshot) []string {
	if letter.Views == nil {
		return nil
	}
	data, from, err := n.readViews(ctx, *letter.Views)
	if err != nil {
		return []string{fmt.Sprintf("the page views of %s: %s", from, err)}
	}
	readings, warnings, err := views.Parse(data)
	if err != nil {
		return []string{fmt.Sprintf("the page views of %s: %s", from, err)}
	}
	for i, w := range warnings {
		warnings[i] = fmt.Sprintf("the page views of %s: %s", from, w)
	}
	if s.Views = views.Match(readings, s.Stories); len(s.Views) == 0 {
		warnings = append(warnings, fmt.Sprintf("the page views of %s are of none of the stories", from))
	}
	return warnings
}

// readViews gets the table of views. from is what to call it: an address may hold a
// secret, its host does not.
func (n *Newsroom) readViews(ctx context.Context, v config.Views) (data []byte, from string, err error) {
	if v.File != "" {
		data, err = readLimited(v.File)
		return data, filepath.Base(v.File), err
	}
	r, err := n.client.Get(ctx, fetch.Request{URL: v.URL, Secret: v.Secret, Accept: "text/csv, application/json, */*;q=0.5"})
	return r.Body, hostOf(v.URL), err
}
