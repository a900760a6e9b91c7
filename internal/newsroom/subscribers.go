package newsroom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// importBatch is how many readers one transaction of an import holds.
const importBatch = 2000

// ImportReport says what became of every row of a file.
type ImportReport struct {
	Newsletter string            `json:"newsletter"`
	Rows       int64             `json:"rows"`
	Added      int64             `json:"added"`
	Existing   int64             `json:"existing"` // subscribed already, or twice in the file
	Left       int64             `json:"left"`     // has left or is suppressed: not brought back
	Bad        []subscribers.Bad `json:"bad"`
	// UnknownFormat are rows whose format is none of ours: these readers get the usual one.
	UnknownFormat int64              `json:"unknown_format,omitempty"`
	Layout        subscribers.Layout `json:"layout"`
	Seconds       float64            `json:"seconds"`
	DryRun        bool               `json:"dry_run,omitempty"`
}

// ImportOptions say how a file is to be taken in.
type ImportOptions struct {
	Newsletter string
	Basis      string // what the consent of these readers rests on, in the operator's words; required
	DryRun     bool   // read and check, store nothing
	CSV        subscribers.CSVOptions
	Watch      func(rows int64) // called after each batch; may be nil
}

// Import takes in a file of readers. A bad row is reported and costs only itself;
// an import that was stopped can be run again. Imported readers count as
// confirmed on the basis given; who has left is never brought back.
func (n *Newsroom) Import(ctx context.Context, r io.Reader, o ImportOptions) (ImportReport, error) {
	letter, err := n.Newsletter(o.Newsletter)
	if err != nil {
		return ImportReport{}, err
	}
	if o.Basis == "" {
		return ImportReport{}, errors.New("an import needs its basis: what did these readers agree to, and where? such as --basis \"signed up on our site\"")
	}
	begun := n.Clock()
	report := ImportReport{Newsletter: letter.Name, DryRun: o.DryRun, Bad: []subscribers.Bad{}}
	told := o.CSV.Layout
	o.CSV.Layout = func(l subscribers.Layout) {
		report.Layout = l
		if told != nil {
			told(l)
		}
	}
	consent := store.Consent{Week: subscribers.WeekOf(begun), Path: string(subscribers.PathImport), Basis: o.Basis}
	batch := make([]store.NewSubscriber, 0, importBatch)
	flush := func() error {
		err := n.importBatch(ctx, batch, o, &report)
		batch = batch[:0]
		return err
	}
	for row, err := range subscribers.ReadCSV(r, o.CSV) {
		var bad *subscribers.Bad
		switch {
		case errors.As(err, &bad):
			report.Rows++
			report.Bad = append(report.Bad, *bad)
			continue
		case err != nil:
			return report, errors.Join(fmt.Errorf("the file could not be read to its end: %w", err), flush())
		}
		report.Rows++
		known := true
		if row.Variant, known = formatOf(letter, row.Variant); !known {
			report.UnknownFormat++
		}
		one, err := n.newReader(letter, row, consent)
		if err != nil {
			return report, err
		}
		if batch = append(batch, one); len(batch) == importBatch {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
	err = flush()
	report.Seconds = n.Clock().Sub(begun).Seconds()
	return report, err
}

func (n *Newsroom) importBatch(ctx context.Context, batch []store.NewSubscriber, o ImportOptions, report *ImportReport) error {
	if o.DryRun || len(batch) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped after %d rows; run the import again to go on: nobody is added twice: %w", report.Added+report.Existing+report.Left, err)
	}
	results, err := n.Store.PutSubscribers(ctx, batch)
	if err != nil {
		return err
	}
	for _, r := range results {
		switch r.Outcome {
		case store.Added:
			report.Added++
		case store.Left:
			report.Left++
		default:
			report.Existing++
		}
	}
	if o.Watch != nil {
		o.Watch(report.Rows)
	}
	return nil
}

// newReader seals one row.
func (n *Newsroom) newReader(letter *config.Newsletter, row subscribers.Row, consent store.Consent) (store.NewSubscriber, error) {
	return n.newReaderAs(subscribers.NewID(), letter, row, consent)
}

func (n *Newsroom) newReaderAs(id subscribers.ID, letter *config.Newsletter, row subscribers.Row, consent store.Consent) (store.NewSubscriber, error) {
	now := n.Clock()
	index, err := n.Keys.Index(row.Address)
	if err != nil {
		return store.NewSubscriber{}, err
	}
	sealed, err := n.Keys.Seal(addressOf(id), row.Address.Typed)
	if err != nil {
		return store.NewSubscriber{}, err
	}
	var sealedName []byte
	if row.Name != "" {
		if sealedName, err = n.Keys.Seal(nameOf(id), row.Name); err != nil {
			return store.NewSubscriber{}, err
		}
	}
	return store.NewSubscriber{
		Subscriber: store.Subscriber{
			ID: id, Address: sealed, Name: sealedName,
			Index: index, IndexVersion: subscribers.IndexVersion, CreatedAt: now,
		},
		Tie: store.Subscription{
			Newsletter: letter.Name, State: store.Confirmed, Variant: row.Variant, Language: row.Language,
			JoinedAt: now, ConfirmedAt: now, AppealUntil: appealUntil(row.NoAppeal),
		},
		Consent: consent,
	}, nil
}

// Add subscribes one reader, on the operator's word.
func (n *Newsroom) Add(ctx context.Context, newsletter, typed, display, format, basis string) (store.PutOutcome, error) {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return "", err
	}
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return "", fmt.Errorf("the address: %w", err)
	}
	variant, known := formatOf(letter, format)
	if !known {
		return "", fmt.Errorf("there is no format %q: there are digest, full, text and private", format)
	}
	consent := store.Consent{Week: subscribers.WeekOf(n.Clock()), Path: string(subscribers.PathOperator), Basis: basis}
	one, err := n.newReader(letter, subscribers.Row{Address: address, Name: subscribers.CleanName(display), Variant: variant}, consent)
	if err != nil {
		return "", err
	}
	one.Again = true
	results, err := n.Store.PutSubscribers(ctx, []store.NewSubscriber{one})
	if err != nil {
		return "", err
	}
	return results[0].Outcome, nil
}

// Removal says how far a reader is to be removed.
type Removal struct {
	Newsletter string // empty: every one
	Erase      bool   // delete the reader and everything about them
	Suppress   bool   // never mail this address again, whoever asks
}

// Remove unsubscribes, erases or suppresses one reader. Who is unsubscribed and no
// more is told so by mail, with a way back.
func (n *Newsroom) Remove(ctx context.Context, typed string, r Removal) error {
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return fmt.Errorf("the address: %w", err)
	}
	if r.Newsletter != "" {
		if _, err := n.Newsletter(r.Newsletter); err != nil {
			return err
		}
	}
	index, err := n.Keys.Index(address)
	if err != nil {
		return err
	}
	if r.Suppress {
		if err := n.Store.Suppress(ctx, index, string(subscribers.ReasonOperator), n.Clock()); err != nil {
			return err
		}
	}
	s, err := n.Store.SubscriberByIndex(ctx, index)
	if errors.Is(err, store.ErrNotFound) {
		if r.Suppress {
			return nil
		}
		return errors.New("nobody with that address is on the list")
	}
	if err != nil {
		return err
	}
	if r.Erase {
		return n.Store.DeleteSubscriber(ctx, s.ID)
	}
	return n.leave(ctx, s, r.Newsletter)
}

// Found is what the list holds about one reader.
type Found struct {
	Address    string     `json:"address"`
	Name       string     `json:"name,omitempty"`
	Suppressed string     `json:"suppressed,omitempty"` // why it is never mailed
	Ties       []FoundTie `json:"newsletters"`
	Consents   []FoundYes `json:"consents"`
	Since      time.Time  `json:"since"`
}

// FoundTie is the reader's tie to one newsletter.
type FoundTie struct {
	Newsletter string                  `json:"newsletter"`
	State      store.SubscriptionState `json:"state"`
	Variant    string                  `json:"variant,omitempty"`
	Language   string                  `json:"language,omitempty"`
	NoAppeal   string                  `json:"no_appeal_until,omitempty"` // a day, or subscribers.ForGood
}

// FoundYes is the record of a consent.
type FoundYes struct {
	Week  string `json:"week"`
	Path  string `json:"path"`
	Basis string `json:"basis,omitempty"`
}

// Find looks one address up.
func (n *Newsroom) Find(ctx context.Context, typed string) (Found, error) {
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return Found{}, fmt.Errorf("the address: %w", err)
	}
	index, err := n.Keys.Index(address)
	if err != nil {
		return Found{}, err
	}
	reason, suppressed, err := n.Store.Suppressed(ctx, index)
	if err != nil {
		return Found{}, err
	}
	s, err := n.Store.SubscriberByIndex(ctx, index)
	if errors.Is(err, store.ErrNotFound) {
		if suppressed {
			return Found{Address: address.Typed, Suppressed: reason}, nil
		}
		return Found{}, errors.New("nobody with that address is on the list")
	}
	if err != nil {
		return Found{}, err
	}
	found := Found{Suppressed: reason, Since: s.CreatedAt}
	if found.Address, err = n.Keys.Open(addressOf(s.ID), s.Address); err != nil {
		return Found{}, err
	}
	if found.Name, err = n.nameOf(s); err != nil {
		return Found{}, err
	}
	for _, t := range s.Ties {
		found.Ties = append(found.Ties, FoundTie{t.Newsletter, t.State, t.Variant, t.Language, noAppeal(t)})
	}
	consents, err := n.Store.Consents(ctx, s.Number)
	for _, c := range consents {
		found.Consents = append(found.Consents, FoundYes{c.Week, c.Path, c.Basis})
	}
	return found, err
}

func (n *Newsroom) nameOf(s store.Subscriber) (string, error) {
	if len(s.Name) == 0 {
		return "", nil
	}
	return n.Keys.Open(nameOf(s.ID), s.Name)
}

// Count is the number of readers by newsletter and state.
func (n *Newsroom) Count(ctx context.Context) ([]store.SubscriberCount, error) {
	return n.Store.CountSubscribers(ctx)
}

// Export writes the confirmed readers of a newsletter, or the part of them that an
// expression names, as CSV, safe to open in a spreadsheet and fit to import again.
func (n *Newsroom) Export(ctx context.Context, w io.Writer, newsletter, where string) error {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return err
	}
	part, err := n.part(letter, where)
	if err != nil {
		return err
	}
	return subscribers.WriteCSV(w, n.rows(n.Store.SubscribersIn(ctx, letter.Name, part, store.Confirmed)))
}

func (n *Newsroom) rows(sealed iter.Seq2[store.Subscriber, error]) iter.Seq2[subscribers.Row, error] {
	return func(yield func(subscribers.Row, error) bool) {
		for s, err := range sealed {
			var row subscribers.Row
			if err == nil {
				row, err = n.row(s)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
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
		row.Language, row.Variant, row.NoAppeal = s.Ties[0].Language, s.Ties[0].Variant, noAppeal(s.Ties[0])
	}
	return row, nil
}
