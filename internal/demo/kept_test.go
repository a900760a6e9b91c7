package demo

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestKeptPictures puts a story with a picture into the edition of a kept folder, as an
// editor would after the demo has ended: with no web server, the picture is there.
func TestKeptPictures(t *testing.T) {
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "observer")
	d := sent(t, dir, 3)
	if err := d.site.close(ctx); err != nil {
		t.Fatal(err)
	}
	o := options(dir, 3)
	n, err := newsroom.Open(ctx, newsroom.Options{Dir: dir, Lookup: o.Lookup, Clock: o.Clock, Log: slog.New(slog.DiscardHandler), Who: "editor"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	e, err := n.Reopen(ctx, d.Ref(), "the cranes are missing")
	if err != nil {
		t.Fatal(err)
	}
	left := slices.IndexFunc(e.Pick.Left, func(c digest.Choice) bool {
		return c.Story.Source == "news" && c.Story.Image != nil && (c.Reason.Rule == digest.SectionFull || c.Reason.Rule == digest.EditionFull)
	})
	if left < 0 {
		t.Fatal("no story with a picture was left out")
	}
	story := e.Pick.Left[left].Story
	done, err := n.Edit(ctx, d.Ref(), fmt.Appendf(nil, "add: [%s]\n", story.ID))
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range done.Edition.Revision.Items() {
		if item.Story.ID == story.ID {
			if item.Story.Image == nil {
				t.Errorf("%q lost its picture %s", story.Title, story.Image.URL)
			}
			return
		}
	}
	t.Errorf("%q is not in the edition", story.Title)
}
