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

// pageViews are the page views, nil where they cannot be had. Without them the edition is
// made all the same, and every story counts as read as the next: the warnings say why.
func (n *Newsroom) pageViews(ctx context.Context, letter *config.Newsletter) ([]views.Reading, []string) {
	if letter.Views == nil {
		return nil, nil
	}
	from := viewsFrom(*letter.Views)
	data, err := n.readViews(ctx, *letter.Views)
	if err != nil {
		return nil, []string{fmt.Sprintf("the page views of %s: %s", from, Plain(err))}
	}
	readings, warnings, err := views.Parse(data)
	if err != nil {
		return nil, []string{fmt.Sprintf("the page views of %s: %s", from, Plain(err))}
	}
	for i, w := range warnings {
		warnings[i] = fmt.Sprintf("the page views of %s: %s", from, w)
	}
	return append([]views.Reading{}, readings...), warnings
}

// matchViews puts the page views in, where there are any.
func matchViews(s *digest.Snapshot, readings []views.Reading) {
	if readings != nil {
		s.Views = views.Match(readings, s.Stories)
	}
}

// viewsFrom is what to call the table of views: an address may hold a secret, its host
// does not.
func viewsFrom(v config.Views) string {
	if v.File != "" {
		return filepath.Base(v.File)
	}
	return hostOf(v.URL)
}

// readViews gets the table of views.
func (n *Newsroom) readViews(ctx context.Context, v config.Views) ([]byte, error) {
	if v.File != "" {
		return readLimited(v.File)
	}
	r, err := n.client.Get(ctx, fetch.Request{URL: v.URL, Secret: v.Secret, Accept: "text/csv, application/json, */*;q=0.5"})
	return r.Body, err
}
