package newsroom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// arrival is a row of a file that is to be stored, in clear.
type arrival struct {
	index    [32]byte
	standing subscribers.Standing
	address  string // as typed
	name     string
	tie      *store.BatchTie
}

func byIndex(a, b arrival) int { return bytes.Compare(a.index[:], b.index[:]) }

// What an import remembers of the addresses that came, to tell those that come again:
// the beginning of an index, which no two of a list share, and a place in standings.
type (
	cameKey      [12]byte
	cameStanding uint8
)

// cameMost is of how many addresses it does: some 80 MB of them. In a longer file a later
// repeat counts as subscribed already, which it is by then.
const cameMost = 4_000_000

var standings = []subscribers.Standing{subscribers.Reads, subscribers.Gone, subscribers.Bounced, subscribers.Barred}

// read gives the rows of a file in batches.
func (i *importing) read(ctx context.Context, r io.Reader, batches chan<- []arrival) error {
	for row, err := range subscribers.ReadFile(r, i.o.File) {
		counted, err := i.count(row, err)
		if err != nil {
			i.send(ctx, batches)
			return err
		}
		if !counted {
			continue
		}
		if err := i.take(ctx, row); err != nil {
			return &otherError{err}
		}
		if len(i.batch) >= importBatch && !i.send(ctx, batches) {
			return nil // whoever cancelled has said why
		}
	}
	i.send(ctx, batches)
	return nil
}

// send hands a batch on. It is false where nobody wants it any more.
func (i *importing) send(ctx context.Context, batches chan<- []arrival) bool {
	batch := i.batch
	i.batch = nil
	if len(batch) == 0 {
		return true
	}
	slices.SortStableFunc(batch, byIndex)
	select {
	case batches <- batch:
		return true
	case <-ctx.Done():
		return false
	}
}

// count counts a row, and tells whether there is something to store of it. An error is
// the file's, or that of whoever gets the bad rows.
func (i *importing) count(row subscribers.Row, err error) (bool, error) {
	bad, isBad := errors.AsType[*subscribers.Bad](err)
	switch {
	case isBad:
		i.report.Rows++
		i.report.BadRows++
		if len(i.report.Bad) < badKept {
			kept := *bad
			kept.Was = subscribers.Was{}
			i.report.Bad = append(i.report.Bad, kept)
		}
		if i.o.Bad != nil {
			if err := i.o.Bad(*bad); err != nil {
				return false, &otherError{fmt.Errorf("write the bad rows down: %w", err)}
			}
		}
		return false, nil
	case err != nil:
		return false, err
	}
	i.report.Rows++
	switch row.Standing {
	case subscribers.Never:
		i.report.Unconfirmed++
		return false, nil
	case subscribers.Gone:
		i.report.LeftThere++
	case subscribers.Bounced, subscribers.Barred:
		i.report.BarredThere++
	}
	return true, nil
}

// take puts a row into the batch, where its address did not come before as gravely.
func (i *importing) take(ctx context.Context, row subscribers.Row) error {
	one := arrival{standing: row.Standing, address: row.Address.Typed}
	index, err := i.n.indexOf(ctx, row.Address)
	if err != nil {
		return err
	}
	copy(one.index[:], index)
	key := cameKey(one.index[:])
	before, seen := i.came[key]
	if seen && standings[before].Worse(row.Standing) == standings[before] {
		if row.Standing == subscribers.Reads {
			i.report.Duplicates++
		}
		return nil
	}
	if seen || len(i.came) < cameMost {
		i.came[key] = cameStanding(slices.Index(standings, row.Standing))
	}
	variant, known := formatOf(i.letter, row.Variant)
	if !known {
		i.report.UnknownFormat++
	}
	if row.Name != "" {
		one.name = strings.Clone(row.Name) // else it would hold its whole line
	}
	one.tie = i.tie(store.BatchTie{Variant: variant, Language: row.Language, AppealUntil: appealUntil(row.NoAppeal), PausedUntil: i.n.pauseIn(i.letter, row.Paused)})
	if i.batch == nil {
		i.batch = make([]arrival, 0, importBatch)
	}
	i.batch = append(i.batch, one)
	return nil
}

// tie is one value for all readers who have the same.
func (i *importing) tie(t store.BatchTie) *store.BatchTie {
	one := i.ties[t]
	if one == nil {
		if len(i.ties) == 1000 {
			clear(i.ties)
		}
		one = &t
		i.ties[t] = one
	}
	return one
}

// otherError is an error for which the file is not at fault: the list is locked, or the
// bad rows cannot be written down.
type otherError struct{ error }

func (e *otherError) Unwrap() error { return e.error }
