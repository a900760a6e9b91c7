package newsroom

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
)

// checkLinks asks for the pages that the editor has linked to by hand. One that is
// not there is a mistake; one that cannot be asked for now is said.
func (n *Newsroom) checkLinks(ctx context.Context, e *Edition, f digest.File, links []digest.Elsewhere) (problems []digest.Problem, warnings []string) {
	for i, link := range links {
		if slices.ContainsFunc(e.Overlay.Elsewhere, func(had digest.Elsewhere) bool { return had.URL == link.URL }) {
			continue
		}
		failed := n.askFor(ctx, link.URL)
		switch {
		case failed == nil:
		case failed.Gone(), failed.Kind == fetch.BadURL, failed.Kind == fetch.Unknown && n.online(ctx, e.Letter):
			problems = append(problems, f.At(fmt.Sprintf("elsewhere[%d].link", i), link.URL, "is a broken link: "+failed.Words))
		default:
			warnings = append(warnings, fmt.Sprintf("the link %s could not be checked: %s", link.URL, failed.Words))
		}
	}
	return problems, warnings
}

// askFor asks for a page, and says what is wrong with it. One that is larger than we
// read is there.
func (n *Newsroom) askFor(ctx context.Context, page string) *fetch.Error {
	_, err := n.client.Get(ctx, fetch.Request{URL: page, Accept: "text/html, */*;q=0.5"})
	var failed *fetch.Error
	if errors.As(err, &failed) && failed.Kind != fetch.TooLarge {
		return failed
	}
	return nil
}

// online tells whether names can be looked up at all: whether the host of one of the
// newsletter's own sources is found. Where none is on the web, nobody knows.
func (n *Newsroom) online(ctx context.Context, letter *config.Newsletter) bool {
	for _, source := range letter.Sources {
		if source.URL == "" {
			continue
		}
		st, err := n.sourceState(ctx, letter, source)
		if err != nil || n.Clock().Before(st.NotBefore) {
			continue
		}
		if failed := n.askFor(ctx, source.URL); failed == nil || failed.Kind != fetch.Unknown && failed.Kind != fetch.Stopped {
			return true
		}
	}
	return false
}
