package newsroom

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// ExportOptions say which readers are written, and how.
type ExportOptions struct {
	Newsletter string
	Where      string // an expression for a part of them; empty: all
	Format     string // "csv" or "json"; empty: csv
	Left       bool   // also who has left, or has not confirmed, and who is suppressed; with a column that says so
}

// Export writes the readers of a newsletter, or of the part that an expression names, safe to open in a spreadsheet and fit to
// import again. Suppressed addresses that are no reader's are kept as hashes alone, and
// cannot be written.
func (n *Newsroom) Export(ctx context.Context, w io.Writer, o ExportOptions) error {
	letter, err := n.Newsletter(o.Newsletter)
	if err != nil {
		return err
	}
	part, err := n.part(letter, o.Where)
	if err != nil {
		return err
	}
	write := subscribers.WriteCSV
	switch o.Format {
	case "", "csv":
	case "json":
		write = subscribers.WriteJSON
	default:
		return fmt.Errorf("there is no format %q to export: there are csv and json", o.Format)
	}
	states := []store.SubscriptionState{store.Confirmed}
	if o.Left {
		states = nil
	}
	return write(w, n.rows(ctx, n.Store.Subscribers(ctx, letter.Name, part, states...), o.Left), o.Left)
}

// rows opens readers. Who is suppressed is left out, or told with all.
func (n *Newsroom) rows(ctx context.Context, sealed iter.Seq2[store.Subscriber, error], all bool) iter.Seq2[subscribers.Row, error] {
	return func(yield func(subscribers.Row, error) bool) {
		suppressed, err := n.Store.Suppressions(ctx)
		if err != nil {
			yield(subscribers.Row{}, err)
			return
		}
		for s, err := range sealed {
			reason, barred := suppressed[string(s.Index)]
			if barred && !all {
				continue
			}
			var row subscribers.Row
			if err == nil {
				row, err = n.row(s)
			}
			if barred {
				row.Standing = row.Standing.Worse(barredAs(reason))
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// barredAs is a suppression in the words of a file.
func barredAs(reason string) subscribers.Standing {
	if reason == string(subscribers.ReasonBounced) {
		return subscribers.Bounced
	}
	return subscribers.Barred
}

func (n *Newsroom) row(s store.Subscriber) (subscribers.Row, error) {
	address, err := n.Keys.Open(addressOf(s.ID), s.Address)
	if err != nil {
		return subscribers.Row{}, err
	}
	row := subscribers.Row{Address: subscribers.Address{Typed: address}}
	if row.Name, err = n.nameOf(s); err != nil {
		return row, err
	}
	if len(s.Ties) > 0 {
		tie := s.Ties[0]
		row.Language, row.Variant, row.NoAppeal, row.Paused = tie.Language, tie.Variant, noAppeal(tie), n.pauseOut(tie)
		switch tie.State {
		case store.Unsubscribed:
			row.Standing = subscribers.Gone
		case store.Pending:
			row.Standing = subscribers.Never
		}
	}
	return row, nil
}
