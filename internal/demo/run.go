package demo

import (
	"context"
	"errors"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// State is where the demo's edition stands; empty where it is not made yet.
func (d *Demo) State(ctx context.Context) (digest.State, error) {
	row, err := d.Newsroom.Store.EditionBySlot(ctx, Newsletter, digest.Slot(d.Slot.Format(digest.SlotLayout)))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return row.State, err
}

// Subscribe imports the readers of the folder's list, where nobody subscribes yet.
// The report is empty where somebody does.
func (d *Demo) Subscribe(ctx context.Context) (newsroom.ImportReport, error) {
	counts, err := d.Newsroom.Count(ctx)
	if err != nil || len(counts) > 0 {
		return newsroom.ImportReport{}, err
	}
	list, err := d.OpenReaders()
	if err != nil {
		return newsroom.ImportReport{}, err
	}
	defer list.Close()
	return d.Newsroom.Import(ctx, list, newsroom.ImportOptions{Newsletter: Newsletter, Basis: Basis})
}

// Frozen lists what the freeze has stored of the edition, by variant.
func (d *Demo) Frozen(ctx context.Context) ([]store.Variant, error) {
	e, err := d.Newsroom.Edition(ctx, d.Ref())
	if err != nil {
		return nil, err
	}
	return d.Newsroom.Store.Variants(ctx, e.ID, e.Edition.Revision)
}
