package newsroom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// importBatch is how many readers one transaction of an import holds. A larger one
// touches each page of the indices less often: with 10,000 a million readers take half
// as long again.
const importBatch = 50_000

// badKept is how many bad rows a report holds; ImportOptions.Bad gets them all.
const badKept = 1000

// ImportReport says what became of every row of a file: Rows is the sum of Added,
// Existing, Left, Suppressed, Duplicates, LeftThere, BarredThere, Unconfirmed and
// BadRows.
type ImportReport struct {
	Newsletter string `json:"newsletter"`
	Rows       int64  `json:"rows"`
	Added      int64  `json:"added"`
	Existing   int64  `json:"existing"`   // subscribed already
	Left       int64  `json:"left"`       // has left: not brought back
	Suppressed int64  `json:"suppressed"` // is never to be mailed
	Duplicates int64  `json:"duplicates"` // came earlier in the file

	LeftThere   int64 `json:"left_there"`   // has left where the file comes from
	BarredThere int64 `json:"barred_there"` // is never to be mailed from there, or the mail came back
	Unconfirmed int64 `json:"unconfirmed"`  // never said yes there: left out
	Gone        int64 `json:"gone"`         // of LeftThere: noted now as having left
	Barred      int64 `json:"barred"`       // of BarredThere: suppressed now
	Stayed      int64 `json:"stayed"`       // of both: asked for the newsletter here, and keeps it

	BadRows int64             `json:"bad_rows"`
	Bad     []subscribers.Bad `json:"bad"` // the first 1,000
	// UnknownFormat are rows whose format is none of ours: these readers get the usual one.
	UnknownFormat int64                `json:"unknown_format,omitempty"`
	Files         []subscribers.Layout `json:"files"`
	Seconds       float64              `json:"seconds"`
	DryRun        bool                 `json:"dry_run,omitempty"`
}

// ImportOptions say how a file is to be taken in.
type ImportOptions struct {
	Newsletter string
	Basis      string // what the consent of these readers rests on, in the operator's words; required
	DryRun     bool   // read and check, seal and store nothing
	File       subscribers.FileOptions
	Bad        func(subscribers.Bad) error // gets each bad row as it is read; may be nil
	Watch      func(rows int64)            // called after each batch; may be nil
}

// Import takes in a file of readers. A bad row is reported and costs only itself;
// an import that was stopped can be run again, and ends as if it had not been. Imported
// readers count as confirmed on the basis given; who has left is never brought back.
func (n *Newsroom) Import(ctx context.Context, r io.Reader, o ImportOptions) (ImportReport, error) {
	letter, err := n.Newsletter(o.Newsletter)
	if err != nil {
		return ImportReport{}, err
	}
	if o.Basis == "" && !o.DryRun {
		return ImportReport{}, errors.New("an import needs its basis: what did these readers agree to, and where? such as --basis \"signed up on our site\"")
	}
	if n.Keys.Locked() {
		return ImportReport{}, subscribers.ErrLocked
	}
	begun := n.Clock()
	i := newImporting(n, letter, o)
	err = i.run(ctx, r)
	i.report.Seconds = n.Clock().Sub(begun).Seconds()
	return i.report, err
}

// LookAtFile reads the first rows of a file (of each in a ZIP) and says how it is
// understood. It needs no key and stores nothing; Added is who would be subscribed, if
// nobody of them is known yet.
func (n *Newsroom) LookAtFile(r io.Reader, o ImportOptions, first int) (ImportReport, error) {
	letter, err := n.Newsletter(o.Newsletter)
	if err != nil {
		return ImportReport{}, err
	}
	o.File.First, o.Bad = first, nil
	i := newImporting(n, letter, o)
	for row, err := range subscribers.ReadFile(r, i.o.File) {
		counted, err := i.count(row, err)
		if err != nil {
			return i.report, err
		}
		if counted && row.Standing == subscribers.Reads {
			i.report.Added++
		}
	}
	return i.report, nil
}

// importing is an import under way. One goroutine reads and indexes rows, one seals
// them, and one stores: of a batch while the next is read.
type importing struct {
	n       *Newsroom
	letter  *config.Newsletter
	o       ImportOptions
	report  ImportReport // of what was read; what was stored is added at the end
	consent store.Consent
	came    map[cameKey]cameStanding
	ties    map[store.BatchTie]*store.BatchTie
	batch   []arrival
}

func newImporting(n *Newsroom, letter *config.Newsletter, o ImportOptions) *importing {
	i := &importing{n: n, letter: letter, o: o, came: map[cameKey]cameStanding{}, ties: map[store.BatchTie]*store.BatchTie{}}
	i.report = ImportReport{Newsletter: letter.Name, DryRun: o.DryRun, Bad: []subscribers.Bad{}, Files: []subscribers.Layout{}}
	i.consent = store.Consent{Week: subscribers.WeekOf(n.Clock()), Path: string(subscribers.PathImport), Basis: o.Basis}
	told := o.File.Layout
	i.o.File.Layout = func(l subscribers.Layout) {
		i.report.Files = append(i.report.Files, l)
		if told != nil {
			told(l)
		}
	}
	return i
}

// run reads to the end of the file, or to an error. What was read before one is stored.
func (i *importing) run(ctx context.Context, r io.Reader) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var reading sync.WaitGroup
	batches := make(chan []arrival)
	reading.Go(func() {
		defer close(batches)
		if err := i.read(ctx, r, batches); err != nil {
			if _, other := errors.AsType[*otherError](err); !other {
				err = &readError{err}
			}
			cancel(err)
		}
	})
	var stored store.BatchCounts
	var rows, duplicates int64
	for batch := range batches {
		if !goesOn(ctx) {
			continue
		}
		// A batch that was begun is ended: it takes a second.
		once := slices.CompactFunc(batch, func(a, b arrival) bool { return a.index == b.index && a.standing == b.standing })
		counts, err := i.store(context.WithoutCancel(ctx), once)
		if err != nil {
			cancel(err)
			continue
		}
		add(&stored, counts)
		duplicates += int64(len(batch) - len(once))
		if rows += int64(len(batch)); i.o.Watch != nil {
			i.o.Watch(rows)
		}
	}
	reading.Wait()
	all := &i.report
	all.Duplicates += duplicates
	all.Added, all.Existing, all.Left, all.Suppressed = stored.Added, stored.Existing, stored.Left, stored.Suppressed
	all.Gone, all.Barred, all.Stayed = stored.Gone, stored.Barred, stored.Stayed
	return endedBy(ctx, rows)
}

// readError is an error of the file, behind what was read of it.
type readError struct{ error }

func (e *readError) Unwrap() error { return e.error }

// goesOn tells whether what was read is to be stored still: where the file alone is at
// fault, it is.
func goesOn(ctx context.Context) bool {
	_, ofFile := errors.AsType[*readError](context.Cause(ctx))
	return ctx.Err() == nil || ofFile
}

// endedBy is why an import ended early; nil where it did not.
func endedBy(ctx context.Context, rows int64) error {
	cause := context.Cause(ctx)
	switch file, ofFile := errors.AsType[*readError](cause); {
	case cause == nil:
		return nil
	case ofFile:
		return fmt.Errorf("the file could not be read to its end: %w", file.error)
	case errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded):
		return fmt.Errorf("stopped after %s; run the import again to go on: nobody is added twice: %w", figures.Counted(rows, "reader", "readers"), cause)
	}
	return cause
}

func add(sum *store.BatchCounts, n store.BatchCounts) {
	sum.Added += n.Added
	sum.Existing += n.Existing
	sum.Left += n.Left
	sum.Suppressed += n.Suppressed
	sum.Gone += n.Gone
	sum.Barred += n.Barred
	sum.Stayed += n.Stayed
}

// store stores a batch, or looks what would become of it.
func (i *importing) store(ctx context.Context, rows []arrival) (store.BatchCounts, error) {
	if i.o.DryRun {
		var joining [][32]byte
		for _, r := range rows {
			if r.standing == subscribers.Reads {
				joining = append(joining, r.index)
			}
		}
		return i.n.Store.LookBatch(ctx, i.letter.Name, joining)
	}
	version, err := i.n.Keys.IndexVersion()
	if err != nil {
		return store.BatchCounts{}, err
	}
	b := store.Batch{Newsletter: i.letter.Name, IndexVersion: version, Consent: i.consent, At: i.n.Clock()}
	for _, r := range rows {
		switch r.standing {
		case subscribers.Barred:
			b.Barred = append(b.Barred, store.BatchBarred{Index: r.index, Reason: string(subscribers.ReasonOperator)})
		case subscribers.Bounced:
			b.Barred = append(b.Barred, store.BatchBarred{Index: r.index, Reason: string(subscribers.ReasonBounced)})
		}
	}
	b.Left, b.Join = i.sealed(rows, subscribers.Gone), i.sealed(rows, subscribers.Reads)
	return i.n.Store.PutBatch(ctx, b)
}

// sealedAhead is how many rows are sealed at once, while those before are stored.
const sealedAhead = 500

// sealed seals the rows of one standing as they are asked for, a little ahead. They stay
// in the order of their indices and get ascending IDs, so that each page of the database's
// indices is touched once a batch; to whoever lacks the key neither is an order.
func (i *importing) sealed(rows []arrival, standing subscribers.Standing) store.BatchRows {
	return func(yield func(store.BatchRow, error) bool) {
		type part struct {
			rows []store.BatchRow
			err  error
		}
		parts, done := make(chan part, 2), make(chan struct{})
		defer close(done)
		go func() {
			defer close(parts)
			of := slices.DeleteFunc(slices.Clone(rows), func(r arrival) bool { return r.standing != standing })
			ids := sortedIDs(len(of))
			for k := 0; k < len(of); k += sealedAhead {
				end := min(k+sealedAhead, len(of))
				p := part{}
				p.rows, p.err = i.seal(of[k:end], ids[k:end])
				select {
				case parts <- p:
				case <-done:
					return
				}
			}
		}()
		for p := range parts {
			for _, r := range p.rows {
				if !yield(r, nil) {
					return
				}
			}
			if p.err != nil {
				yield(store.BatchRow{}, p.err)
				return
			}
		}
	}
}

func sortedIDs(n int) []subscribers.ID {
	ids := make([]subscribers.ID, n)
	for k := range ids {
		ids[k] = subscribers.NewID()
	}
	slices.SortFunc(ids, func(a, b subscribers.ID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

func (i *importing) seal(rows []arrival, ids []subscribers.ID) (sealed []store.BatchRow, err error) {
	sealed = make([]store.BatchRow, len(rows))
	for k, r := range rows {
		one := store.BatchRow{ID: ids[k], Index: r.index, Tie: r.tie}
		if one.Address, err = i.n.Keys.Seal(addressOf(ids[k]), r.address); err != nil {
			return nil, err
		}
		// Of who has left, the name is not needed any more.
		if r.name != "" && r.standing == subscribers.Reads {
			if one.Name, err = i.n.Keys.Seal(nameOf(ids[k]), r.name); err != nil {
				return nil, err
			}
		}
		sealed[k] = one
	}
	return sealed, nil
}
